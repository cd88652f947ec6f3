package lesson04

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"routes": {
		"Look at the Events of the functions in template.yaml, and at handle in api/routes.go.",
		"What answered a route before is a function of its own in the code already: get, create, remove. It moves as it is.",
		"A directory for each, with a main.go that makes what it needs, and a handle with what the method of api/routes.go did.",
		"Type: HttpApi with ApiId: !Ref ItemsApi, Method: POST and Path: /items, for CreateItemFunction",
	},
	"mistaken-requests": {
		"Look at what api/store.go and api/rules.go look at, and whether the new functions still do.",
		"A condition in PutItem, a look at out.Item, a call of validate: each answers one wrong request.",
		"create-item takes request.go and rules.go along, and the condition attribute_not_exists(id).",
		"wanted, err := itemIn(request), which ends with return wanted, validate(wanted)",
	},
	"own-functions": {
		"Look at the Resources of template.yaml: which functions are there, and what is their CodeUri?",
		"A function of Lambda is what has its own memory, timeout, concurrency, policy and deployment. Four operations that share one share all that.",
		"Four resources of type AWS::Serverless::Function, with the CodeUris get-item/, create-item/, delete-item/ and report/.",
		"GetItemFunction: with CodeUri: get-item/ and the event GET /items/{id}; likewise the others; and no ApiFunction any more.",
	},
	"own-policies": {
		"Look at the Policies of each function, and at the lines \"write:\" in the evidence.",
		"Each function makes one kind of call: GetItem, PutItem, DeleteItem; the report makes Scan, and PutItem on its own table.",
		"DynamoDBReadPolicy and DynamoDBWritePolicy are templates for the table that they name. For DeleteItem alone there is none: write a statement.",
		"- DynamoDBReadPolicy: for ItemsTable and - DynamoDBWritePolicy: for ReportsTable, below Policies of ReportFunction",
	},
	"own-failures": {
		"Look at which function answers which route.",
		"A process that ends takes its execution environment with it. Only what shares the function notices.",
		"Each route has a function of its own in the template.",
		"The requirement follows from that of the functions: GetItemFunction, CreateItemFunction and DeleteItemFunction.",
	},
	"report": {
		"Look at report in api/routes.go: what starts it, and where does its day come from?",
		"A schedule sends an event of EventBridge, with the time at which it was due. Lambda may invoke with it more than once, and late.",
		"ReportFunction has an event of type ScheduleV2 with a ScheduleExpression, and its handler takes an events.EventBridgeEvent and returns an error.",
		"ScheduleExpression: cron(0 18 * * ? *), and r.Day = event.Time.UTC().Format(time.DateOnly)",
	},
	"report-pages": {
		"Look at count in the store of the report.",
		"A Scan ends after 1 MB, and says where to go on: LastEvaluatedKey. A paginator does that.",
		"Count in the loop over all pages, not behind the first.",
		"for pages.HasMorePages() { page, err := pages.NextPage(ctx) … }",
	},
	"report-failure": {
		"Look at what the handler of the report returns when PutItem fails.",
		"There is no caller who reads an answer. For Lambda an invocation has failed if the handler returns an error, and only then it tries again.",
		"Return each error as it is, also that of save.",
		"if err := h.store.save(ctx, r); err != nil { return err }",
	},
	"no-report-route": {
		"Look at the Events in template.yaml for the path /report.",
		"A job needs no address. With one, everybody can start it.",
		"ReportFunction has one event, its schedule.",
		"Remove the event with Path: /report.",
	},
	"start": {
		"Look at the table \"What each function costs to start\": which one has too much? Then at the files in its directory.",
		"Variables such as idRule are made in INIT by whoever has the file, used or not; and with text/template in a binary the linker keeps all methods.",
		"rules.go belongs to create-item alone, text.go to report alone.",
		"get-item and delete-item have main.go, store.go and respond.go, and nothing else.",
	},
}
