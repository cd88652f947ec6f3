package lesson05

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

var get = check.Check{
	ID:          "get",
	Requirement: "GET /items/{id} answers 200 with the item as it is now in the table, and its label, such as: Blue kettle (available), 19.90 EUR",
	Why:         "A function that starts faster and answers something else is no better one. Labels are printed and stuck on parcels as they are.",
	Next:        "Write the label with fmt.Sprintf: the name, the status in parentheses, the price with two decimals.",
	Run: func(t *check.T) {
		item := t.Table(table).Put(kettle(t))
		answersWith(t, item, "Blue kettle (available), 19.90 EUR")
		odd := named(t.ID("Kännchen.3_b"))
		odd["name"], odd["status"], odd["price"] = `Pots & "Pans" <big>`, "sold out", 7
		t.Table(table).Put(odd)
		answersWith(t, odd, `Pots & "Pans" <big> (sold out), 7.00 EUR`)
		item["price"] = 24.5
		t.Table(table).Put(item)
		answersWith(t, item, "Blue kettle (available), 24.50 EUR")
	},
}

func answersWith(t *check.T, item stack.Item, label string) {
	want := map[string]any{"label": label}
	for name, value := range item {
		want[name] = value
	}
	t.API(api).Get(pathOf(item)).JSON(200, want)
}

var unknownID = check.Check{
	ID:          "unknown-id",
	Requirement: "An id that nobody has is answered with 404",
	Why:         "GetItem does not fail for an item that is not there: it returns nothing, and code that does not look makes a label of it.",
	Next:        "After GetItem, if out.Item is nil, answer 404 with an error.",
	Run: func(t *check.T) {
		t.Table(table).Put(kettle(t))
		t.API(api).Get("/items/" + t.ID("nobody")).ErrorBody(404)
	},
}

var badID = check.Check{
	ID:          "bad-id",
	Requirement: "An id that cannot be one is answered with 400, before the table is asked",
	Why: "Ids have 1 to 64 characters: letters and digits of any language, and dots, hyphens and underscores behind the first. " +
		"What is refused at once costs no call, and no attacker's text gets any further.",
	Next: "Walk over the runes of the id, with unicode.IsLetter and unicode.IsNumber, and count them.",
	Run: func(t *check.T) {
		long := strings.Repeat("kä", 32)
		item := t.Table(table).Put(named(long))
		t.API(api).Get(pathOf(item)).Status(200)
		for _, id := range []string{long + "x", "blue kettle", "kettle/lid", "-kettle", ".kettle", "kettle\n", "kettle;", "kettle'"} {
			reply := t.API(api).Get(pathOf(named(id)))
			reply.ErrorBody(400)
			if calls := reply.Calls(); len(calls) > 0 {
				reply.Fail(check.Finding{Got: fmt.Sprintf("status 400, after a %s", calls[0].Operation), Want: "status 400, without an AWS call"})
			}
		}
	},
}

var missingTableName = check.Check{
	ID:          "missing-table-name",
	Requirement: "Without TABLE_NAME the function fails at INIT, and its log says why",
	Why: "What a function needs to run can be looked at in INIT for nothing. If it starts without, every request fails until somebody " +
		"finds out why.",
	Next: "In main, before lambda.Start: if TABLE_NAME is empty, log a line that names it and end the process with os.Exit(1).",
	Run: func(t *check.T) {
		t.Without("TABLE_NAME")
		reply := t.Function(function).Invoke(request(named("kettle")))
		finding := check.Finding{
			Did:  "started the function without the environment variable TABLE_NAME",
			Want: "the process ends during INIT with a status other than 0, and logs a line that names TABLE_NAME",
		}
		switch {
		case reply.InitCompleted:
			finding.Got = "INIT succeeded; the first invocation ended in " + check.Outcome(reply.Invocation)
		case reply.Outcome != sandbox.Exited || reply.Exit == "exit status 0":
			finding.Got = "INIT did not fail: " + check.Outcome(reply.Invocation)
		case !strings.Contains(strings.Join(reply.Log, "\n"), "TABLE_NAME"):
			finding.Got = fmt.Sprintf("the process ended during INIT with %s, but its log does not name TABLE_NAME", reply.Exit)
		default:
			return
		}
		reply.Fail(finding)
	},
}

var permissions = check.Check{
	ID:          "permissions",
	Requirement: "The function may read ItemsTable, and nothing else",
	Why: "What a function brings for later, it wants permissions for. Whoever gets in through a mistake in it, or in one of its " +
		"dependencies, may do all that.",
	Next: "Give GetItemFunction DynamoDBReadPolicy for ItemsTable.",
	Run: func(t *check.T) {
		item := t.Table(table).Put(kettle(t))
		t.API(api).Get(pathOf(item)).Status(200)
		p := t.Function(function).Permissions()
		p.Suffice()
		p.NameEverything()
		p.OnlyRead(t.Table(table))
		p.EachIsUsed()
	},
}

var clientOnce = check.Check{
	ID:          "client-once",
	Requirement: "The DynamoDB client is made once: 20 invocations share their connections",
	Why: "A client that is made for each request opens a connection of its own each time. On AWS each one costs a TLS handshake before " +
		"the first call can be sent. That is no way to make INIT shorter.",
	Next: "Make the client in main, or once with sync.OnceValue, and keep it where the handler can reach it.",
	Run: func(t *check.T) {
		// On a machine that is very busy, net/http gives a connection up now and then. So what is too much is counted again.
		const invocations, allowed, attempts = 20, 8, 3
		item := t.Table(table).Put(kettle(t))
		f := t.Function(function)
		for attempt := 1; ; attempt++ {
			before := f.Connections()
			var last *check.Reply
			for range invocations {
				last = f.Invoke(request(item))
				last.Status(200)
			}
			opened := f.Connections() - before
			if opened <= allowed {
				return
			}
			if attempt == attempts {
				last.Fail(check.Finding{
					Did:  fmt.Sprintf("invoked %s %d times, one after the other", function, invocations),
					Got:  fmt.Sprintf("%d new connections to DynamoDB", opened),
					Want: "one connection, used by all",
				})
			}
		}
	},
}
