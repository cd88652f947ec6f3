package lesson01

import (
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// finds sends an event that asks for an item, and requires the item.
func finds(t *check.T, event func(stack.Item) check.Event) {
	item := stocked(t)
	t.Function(function).Invoke(event(item)).JSON(200, item)
}

func requestFor(item stack.Item) string { return text(fields{"id": item["id"]}) }

var apiEvent = check.Check{
	ID:          "api-event",
	Requirement: "An API Gateway event is understood: the request is the JSON text in its body",
	Why: "API Gateway does not send what the caller sent. It sends an event of its own, with the caller's JSON as a string in body: " +
		"code that decodes the event as the request finds no id.",
	Next: "Decode the event first, then decode the text in its body once more.",
	Run: func(t *check.T) {
		finds(t, func(item stack.Item) check.Event { return api(requestFor(item)) })
		finds(t, func(item stack.Item) check.Event { return restAPI(requestFor(item)) })
	},
}

var base64Body = check.Check{
	ID:          "base64-body",
	Requirement: "A base64 body is decoded first, when isBase64Encoded says so",
	Why: "An HTTP API sends the body in base64 whenever it does not take the content type for text: " +
		"curl without a Content-Type header is enough.",
	Next: "If isBase64Encoded is true, decode body with base64.StdEncoding before you read its JSON.",
	Run: func(t *check.T) {
		finds(t, func(item stack.Item) check.Event { return apiBase64(requestFor(item)) })
	},
}

var directInvocation = check.Check{
	ID:          "direct-invocation",
	Requirement: "A direct invocation is understood: body is an object, not text",
	Why: "Other functions, Step Functions and `aws lambda invoke` send JSON as it is. " +
		"A body that must be a string makes the runtime refuse the event before the handler sees it.",
	Next: "Take body as json.RawMessage and look at it: a string is decoded twice, an object once.",
	Run: func(t *check.T) {
		finds(t, func(item stack.Item) check.Event { return direct(fields{"id": item["id"]}) })
	},
}

var unknownEvent = check.Check{
	ID:          "unknown-event",
	Requirement: "An event that the function is not made for gets a clear error",
	Why: "Sooner or later somebody connects the wrong trigger. An answer that looks like success, a panic, or \"internal error\" " +
		"hides that for a long time.",
	Next: "When an event has neither a body nor an id, answer 400 and say what you expected, or return an error that says so.",
	Run: func(t *check.T) {
		reply := t.Function(function).Invoke(queue())
		if n := len(reply.Calls()); n > 0 {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("the event was taken for a request: %d AWS calls", n),
				Want: "no AWS call: there is nothing to look up",
			})
		}
		if reply.Outcome == sandbox.Failed && !reply.Panicked() {
			return // an error to the runtime is right, too: whoever sent the event sees that it failed
		}
		a := reply.Answer()
		if a.Status < 400 || a.Status > 499 || a.Status == 404 {
			reply.Fail(check.Finding{Got: a.String(), Want: "status 400 with an error that says what was expected, or an error to the runtime"})
		}
		reply.ErrorBody(a.Status)
	},
}

var badID = check.Check{
	ID:          "bad-id",
	Requirement: "A missing or malformed id is answered with 400 and says what is wrong",
	Why: "500 tells the caller to try again, and wakes the team that runs the function. " +
		"400 tells the one who can mend it: the caller.",
	Next: "Check the request before you use it: JSON that cannot be decoded, no id, an empty id, an id that is no string.",
	Run: func(t *check.T) {
		f := t.Function(function)
		for _, body := range []string{`{}`, `{"id":""}`, `{"id":null}`, `{"id":7}`, `{"id":["a"]}`, `not json`, `"a"`, `[]`} {
			f.Invoke(api(body)).ErrorBody(400)
		}
		f.Invoke(apiWithoutBody()).ErrorBody(400)
		reply := f.Invoke(check.Event{
			Words: "an API Gateway event whose body says that it is base64, and is not",
			JSON:  marshal(httpAPI(fields{"body": "{}?", "isBase64Encoded": true})),
		})
		reply.ErrorBody(400)
		if n := len(reply.Calls()); n > 0 {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%d AWS calls", n), Want: "none: there is nothing to look up"})
		}
	},
}
