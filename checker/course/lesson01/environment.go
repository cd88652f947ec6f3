package lesson01

import (
	"fmt"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var deadline = check.Check{
	ID:          "deadline",
	Requirement: "When DynamoDB does not answer, the function does, before its deadline",
	Why: "The context's deadline is the moment at which Lambda kills the process: whoever waits until then has no time left to answer. " +
		"API Gateway says 500 without a reason, nothing is logged, and the next request pays for a cold start.",
	Next: "Pass the handler's ctx on, with an earlier deadline: context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)).",
	Run: func(t *check.T) {
		const least = 20 * time.Millisecond // less is luck
		t.WatchOvertime()
		t.Inject("GetItem", wire.Hang())
		reply := t.Function(function).Invoke(bare(fields{"id": t.ID("kettle")}))
		inTime := reply.Outcome == sandbox.Answered || reply.Outcome == sandbox.Failed
		if reply.Outcome == sandbox.TimedOut || inTime && reply.Margin < least {
			reply.Fail(check.Finding{
				Did:  fmt.Sprintf("invoked %s while DynamoDB does not answer, with a timeout of %v", function, reply.Timeout),
				Got:  "no answer before the deadline: " + waitedFor(reply),
				Want: "an answer with status 500 some time before the deadline",
			})
		}
		reply.ErrorBody(500)
	},
}

// waitedFor tells an answer that comes too late from none at all.
func waitedFor(reply *check.Reply) string {
	if reply.Outcome == sandbox.TimedOut && !reply.Late {
		return "the function was still waiting when Lambda killed it"
	}
	return "the function gave up waiting only when its time was over"
}

var nothingCarriedOver = check.Check{
	ID:          "nothing-carried-over",
	Requirement: "Nothing of one request shows in the next",
	Why: "The process lives on between invocations, with all its variables. What one caller sent or was sent, the next one can see: " +
		"on AWS that is the data of another customer.",
	Next: "Keep in package variables only what belongs to no request: clients and configuration. Decode every event into a new variable.",
	Run: func(t *check.T) {
		first := stocked(t)
		second := t.Table(table).Put(stack.Item{"id": t.ID("teapot"), "name": "Red teapot", "stock": 3})
		f := t.Function(function)
		f.Invoke(api(requestFor(first))).JSON(200, first)
		f.Invoke(api(`{}`)).ErrorBody(400)
		f.Invoke(api(requestFor(second))).JSON(200, second)
		f.Invoke(bare(fields{"id": t.ID("nobody")})).ErrorBody(404)
		f.Invoke(bare(fields{"id": first["id"]})).JSON(200, first)
	},
}

var noSecrets = check.Check{
	ID:          "no-secrets",
	Requirement: "Nothing secret is logged: no credentials, no Authorization header, no request body",
	Why: "Logs are kept for long and read by many. A token that was printed once has to be revoked, " +
		"and a password in a log is a breach that has to be reported.",
	Next: "Log what you need by name: the error, the id, the request id. Never a whole event, header map or environment.",
	Run: func(t *check.T) {
		item := stocked(t)
		token, password := "Bearer "+t.ID("token"), t.ID("password")
		send := func(words, body string) {
			event := httpAPI(fields{"body": body})
			event["headers"].(fields)["authorization"] = token
			reply := t.Function(function).Invoke(check.Event{
				Words: "an API Gateway event with an Authorization header and a password in the body, " + words, JSON: marshal(event),
			})
			for _, secret := range []struct{ words, text string }{
				{"the Authorization header", token},
				{"the password", password},
				{"the function's AWS credentials", "AWS_SESSION_TOKEN"},
			} {
				for _, line := range reply.Log {
					if strings.Contains(line, secret.text) {
						reply.Fail(check.Finding{
							Got: secret.words + " in the log", Want: "a log without it",
							Evidence: []string{"log:  " + hide(line, secret.text)},
						})
					}
				}
			}
		}
		send("for an item", text(fields{"id": item["id"], "password": password}))
		send("for no item", text(fields{"id": t.ID("nobody"), "password": password}))
		send("that is malformed", text(fields{"id": 7, "password": password}))
		t.Inject("GetItem", wire.Deny())
		send("while the table fails", text(fields{"id": item["id"], "password": password}))
	},
}

// hide shows the surroundings of a secret in a line, and not the secret.
func hide(line, secret string) string {
	const around = 60
	before, after, _ := strings.Cut(line, secret)
	if n := len(before) - around; n > 0 {
		before = "…" + strings.ToValidUTF8(before[n:], "")
	}
	if len(after) > around {
		after = strings.ToValidUTF8(after[:around], "") + "…"
	}
	return before + "[secret]" + after
}
