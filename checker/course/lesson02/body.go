package lesson02

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

var badBody = check.Check{
	ID:          "bad-body",
	Requirement: "A body that is not a valid item is answered with 400, which says what is wrong with it, and writes nothing",
	Why: "What is in the table once has to be lived with: every reader meets an item without a name, or with a negative price. " +
		"Only the caller can mend the request, and only if they are told what to mend.",
	Next:  "Check name, price, id and tags before anything is written, and answer 400 with the name of the field that is wrong.",
	After: "missing-id",
	Run: func(t *check.T) {
		for _, bad := range badBodies {
			reply := t.API(httpAPI).Send(post(bad.body))
			told := reply.Answer()
			for _, item := range t.Table(table).Items() {
				delete(item, "id") // it may have been made up
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("status %d, and an item in the table with the attributes %s", told.Status, text(item)),
					Want: "status 400, and nothing written: " + bad.wrong,
				})
			}
			if reply.FunctionError == "" && told.Status != 400 {
				reply.Fail(check.Finding{
					Got: fmt.Sprintf("%s, when %s", told, bad.wrong), Want: `status 400, and a body like {"error": "what is wrong"}`,
				})
			}
			// What is wrong may be said in a field of its own, beside the error.
			about := regexp.MustCompile(`(?i)` + bad.about)
			if text := reply.ErrorBody(400); !about.MatchString(text) && !about.MatchString(told.Body) {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("status 400 with the error %q", text),
					Want: "an error that says what is wrong: " + bad.wrong,
				})
			}
		}
	},
}

// undecoded are words of an error about a body that cannot be decoded. What is wrong with a field says more, and
// does as well.
const undecoded = `body|json|object|payload|input|content|syntax|character|eof|type|item|pars|decod|marshal|malformed|number|string|list|array|expect`

// badBodies are invalid items, and what an error has to speak of.
var badBodies = []struct{ body, wrong, about string }{
	{`not json`, "the body is no JSON", undecoded},
	{``, "there is no body", undecoded + `|empty|missing|name|price`},
	{`{"name":"Blue kettle"`, "the JSON is not complete", undecoded},
	{`{"name":"Blue kettle","price":19.99} {"name":"Red kettle","price":25}`, "there is more behind the item", undecoded + `|more|one|trailing|extra|behind|after|single`},
	{`["Blue kettle"]`, "the body is no object", undecoded},
	{`"Blue kettle"`, "the body is no object", undecoded},
	{`null`, "the body is no object", undecoded + `|null|empty|missing|name|price`},
	{`{}`, "name and price are missing", "name|price|field"},
	{`{"name":"Blue kettle"}`, "price is missing", "price"},
	{`{"price":19.99}`, "name is missing", "name"},
	{`{"name":"","price":19.99}`, "name is empty", "name"},
	{`{"name":7,"price":19.99}`, "name is no string", "name|" + undecoded},
	{`{"name":"Blue kettle","price":-1}`, "price is negative", "price"},
	{`{"name":"Blue kettle","price":1e200}`, "price is larger than DynamoDB's numbers, which end below 1e126", "price|number|large|big|high|range|max|limit|" + undecoded},
	{`{"name":"Blue kettle","price":"19.99"}`, "price is no number", "price|" + undecoded},
	{`{"name":"Blue kettle","price":19.99,"tags":"kitchen"}`, "tags is no list", "tag|" + undecoded},
	{`{"name":"Blue kettle","price":19.99,"tags":[7]}`, "a tag is no string", "tag|" + undecoded},
	{`{"name":"Blue kettle","price":19.99,"status":7}`, "status is no string", "status|" + undecoded},
	{`{"id":7,"name":"Blue kettle","price":19.99}`, "id is no string", `\bid\b|` + undecoded},
	{`{"id":"` + strings.Repeat("k", 2049) + `","name":"Blue kettle","price":19.99}`, "id is longer than the 2048 bytes of a key", `\bids?\b|key|identifier|long`},
}

var base64Body = check.Check{
	ID:          "base64-body",
	Requirement: "A body without a content type, or with one that is not for text, is understood",
	Why: "An HTTP API sends the body in base64 unless its content type is text or JSON, XML or JavaScript, and says so in isBase64Encoded. " +
		"A client that names no content type is enough, and so is `curl -d`, which says that it sends a form.",
	Next:  "If request.IsBase64Encoded is true, decode request.Body with base64.StdEncoding before you read its JSON.",
	After: "types",
	Run: func(t *check.T) {
		for _, media := range []string{"", "application/x-www-form-urlencoded", "application/octet-stream", "application/json; charset=utf-8"} {
			// The name gives the base64 a slash: the URL-safe alphabet is another one.
			item := stack.Item{"id": t.ID("kettle"), "name": "Blue kettle???????", "price": 19.99}
			request := post(text(item))
			request.Headers = map[string]string{}
			if media != "" {
				request.Headers["Content-Type"] = media
			}
			reply := t.API(httpAPI).Send(request)
			shows(reply, 201, item)
		}
	},
}
