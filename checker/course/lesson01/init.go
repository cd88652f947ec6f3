package lesson01

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
)

var tableName = check.Check{
	ID:          "table-name",
	Requirement: "The item is read with one GetItem from the table that TABLE_NAME names",
	Why: "CloudFormation gives the table another name in every stack. A name or a region in the code works in one account at most, " +
		"and a Scan reads, and bills, the whole table for one item.",
	Next: "Read os.Getenv(\"TABLE_NAME\") and pass it to GetItem. Leave the region to the environment.",
	Run: func(t *check.T) {
		item := stocked(t)
		reply := t.Function(function).Invoke(bare(fields{"id": item["id"]}))
		calls := reply.Calls()
		if len(calls) == 0 {
			reply.Fail(check.Finding{Got: "no AWS call; " + check.Outcome(reply.Invocation), Want: "a DynamoDB GetItem"})
		}
		for _, c := range calls {
			if c.Operation != "GetItem" {
				reply.Fail(check.Finding{Got: "a DynamoDB " + c.Operation, Want: "a DynamoDB GetItem"})
			}
			if want := t.Table(table).Name(); c.Resource != want {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("GetItem on the table %q", c.Resource),
					Want: fmt.Sprintf("GetItem on the table %q, as TABLE_NAME says", want),
				})
			}
			if c.Region != t.Region() {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("a call to the region %q", c.Region),
					Want: fmt.Sprintf("a call to %q, as AWS_REGION says", t.Region()),
				})
			}
		}
		if len(calls) > 1 {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%d calls of GetItem for one request", len(calls)), Want: "one"})
		}
	},
}

var missingTableName = check.Check{
	ID:          "missing-table-name",
	Requirement: "Without TABLE_NAME the function fails at INIT, and its log says why",
	Why: "A variable that was forgotten in the template shows at the deployment if the function refuses to start. " +
		"If it starts, every request fails until somebody finds out why.",
	Next: "In main, before lambda.Start: if TABLE_NAME is empty, log that in words and end the process with os.Exit(1).",
	Run: func(t *check.T) {
		t.Without("TABLE_NAME")
		reply := t.Function(function).Invoke(bare(fields{"id": "a"}))
		finding := check.Finding{
			Did:  "started the function without the environment variable TABLE_NAME",
			Want: "the process ends during INIT with a status other than 0, and logs a line that names TABLE_NAME",
		}
		logged := strings.Contains(strings.Join(reply.Log, "\n"), "TABLE_NAME")
		switch {
		case reply.InitCompleted:
			finding.Got = "INIT succeeded; the first invocation ended in " + check.Outcome(reply.Invocation)
		case reply.Outcome != sandbox.Exited:
			finding.Got = "INIT did not end: " + check.Outcome(reply.Invocation)
		case reply.Exit == "exit status 0":
			finding.Got = "the process ended during INIT, but with status 0, as if all was well"
		case !logged:
			finding.Got = fmt.Sprintf("the process ended during INIT with %s, but its log does not name TABLE_NAME", reply.Exit)
		default:
			return
		}
		reply.Fail(finding)
	},
}

var clientOnce = check.Check{
	ID:          "client-once",
	Requirement: "The DynamoDB client is made once, outside the handler: 20 invocations share their connections",
	Why: "A client that is made for each request opens a connection of its own each time. On AWS each one costs a TLS handshake " +
		"before anything is asked, in every request.",
	Next: "Make the configuration and the client in main, before lambda.Start, and keep the client where the handler can reach it.",
	Run: func(t *check.T) {
		// On a machine that is very busy, net/http gives a connection up now and then: when its writer
		// has not run for 50 ms (maxWriteWaitBeforeConnReuse). A client for each request opens 20.
		const invocations, allowed = 20, 10
		item := stocked(t)
		f := t.Function(function)
		var last *check.Reply
		for range invocations {
			last = f.Invoke(bare(fields{"id": item["id"]}))
			last.Answered()
		}
		if n := f.Connections(); n > allowed {
			last.Fail(check.Finding{
				Did:      fmt.Sprintf("invoked %s %d times, one after the other", function, invocations),
				Got:      fmt.Sprintf("%d connections to DynamoDB", n),
				Want:     "one connection, used by all",
				Evidence: []string{fmt.Sprintf("call: each of the %d invocations opened a connection; the last one made: %s", n, last.Calls()[0])},
			})
		}
	},
}
