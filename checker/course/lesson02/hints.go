package lesson02

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"get": {
		"Look at get-item/main.go, where the id comes from, and at the type item in get-item/store.go.",
		"API Gateway hands over what it found in the path in PathParameters. DynamoDB's numbers are decimal: 19.99 fits no int.",
		"id := request.PathParameters[\"id\"], and a Price that is a float64.",
		"Price float64 `dynamodbav:\"price\" json:\"price\"`",
	},
	"unknown-id": {
		"Look at what get-item/store.go does after GetItem.",
		"GetItem does not fail for an item that is not there: it returns no item, and no error.",
		"If out.Item is nil, return errNotFound. get-item/respond.go makes 404 of it already.",
		"if out.Item == nil { return item{}, errNotFound }",
	},
	"missing-id": {
		"Look at what get-item does with an event that has no pathParameters.",
		"Reading a map that is nil is allowed in Go, and gives \"\". Cutting a path that is too short is a panic.",
		"If the id is empty, answer with a badRequestError before the table is asked.",
		"if id == \"\" { return h.fail(ctx, &badRequestError{\"the path has no id\"}), nil }",
	},
	"encoded-id": {
		"Compare the fields rawPath and pathParameters of the event in the evidence.",
		"An HTTP API decodes path parameters: %2F is a slash, and %25 a percent sign. To decode twice is as wrong as not at all.",
		"Take PathParameters[\"id\"] as it is: do not cut up RawPath, do not call url.PathUnescape.",
		"id := request.PathParameters[\"id\"]",
	},
	"create": {
		"Look at the Events of CreateItemFunction in the template, and at the end of handle in create-item/main.go.",
		"201 says that something new is there, and the header Location where. A path that clients use begins with the stage, as RawPath does.",
		"respond with http.StatusCreated, and set the header Location to RawPath, a slash, and the id, encoded by url.PathEscape.",
		"response.Headers[\"Location\"] = request.RawPath + \"/\" + url.PathEscape(wanted.ID)",
	},
	"generated-id": {
		"Look at what create-item does when the body has no id.",
		"Several execution environments run at once. They share no counter, and time.Now may be the same in two of them: only chance keeps them apart.",
		"If wanted.ID is empty, give it a random text before it is stored.",
		"if wanted.ID == \"\" { wanted.ID = rand.Text() } with crypto/rand",
	},
	"types": {
		"Compare the type item in create-item/store.go with that in get-item/store.go, and look for what sets Status.",
		"omitempty leaves out a zero, and an int has no cents. What is missing in the body has to be told from what is empty there.",
		"Price a float64 in both, without omitempty. Status is \"available\" if the body has none.",
		"wanted := item{Name: *fields.Name, Price: *fields.Price, Status: \"available\", Tags: fields.Tags}",
	},
	"duplicate": {
		"Look at the PutItemInput in create-item/store.go.",
		"PutItem replaces what is there. Only a condition is checked and met in one step; GetItem before it leaves a gap for another request.",
		"Set ConditionExpression so that there must be no item yet, and return errExists if the error is a ConditionalCheckFailedException.",
		"ConditionExpression: aws.String(\"attribute_not_exists(id)\"), then var exists *types.ConditionalCheckFailedException; if errors.As(err, &exists) { return errExists }",
	},
	"bad-body": {
		"Look at itemIn in create-item/request.go.",
		"json.Unmarshal accepts an object without any of the fields. A pointer that stays nil tells that a field was missing.",
		"Decode into a struct of pointers, and return a badRequestError that names the field which is missing, empty, negative, too large or too long.",
		"if fields.Price == nil || *fields.Price < 0 { return item{}, &badRequestError{\"price must be a number that is not negative\"} }",
	},
	"base64-body": {
		"Look at isBase64Encoded and body of the event in the evidence.",
		"An HTTP API takes only text/* and JSON, XML and JavaScript types for text. All else arrives in base64, also a body without a content type.",
		"Before json.Unmarshal: if request.IsBase64Encoded is true, decode request.Body.",
		"decoded, err := base64.StdEncoding.DecodeString(request.Body)",
	},
	"delete": {
		"Look at the Events of DeleteItemFunction in the template, at remove in delete-item/store.go, and at the end of handle.",
		"DELETE may be sent twice, and must come to the same: DeleteItem without a condition does. 204 says that it is done, and has no body.",
		"DeleteItem with the key alone, and an answer of http.StatusNoContent without Body.",
		"return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusNoContent}, nil",
	},
	"table-failure": {
		"Look at what each of the four functions answers when a call to DynamoDB fails.",
		"What the SDK says is for your log. An error that the handler returns never reaches the caller either.",
		"One function that makes a status and a text of an error: known errors have their own, all others are 500 and \"internal error\".",
		"default: return http.StatusInternalServerError, \"internal error\" at the end of public",
	},
	"content-type": {
		"Look at every place that builds an answer.",
		"An HTTP API calls an answer text/plain unless the function says what it is.",
		"Build all answers with a body in respond, which sets the header Content-Type.",
		"Headers: map[string]string{\"Content-Type\": \"application/json\"}",
	},
	"cors": {
		"Look at ItemsApi in the template.",
		"An HTTP API with a CorsConfiguration answers OPTIONS itself, for all routes, and adds the headers to what functions answer.",
		"CorsConfiguration has AllowOrigins, AllowMethods and AllowHeaders, each a list.",
		"CorsConfiguration: {AllowOrigins: [\"*\"], AllowMethods: [GET, POST, DELETE], AllowHeaders: [\"*\"]}",
	},
	"own-cors": {
		"Look at the headers in get-item/respond.go.",
		"An HTTP API with CORS of its own ignores what functions say about it.",
		"Take out Access-Control-Allow-Origin wherever the HTTP API is in front.",
		"Headers: map[string]string{\"Content-Type\": \"application/json\"} and nothing else",
	},
	"rest-get": {
		"Look at the Events of GetItemRestFunction in the template, and at the types in rest-get-item/main.go.",
		"A REST API sends payload format 1.0, refuses answers with fields that it does not know, and leaves path parameters encoded.",
		"An event of Type: Api with RestApiId: !Ref ItemsRestApi; APIGatewayProxyRequest and APIGatewayProxyResponse; url.PathUnescape for the id.",
		"id, err := url.PathUnescape(request.PathParameters[\"id\"])",
	},
	"rest-cors": {
		"Look at ItemsRestApi in the template, and at the headers in rest-get-item/respond.go.",
		"Cors of a REST API only makes the OPTIONS methods. The answers of functions go out as they are.",
		"Cors with AllowOrigin in the template, and Access-Control-Allow-Origin: * in respond, which makes all answers.",
		"Cors: {AllowOrigin: \"'*'\"} in the template; the quotes within are part of the value",
	},
	"permissions": {
		"Look at the Policies of each function in the template.",
		"A policy names actions and a resource. SAM has templates for usual ones: DynamoDBReadPolicy, DynamoDBCrudPolicy.",
		"Read for the two that read, Crud for create-item, and for delete-item a statement with the one action. None of them with a wildcard.",
		"Policies: [DynamoDBReadPolicy: {TableName: !Ref ItemsTable}] for GetItemFunction and GetItemRestFunction",
	},
	"table": {
		"Look at ItemsTable in the template.",
		"PROVISIONED pays for capacity, PAY_PER_REQUEST for what is read and written.",
		"Set BillingMode, and take out ProvisionedThroughput, which DynamoDB refuses beside it.",
		"BillingMode: PAY_PER_REQUEST",
	},
	"output": {
		"Look at ItemsApi and at the end of the template.",
		"The API's id is known only once it is deployed. !Sub puts it into a text, and the path of a named stage comes behind.",
		"StageName: prod for ItemsApi; Outputs with ApiUrl, and in it a Value.",
		"Value: !Sub https://${ItemsApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod",
	},
}
