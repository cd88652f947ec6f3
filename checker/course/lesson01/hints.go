package lesson01

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"table-name": {
		"Look at the GetItemInput in get-item/main.go, and at the environment variables in template.yaml.",
		"CloudFormation makes up the table's name when it creates the stack. The template hands it to the function as TABLE_NAME.",
		"Read the variable once, in main, and give it to whatever calls GetItem.",
		"table := os.Getenv(\"TABLE_NAME\") in main, and TableName: aws.String(table) in the GetItemInput.",
	},
	"missing-table-name": {
		"Look at main, before lambda.Start.",
		"INIT ends when lambda.Start asks for the first event. A process that ends before that has failed at INIT, and Lambda says so.",
		"If the variable is empty: one log line that names it, then end the process with a status that is not 0.",
		"if table == \"\" { logger.Error(\"TABLE_NAME is not set\"); os.Exit(1) }",
	},
	"client-once": {
		"Look where config.LoadDefaultConfig and dynamodb.NewFromConfig are called.",
		"Everything outside the handler runs once for each execution environment, and lives until the environment is gone. The client keeps its connections open between invocations.",
		"Make a struct that holds the client and the table's name, build it in main, and make handle a method of it.",
		"h := &handler{client: dynamodb.NewFromConfig(cfg), table: table}; lambda.Start(h.handle)",
	},
	"answer": {
		"Look at what handle returns when all went well.",
		"The body of an API Gateway answer is a string. The item becomes one by json.Marshal, once.",
		"An events.APIGatewayV2HTTPResponse with StatusCode, Headers and Body.",
		"body, err := json.Marshal(found); return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: string(body)}, nil",
	},
	"headers": {
		"Look at every place that builds an answer.",
		"Errors need the headers as much as items do: a page of another origin cannot even see the status without the CORS header.",
		"One function that makes an answer from a status and a value, used everywhere.",
		"Headers: map[string]string{\"Content-Type\": \"application/json\", \"Access-Control-Allow-Origin\": \"*\"}",
	},
	"api-event": {
		"Look at the type of the handler's second parameter.",
		"The runtime decodes the event into that type. API Gateway's event has the request as text in its field body, so it needs decoding twice.",
		"Take the event as json.RawMessage. Decode it into a struct with Body json.RawMessage; if Body is a JSON string, decode the text in it into the request.",
		"var text string; if json.Unmarshal(envelope.Body, &text) == nil { err = json.Unmarshal([]byte(text), &request) }",
	},
	"base64-body": {
		"Look at the field isBase64Encoded of the event.",
		"An HTTP API takes only text/* and JSON, XML and JavaScript types for text. All else arrives in base64, also a body without a content type.",
		"After the text of body, and before its JSON: if isBase64Encoded is true, decode.",
		"decoded, err := base64.StdEncoding.DecodeString(text)",
	},
	"direct-invocation": {
		"Look at the type of the field that holds the body.",
		"From a direct invocation, body is an object. A field of type string cannot hold one, and the runtime refuses the event before your handler runs.",
		"json.RawMessage holds either. Try it as a string first; if it is none, it is the request itself.",
		"if json.Unmarshal(envelope.Body, &text) != nil { request = envelope.Body }",
	},
	"unknown-event": {
		"Look at what happens to an event like {\"Records\": [...]}.",
		"Such an event decodes without an error into almost any struct: all the fields are empty. You have to look.",
		"Neither a body nor an id, or the Records of SQS and S3: answer 400 with what you expected, before anything is looked up.",
		"case len(e.Records) > 0: return nil, errors.New(\"unknown event\") in a switch over what the event has.",
	},
	"scheduled-event": {
		"Look at what your code makes of {\"id\": \"53dc...\", \"detail-type\": \"Scheduled Event\", ...}.",
		"Events of EventBridge have fields of their own beside the id: detail-type is always there.",
		"Look for detail-type before you look for an id, and answer as to any other event that you are not made for.",
		"DetailType json.RawMessage `json:\"detail-type\"` in the struct for the event, and an error if it is not empty.",
	},
	"bad-id": {
		"Look at what your code does with {}, with {\"id\": 7}, and with a body that is not JSON.",
		"Whatever the caller can mend is a 400: decoding failed, or the id is missing, empty, no string, or too long for a key.",
		"An error type of your own for requests that are wrong, and one place that turns errors into answers.",
		"type badRequestError struct{ message string }, and errors.As(err, &bad) where the status is chosen.",
	},
	"unknown-id": {
		"Look at what comes after GetItem, when err is nil.",
		"For DynamoDB, an item that is not there is no error: out.Item is nil. Decoding nil gives an empty item, also without an error.",
		"Before decoding: if out.Item is nil, return an error that becomes a 404.",
		"var errNotFound = errors.New(\"no item has this id\"); if out.Item == nil { return item{}, errNotFound }",
	},
	"table-failure": {
		"Look at every return of handle whose error is not nil.",
		"An error that the handler returns goes to Lambda. The caller gets a 500 that API Gateway makes up, without your headers and words.",
		"Log the error with all it says, then answer 500 with a text that is the same for every failure.",
		"logger.Error(\"the request failed\", \"error\", err.Error()); return respond(500, map[string]string{\"error\": \"internal error\"}), nil",
	},
	"failure-log": {
		"Look at how errors are logged, and at the packages log/slog, runtime/debug and lambdacontext.",
		"One line of JSON is one entry in CloudWatch Logs, with fields to search for. The request id ties it to one invocation.",
		"A slog.Logger with a JSON handler, and fields for the error, the stack and the request id, in the one place where errors become answers.",
		"lc, _ := lambdacontext.FromContext(ctx); logger.Error(\"the request failed\", \"error\", err.Error(), \"requestId\", lc.AwsRequestID, \"stack\", string(debug.Stack()))",
	},
	"deadline": {
		"Look at the context that GetItem gets, and at where it comes from.",
		"The handler's ctx ends at the very moment at which Lambda kills the process. To answer, you have to give up a little earlier.",
		"Derive a context whose deadline is before that of ctx, and pass it to GetItem.",
		"deadline, _ := ctx.Deadline(); ctx, cancel := context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)); defer cancel()",
	},
	"nothing-carried-over": {
		"Look at every variable that is declared outside of functions, and at the fields of what main builds.",
		"The process lives on, so a variable still has the value from the last request. json.Unmarshal leaves fields alone that are not in the input.",
		"Variables of a request belong into the function that handles it.",
		"var fields struct{ ID *string } inside the function, not outside.",
	},
	"no-secrets": {
		"Look at every line that logs, and at what the values in it can hold.",
		"An event has the caller's headers and body in it, the environment has the function's credentials.",
		"Name what you log: one field for each thing you need.",
		"Take out fmt.Println of requests and events; log the error and the request id instead.",
	},
}
