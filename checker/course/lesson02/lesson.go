// Package lesson02 checks lesson 2, functions behind API Gateway.
//
// Four functions of one template are under check, over HTTP: three behind an HTTP API, one behind a REST API.
// Each file has the checks of one part, in the order of the lesson's README: reading (get.go), creating
// (create.go) and its bodies (body.go), deleting and failing (delete.go), the REST API (rest.go), CORS (cors.go),
// and what the template alone decides (template.go).
package lesson02

import (
	"embed"
	"net/url"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// The logical ids of the lesson's template.
const (
	httpAPI        = "ItemsApi"
	restAPI        = "ItemsRestApi"
	table          = "ItemsTable"
	getFunction    = "GetItemFunction"
	createFunction = "CreateItemFunction"
	deleteFunction = "DeleteItemFunction"
	restFunction   = "GetItemRestFunction"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 2.
var Lesson = check.Lesson{
	Number:  2,
	ID:      "02-api-gateway",
	Title:   "API Gateway integration",
	Minutes: 60,
	Checks: []check.Check{
		get,
		unknownID,
		missingID,
		encodedID,
		create,
		generatedID,
		types,
		duplicate,
		badBody,
		base64Body,
		deleted,
		tableFailure,
		contentType,
		cors,
		ownCORS,
		restGet,
		restCORS,
		permissions,
		keyAndBilling,
		output,
	},
	Hints: hints,
}

// kettle is an item with an id that nobody can have known.
func kettle(t *check.T) stack.Item { return named(t.ID("kettle")) }

func named(id string) stack.Item {
	return stack.Item{"id": id, "name": "Blue kettle", "status": "available", "price": 19.99, "tags": []string{"kitchen", "blue"}}
}

// stocked puts an item into the table, as somebody else would have done.
func stocked(t *check.T) stack.Item { return t.Table(table).Put(kettle(t)) }

// pathOf is where an item is, below the stage.
func pathOf(item stack.Item) string {
	id, _ := item["id"].(string)
	return "/items/" + url.PathEscape(id)
}

// post is a request that creates an item from JSON.
func post(body string) check.Request {
	return check.Request{Method: "POST", Path: "/items", Headers: map[string]string{"Content-Type": "application/json"}, Body: body}
}
