package lesson01

import (
	"fmt"
	"strings"

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
	Next:  "Decode the event first, then decode the text in its body once more.",
	After: "headers",
	Run: func(t *check.T) {
		finds(t, func(item stack.Item) check.Event { return api(requestFor(item)) })
		finds(t, func(item stack.Item) check.Event { return restAPI(requestFor(item)) })
	},
}

var base64Body = check.Check{
	ID:          "base64-body",
	Requirement: "A base64 body is decoded first, when isBase64Encoded says so",
	Why: "An HTTP API sends the body in base64 whenever it takes the content type for binary, as that of a form: " +
		"`curl -d` without a Content-Type for JSON is enough.",
	Next:  "If isBase64Encoded is true, decode body with base64.StdEncoding before you read its JSON.",
	After: "api-event",
	Run: func(t *check.T) {
		finds(t, func(item stack.Item) check.Event {
			// The note gives the base64 a slash: the URL-safe alphabet is another one.
			return apiBase64(text(fields{"id": item["id"], "note": "really???????"}))
		})
		// Text that looks like base64 is text all the same.
		item := stocked(t)
		t.Function(function).Invoke(apiEncodedText(requestFor(item))).ErrorBody(400)
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
	Next: "When an event has neither a body nor an id of an item, answer 400 and say what you expected, or return an error that says so.",
	Run: func(t *check.T) {
		f := t.Function(function)
		for _, event := range []check.Event{queue(), bucket(), empty(), list()} {
			clearError(f.Invoke(event))
		}
	},
}

var scheduledEvent = check.Check{
	ID:          "scheduled-event",
	Requirement: "An event of EventBridge, which has an id of its own, is not taken for a request",
	Severity:    check.Should,
	Why: "The id of such an event is the event's, and no item's. Whoever reads \"no such item\" looks in the wrong place, " +
		"and a schedule that was connected by mistake goes on for ever.",
	Next:  "Before you take an event for a request, look at what tells it from one: detail-type of EventBridge, Records of SQS and S3.",
	After: "unknown-event",
	Run:   func(t *check.T) { clearError(t.Function(function).Invoke(schedule())) },
}

// clearError accepts an answer of the 400s, or 501, with a text, and an error to the runtime: whoever
// sent the event sees that it failed.
func clearError(reply *check.Reply) {
	if n := len(reply.Calls()); n > 0 {
		reply.Fail(check.Finding{
			Got:  "the event was taken for a request: " + check.Outcome(reply.Invocation),
			Want: "no AWS call, and an error that says what was expected",
		})
	}
	if reply.Outcome == sandbox.Failed && !reply.Panicked() {
		return
	}
	a := reply.Answer()
	if a.Status != 501 && (a.Status < 400 || a.Status > 499 || a.Status == 404) {
		reply.Fail(check.Finding{Got: a.String(), Want: "status 400 with an error that says what was expected, or an error to the runtime"})
	}
	if told := reply.ErrorBody(a.Status); strings.Contains(strings.ToLower(told), "internal") {
		reply.Fail(check.Finding{Got: a.String(), Want: "an error that says what was expected"})
	}
}

var badID = check.Check{
	ID:          "bad-id",
	Requirement: "A missing or malformed id is answered with 400 and says what is wrong",
	Why: "Only the caller can fix such a request, and only 400 says so. 500 asks them to try again, and wakes the team that runs the function; " +
		"404 says that the item is gone.",
	Next:  "Check the request before you use it, and answer 400 for JSON that cannot be decoded, and for an id that is missing, empty, or not a string.",
	After: "scheduled-event",
	Run: func(t *check.T) {
		f := t.Function(function)
		for _, bad := range []check.Event{
			api(`{}`), api(`{"id":""}`), api(`{"id":null}`), api(`{"id":7}`), api(`{"id":["a"]}`), api(`not json`), api(`"a"`), api(`[]`),
			apiWithoutBody(), apiBrokenBase64(), apiBase64(`{"id":7}`),
			direct(fields{}), direct(fields{"id": 7}), direct(fields{"id": ""}), bare(fields{"id": 7}), bare(fields{"id": ""}),
		} {
			reply := f.Invoke(bad)
			if told := reply.ErrorBody(400); !saysWhatIsWrong(told) {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("status 400 with the error %q", told),
					Want: "an error that says what is wrong with the request: its id, its body, its JSON",
				})
			}
		}
		firstOfTwo(f.Invoke(api(`{"id":"a"} {"id":"b"}`)))
		tooLong(f.Invoke(event(fmt.Sprintf("an API Gateway event with an id of %d bytes", len(check.LongID)), api(text(fields{"id": check.LongID})))))
	},
}

// firstOfTwo requires that a body which is JSON at its beginning only is refused.
func firstOfTwo(reply *check.Reply) {
	if a := reply.Answer(); a.Status != 400 {
		reply.Fail(check.Finding{
			Got:  a.String() + " for the first of two requests",
			Want: `status 400, and a body like {"error": "what is wrong"}`,
			Why:  "A body with more than one value is not JSON. Its sender believes that all of it was read, and nobody says that it was not.",
			Next: "Read the whole body: json.Unmarshal refuses what is behind the first value, Decode of a json.Decoder leaves it unread.",
		})
	}
	reply.ErrorBody(400)
}

// tooLong accepts 404 as well as 400 for an id that is longer than a key: nobody has it.
func tooLong(reply *check.Reply) {
	a := reply.Answer()
	if a.Status < 400 || a.Status > 499 {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("%s for an id of %d bytes", a, len(check.LongID)),
			Want: "status 400, or 404",
			Why: fmt.Sprintf("DynamoDB takes no key of more than %d bytes, and refuses the call with a ValidationException. 500 says that the table failed: "+
				"the caller tries again, and the team that runs the function is woken.", check.MaxKey),
			Next: fmt.Sprintf("Compare len(id), which counts bytes, with %d before the table is called.", check.MaxKey),
		})
	}
	reply.ErrorBody(a.Status)
}

// saysWhatIsWrong is generous: the text only has to speak of the request.
func saysWhatIsWrong(told string) bool {
	told = strings.ToLower(told)
	if strings.Contains(told, "internal") {
		return false
	}
	for _, word := range []string{"id", "body", "json", "base64", "payload", "request", "event", "input"} {
		if strings.Contains(told, word) {
			return true
		}
	}
	return false
}
