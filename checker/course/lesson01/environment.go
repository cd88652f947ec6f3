package lesson01

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var deadline = check.Check{
	ID:          "deadline",
	Requirement: "When DynamoDB hangs, the function still answers before its deadline",
	Why: "The context's deadline is the moment at which Lambda kills the process: code that waits until then has no time left to answer. " +
		"The caller gets a 500 without a reason, and the next request pays for a cold start.",
	Next: "Give GetItem a context that ends earlier: deadline, _ := ctx.Deadline(), then " +
		"ctx, cancel := context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)) and defer cancel().",
	Waits: "the function's deadline, or its own limit before that",
	Run: func(t *check.T) {
		const least = 20 * time.Millisecond // less is luck
		t.MaxTimeout(shortTimeout)
		t.WatchOvertime()
		t.Inject("GetItem", wire.Hang())
		f, event := t.Function(function), bare(fields{"id": t.ID("kettle")})
		inTime := func(reply *check.Reply) bool {
			return reply.Outcome != sandbox.TimedOut && reply.Margin >= least || reply.Outcome == sandbox.Exited
		}
		// Three times at once: on a machine that is busy, one of them may come too late by its fault.
		replies := f.InvokeAtOnce(3, event)
		if !slices.ContainsFunc(replies, inTime) && f.Declared().Timeout > shortTimeout { // a limit of its own is right for the Timeout that the template has
			f.FullTimeout()
			replies = f.InvokeAtOnce(3, event)
		}
		if n := slices.IndexFunc(replies, inTime); n >= 0 {
			serverError(t, replies[n])
			return
		}
		reply := replies[0]
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("no answer within the timeout of %v: %s", reply.Timeout, waitedFor(reply)),
			Want: fmt.Sprintf("an answer that says that it failed, at least %v before the deadline", least),
		})
	},
}

// shortTimeout is enough for any sensible limit of a single call, and not too long to wait for.
const shortTimeout = 10 * time.Second

// serverError accepts whatever says that it was not the caller's fault: 500, but also 503 and 504.
func serverError(t *check.T, reply *check.Reply) {
	reply.ErrorBody(max(500, reply.Answer().Status))
	tellsNothingInternal(t, reply)
}

// waitedFor tells an answer that comes too late from none at all.
func waitedFor(reply *check.Reply) string {
	if reply.Outcome == sandbox.TimedOut && !reply.Late {
		return "the function was still waiting when Lambda killed it"
	}
	if reply.Margin > 5*time.Millisecond {
		return fmt.Sprintf("the answer came %d ms before the deadline, which is luck", reply.Margin.Milliseconds())
	}
	return "the function gave up waiting only when its time was over"
}

var nothingCarriedOver = check.Check{
	ID:          "nothing-carried-over",
	Requirement: "No data of one request shows up in the next",
	Why: "The process lives on between invocations, with all its variables. One caller then gets what was meant for another: " +
		"an id, an item, or an error. json.Unmarshal, too, leaves a field alone that the JSON does not have.",
	Next: "Look for what one invocation sets and the next one reads: package variables, fields of what main builds. " +
		"Only clients and configuration belong there; decode every event into a new variable.",
	After: "base64-body",
	Run: func(t *check.T) {
		t.ShowSequence()
		kettle := stocked(t)
		teapot := t.Table(table).Put(stack.Item{"id": t.ID("teapot"), "name": "Red teapot", "stock": 3})
		f := t.Function(function)
		f.Invoke(api(requestFor(kettle))).JSON(200, kettle)
		f.Invoke(api(`{}`)).ErrorBody(400)
		f.Invoke(api(requestFor(teapot))).JSON(200, teapot)
		mug := t.Table(table).Put(stack.Item{"id": t.ID("mug"), "name": "White mug"})
		requireNoStock(f.Invoke(event("an API Gateway event with the id of an item that has no stock, "+text(mug["id"]), api(requestFor(mug)))), teapot["stock"])
		f.Invoke(bare(fields{"id": t.ID("nobody")})).ErrorBody(404)

		sold := t.Table(table).Put(stack.Item{"id": kettle["id"], "name": kettle["name"], "stock": 6})
		f.Invoke(event("after one was sold, the payload "+requestFor(kettle)+" of a direct invocation", bare(fields{"id": kettle["id"]}))).JSON(200, sold)
	},
}

// requireNoStock requires that an item without a stock is not answered with that of the item before. What a function makes
// of such an item is its own business: 0, nothing, or an error.
func requireNoStock(reply *check.Reply, before any) {
	a := reply.Answer()
	var got map[string]any
	if json.Unmarshal([]byte(a.Body), &got) == nil && fmt.Sprint(got["stock"]) == fmt.Sprint(before) {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("the body %s: the stock is that of the item before", a.Body),
			Want: "a body without that stock",
			Why: "The process lives on between invocations, with all its variables. attributevalue.UnmarshalMap and json.Unmarshal leave a field " +
				"alone that the item does not have: in a variable that lives on, it still has the value of the request before.",
			Next: "Declare the variable that the item is decoded into in the function that decodes it, not in the package or in what main builds.",
		})
	}
}

// event says in other words what is sent.
func event(words string, e check.Event) check.Event { return check.Event{Words: words, JSON: e.JSON} }

var noSecrets = check.Check{
	ID:          "no-secrets",
	Requirement: "Nothing secret is logged: no credentials, no Authorization header, no request body",
	Why: "Logs are kept for long and read by many. A token that was printed once has to be revoked, " +
		"and a password in a log is a breach that has to be reported.",
	Next: "Log what you need by name: the error, the id, the request id. Never a whole event, header map or environment.",
	Run: func(t *check.T) {
		token, password := t.ID("token")+t.ID(""), t.ID("password")+t.ID("")
		id := stocked(t)["id"]
		f := t.Function(function)
		secrets := []secret{newSecret("the Authorization header", token), newSecret("the password", password)}
		send := func(events ...check.Event) {
			for _, e := range events {
				reply := f.Invoke(withToken(e, "Bearer "+token))
				if !reply.InitCompleted {
					reply.Answered() // there is nothing to be seen in the log of a process that does not start
				}
				requireUnlogged(reply, slices.Concat(secrets, credentials(f)))
			}
		}
		understood := func(request fields) []check.Event {
			return []check.Event{api(text(request)), apiBase64(text(request)), direct(request), bare(request)}
		}
		request := fields{"id": id, "password": password}
		broken := strings.TrimSuffix(text(request), "}")
		send(understood(request)...)
		send(
			event("a body that is cut off, with a password", api(broken)), event("a body that is no base64, with a password", noBase64(broken)),
			check.Event{
				Words: "an SQS event with a password in a body",
				JSON:  marshal(fields{"Records": []fields{{"eventSource": "aws:sqs", "body": text(request)}}}),
			},
		)
		for _, wrong := range []fields{{"id": t.ID("nobody")}, {"id": 7}, {"id": ""}, {}} {
			wrong["password"] = password
			send(understood(wrong)...)
		}
		t.Inject("GetItem", wire.Deny())
		send(understood(request)...)
	},
}

// secret is what must not be logged, in words, and as it may be found in a log.
type secret struct {
	words string
	forms []form
}

// form is a text, and what is to be said of it, if that is not the secret as it is.
type form struct{ words, text string }

// credentials are those that a function's execution environments have by now.
func credentials(f *check.Function) (all []secret) {
	for _, c := range f.Credentials() {
		all = append(all, newSecret("the function's secret access key", c.SecretAccessKey), newSecret("the function's session token", c.SessionToken))
	}
	return all
}

// withToken adds an Authorization header to an API Gateway event.
func withToken(e check.Event, token string) check.Event {
	var event fields
	if err := json.Unmarshal(e.JSON, &event); err != nil {
		return e
	}
	headers, ok := event["headers"].(map[string]any)
	if !ok {
		return e
	}
	headers["authorization"] = token
	return check.Event{Words: e.Words + ", and an Authorization header", JSON: marshal(event)}
}

// requireUnlogged looks for secrets in the log of an invocation.
func requireUnlogged(reply *check.Reply, secrets []secret) {
	for _, s := range secrets {
		for _, line := range reply.Log {
			for _, f := range s.forms {
				if strings.Contains(line, f.text) {
					reply.Fail(check.Finding{
						Got: s.words + " in the log" + f.words, Want: "a log without it", Evidence: []string{"log:  " + hide(line, f.text)},
					})
				}
			}
		}
	}
}

// newSecret is a text as it is, and in the encodings that loggers give to bytes: in hex, and in base64 wherever in a longer text
// it stands.
func newSecret(words, text string) secret {
	decimal := strings.Trim(fmt.Sprintf("%d", []byte(text)), "[]")
	forms := []form{{"", text}, {", in hex", hex.EncodeToString([]byte(text))}, {", byte by byte", decimal}}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + text))
		forms = append(forms, form{", in base64", encoded[(shift*8+5)/6 : len(encoded)-2]}) // the ends depend on what is around
	}
	return secret{words, forms}
}

// hide shows the surroundings of a secret in a line, and not the secret.
func hide(line, secret string) string {
	const around = 24
	before, after, _ := strings.Cut(line, secret)
	if n := len(before) - around; n > 0 {
		before = "…" + strings.ToValidUTF8(before[n:], "")
	}
	if len(after) > around {
		after = strings.ToValidUTF8(after[:around], "") + "…"
	}
	return before + "[secret]" + after
}
