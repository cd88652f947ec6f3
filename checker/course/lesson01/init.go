package lesson01

import (
	"context"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
)

var tableName = check.Check{
	ID:          "table-name",
	Requirement: "The item is read with one GetItem from the table that TABLE_NAME names",
	Why:         "CloudFormation gives the table another name in every stack. A name in the code works in one of them at most.",
	Next:        "Read os.Getenv(\"TABLE_NAME\"), and pass it to GetItem.",
	Run: func(t *check.T) {
		item := stocked(t)
		f := t.Function(function)
		for _, event := range []check.Event{bare(fields{"id": item["id"]}), api(requestFor(item)), direct(fields{"id": item["id"]})} {
			oneGetItem(t, f.Invoke(event))
		}
	},
}

// oneGetItem requires that an invocation made one call, and the right one. An event that was not
// understood, so that there was none, is another check's business, unless it is the first.
func oneGetItem(t *check.T, reply *check.Reply) {
	calls := reply.Calls()
	if len(calls) == 0 && reply.ColdStart {
		reply.Answered()
		finding := check.Finding{
			Got:   "no AWS call; " + check.Outcome(reply.Invocation),
			Want:  "a DynamoDB GetItem",
			Why:   "A direct invocation sends the request as it is, without an event of API Gateway around it.",
			Next:  "Understand this payload, too: the lesson's README lists the events that reach the function.",
			Hints: directInvocation.ID,
		}
		switch log := strings.Join(reply.Log, "\n"); {
		case strings.Contains(log, context.Canceled.Error()):
			finding.Why = "A call whose context is over is not sent. cancel ends a context at once: it is to be called when the work is done."
			finding.Next, finding.Hints = "Look where the context of GetItem is cancelled: defer cancel() calls it when the function returns.", ""
		case reply.Answer().Status >= 500:
			finding.Why = "The function answers that it has failed, and has not asked the table. Its log should say why."
			finding.Next, finding.Hints = "Log the error that comes before GetItem, and look at it: the evidence has the log.", ""
		}
		reply.Fail(finding)
	}
	for _, c := range calls {
		if c.Function == "" {
			reply.Fail(check.Finding{
				Got:  "a call signed with other credentials than the function's own",
				Want: "a call signed with what Lambda gives the function",
				Why:  "On AWS a function has the permissions of its role, by credentials in its environment. Others are refused, or are a secret in the code.",
				Next: "Leave the credentials to config.LoadDefaultConfig: it finds those of the role.",
			})
		}
		if c.Operation != "GetItem" {
			reply.Fail(check.Finding{
				Got:  "a DynamoDB " + c.Operation,
				Want: "a DynamoDB GetItem",
				Why:  "GetItem reads one item by its key. Anything else does more than was asked: a Scan reads, and bills, the whole table.",
				Next: "Ask for the item by its key, with GetItem.",
			})
		}
		want := t.Table(table).Name()
		if said := t.Function(function).Variable("TABLE_NAME"); c.Resource != want && c.Resource == said {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("GetItem on the table %q, since the template sets TABLE_NAME to that", said),
				Want: fmt.Sprintf("TABLE_NAME set to the name of the table, which is %q in this deployment", want),
				Next: "In the template, set TABLE_NAME to !Ref ItemsTable: that gives the name.",
			})
		}
		if c.Resource != want {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("GetItem on the table %q", c.Resource),
				Want: fmt.Sprintf("GetItem on the table %q, as TABLE_NAME says", want),
			})
		}
		if c.Region != t.Region() {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("a call to the region %q", c.Region),
				Want: fmt.Sprintf("a call to %q, as AWS_REGION says", t.Region()),
				Why:  "The table is in the region that the function runs in. A region in the code is wrong everywhere else.",
				Next: "Leave the region to config.LoadDefaultConfig: it reads AWS_REGION.",
			})
		}
	}
	if len(calls) > 1 {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("%d calls of GetItem for one request", len(calls)),
			Want: "one",
			Why:  "Each call takes its time and is billed, in every request.",
			Next: "Keep what the first call returned.",
		})
	}
}

var missingTableName = check.Check{
	ID:          "missing-table-name",
	Requirement: "Without TABLE_NAME the function fails at INIT, and its log says why",
	Why: "INIT is what runs before the first event. A function that refuses to start without a variable shows that at once, and says which one. " +
		"If it starts, every request fails until somebody finds out why.",
	Next: "In main, before lambda.Start: if TABLE_NAME is empty, log a line that names it and end the process with os.Exit(1).",
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
			finding.Why = "The exit status tells nobody which setting is missing. The log is the only place to look."
			finding.Next = "Before the process ends, log a line that names TABLE_NAME."
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
		"before the first call can be sent, in every request.",
	Next: "Make the configuration and the client in main, before lambda.Start, and keep the client where the handler can reach it. " +
		"If they are made once already, look for an http.Client of your own that closes its connections.",
	After: "table-name",
	Run: func(t *check.T) {
		// On a machine that is very busy, net/http gives a connection up now and then: when its writer
		// has not run for 50 ms (maxWriteWaitBeforeConnReuse). So what is too much is counted again.
		const invocations, allowed, attempts = 20, 3, 3
		item := stocked(t)
		f := t.Function(function)
		calls := 0 // table-name's are not among them, whose connections are
		for attempt := 1; ; attempt++ {
			before := f.Connections()
			var last *check.Reply
			for range invocations {
				last = f.Invoke(bare(fields{"id": item["id"]}))
				last.Answered()
				calls += len(last.Calls())
			}
			if calls == 0 {
				last.Fail(check.Finding{Got: "no AWS call", Want: "a GetItem in each of them, over one connection"})
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
