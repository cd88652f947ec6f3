package lesson01

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var answer = check.Check{
	ID:          "answer",
	Requirement: "The answer has the status 200 and the item as a JSON string in its body",
	Why:         "API Gateway needs a status code, and a body that is a string. For anything else the caller gets a 500.",
	Next:        "Encode the item with json.Marshal, and return the text as Body with StatusCode 200.",
	After:       "client-once",
	Run: func(t *check.T) {
		for _, stock := range []int{1200, 0} {
			item := t.Table(table).Put(stack.Item{"id": t.ID("teapot"), "name": `The "Kännchen" <red>`, "stock": stock})
			t.Function(function).Invoke(bare(fields{"id": item["id"]})).JSON(200, item)
		}
	},
}

var headers = check.Check{
	ID:          "headers",
	Requirement: "Every answer has the headers Content-Type: application/json and Access-Control-Allow-Origin: *",
	Why: "Without a content type an HTTP API says text/plain. Without the CORS header a browser does not show the answer to a page of " +
		"another origin, errors least of all.",
	Next:  "Build every answer, errors too, in one function that sets both headers.",
	After: "answer",
	Run: func(t *check.T) {
		item := stocked(t)
		f := t.Function(function)
		for _, event := range []check.Event{bare(fields{"id": item["id"]}), bare(fields{"id": t.ID("nobody")}), api(`{}`)} {
			requireHeaders(f.Invoke(event))
		}
		t.Inject("GetItem", wire.Deny())
		requireHeaders(f.Invoke(api(requestFor(item))))
	},
}

func requireHeaders(reply *check.Reply) {
	a := reply.Answer()
	if got := a.Headers["content-type"]; !isJSON(got) {
		reply.Fail(check.Finding{
			Got: header("Content-Type", got) + " and " + a.String(), Want: "the header Content-Type: application/json",
		})
	}
	if got := a.Headers["access-control-allow-origin"]; got != "*" {
		reply.Fail(check.Finding{
			Got: header("Access-Control-Allow-Origin", got) + " and " + a.String(), Want: "the header Access-Control-Allow-Origin: *",
		})
	}
}

func isJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/json")
}

func header(name, value string) string {
	if value == "" {
		return fmt.Sprintf("no header %s", name)
	}
	return fmt.Sprintf("the header %s: %s", name, value)
}
