package lesson05

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"get": {
		"Look at get-item/label.go, and at the label in the answer.",
		"A label is a text of a fixed form. fmt.Sprintf writes one without anything else in the program.",
		"Three verbs: %s for the name and for the status, %.2f for the price.",
		"return fmt.Sprintf(\"%s (%s), %.2f EUR\", i.Name, i.Status, i.Price)",
	},
	"unknown-id": {
		"Look at what get-item/store.go does after GetItem.",
		"GetItem does not fail for an item that is not there: it returns no item, and no error.",
		"If out.Item is nil, return errNotFound. get-item/respond.go makes 404 of it already.",
		"if out.Item == nil { return item{}, errNotFound }",
	},
	"bad-id": {
		"Look at get-item/validate.go, and at the id in the request.",
		"A rule for one text is a loop over its runes. unicode.IsLetter and unicode.IsNumber know the letters and digits of all languages; len counts bytes.",
		"A function validID(id string) bool: for each rune, is it a letter or a digit, or, behind the first, one of . _ - ; and are there 1 to 64?",
		"for n, r := range id { ok := unicode.IsLetter(r) || unicode.IsNumber(r) || n > 0 && strings.ContainsRune(\"._-\", r); if !ok { return false } }, " +
			"and at the end utf8.RuneCountInString(id) <= 64 && id != \"\"",
	},
	"init-calls": {
		"Look at connect in get-item/clients.go: what does it send to AWS?",
		"INIT ends when lambda.Start asks for the first event. A call before that keeps every cold start waiting, and ends the function if it hangs. " +
			"Whether a table is there shows with the first request, and the template makes it.",
		"Make the client, and leave out the call: what main knows about the table is the name in TABLE_NAME.",
		"Remove DescribeTable, and what is imported for it alone.",
	},
	"missing-table-name": {
		"Look at what main does with TABLE_NAME, and with the error of connect.",
		"A look at the environment costs no call. A process that ends in INIT with a status other than 0 shows in the log and in the metrics at once.",
		"If the variable is empty, log a line that names it, and end the process before lambda.Start.",
		"if table == \"\" { logger.Error(\"TABLE_NAME is not set\"); os.Exit(1) }",
	},
	"permissions": {
		"Look at the Policies of GetItemFunction in template.yaml.",
		"A function may do what its Policies allow. This one reads one table.",
		"SAM has a policy template for reading: DynamoDBReadPolicy.",
		"- DynamoDBReadPolicy: with TableName: !Ref ItemsTable below it",
	},
	"client-once": {
		"Look at where the client is made, and how often that runs.",
		"A client keeps its connections. Each new one begins with none, and pays for a TLS handshake.",
		"Make it in main, and give it to the store; or keep it in a variable made by sync.OnceValue.",
		"h := &handler{store: &store{client: dynamodb.NewFromConfig(cfg), table: table}, logger: logger}",
	},
	"init": {
		"Look at the table \"Where the size and INIT of GetItemFunction come from\": which packages take time? The variables of your own are in get-item/validate.go.",
		"A variable outside of functions is made in INIT, used or not. Compiling a regular expression with classes such as \\p{L} and counts such as {0,255} " +
			"makes a program of thousands of steps; each one costs milliseconds.",
		"Of all rules, this function needs that for ids, and a loop over runes does without any.",
		"func validID(id string) bool in get-item/validate.go, with unicode.IsLetter and unicode.IsNumber; and no variable rules.",
	},
	"events": {
		"Look at what the handler makes, in the first event or in each.",
		"Work that moves from INIT into the handler keeps the same clients waiting, and more of them.",
		"What no request needs goes. What few requests need is made by sync.OnceValue, when the first of them comes.",
		"var rule = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) }), and rule().MatchString(s) where it is needed",
	},
	"size": {
		"Look at the table \"Where the size and INIT of GetItemFunction come from\", and at the imports of get-item/clients.go and get-item/label.go.",
		"The linker leaves out what nothing can call. text/template calls methods by their names at run time, so with it in the program nothing can be left out that has a name.",
		"Keep the client that is used, dynamodb, and write the label with fmt.",
		"Remove get-item/clients.go, make the DynamoDB client in main, and return fmt.Sprintf(…) in label.",
	},
}
