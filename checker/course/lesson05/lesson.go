// Package lesson05 checks lesson 5, large dependencies.
//
// One function behind an HTTP API is under check. It answers rightly from the beginning (answers.go); what it costs to
// start is what the lesson is about: what it calls in INIT and what it computes there (init.go), and what is in its
// bootstrap (size.go). What it costs is compared with a function that only says hello, in the same minute.
package lesson05

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/url"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// The logical ids of the lesson's template.
const (
	api      = "ItemsApi"
	table    = "ItemsTable"
	function = "GetItemFunction"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 5.
var Lesson = check.Lesson{
	Number:  5,
	ID:      "05-large-dependencies",
	Title:   "Large dependencies",
	Minutes: 45,
	Checks: []check.Check{
		get,
		unknownID,
		badID,
		initCalls,
		missingTableName,
		permissions,
		clientOnce,
		initTime,
		events,
		size,
	},
	Hints: hints,
}

// kettle is an item with an id that nobody can have known.
func kettle(t *check.T) stack.Item { return named(t.ID("kettle")) }

func named(id string) stack.Item {
	return stack.Item{"id": id, "name": "Blue kettle", "status": "available", "price": 19.9, "tags": []string{"kitchen", "blue"}}
}

// pathOf is where an item is, below the stage.
func pathOf(item stack.Item) string { return "/items/" + url.PathEscape(fmt.Sprint(item["id"])) }

// request is the event of a request for an item, to invoke the function without the API.
func request(item stack.Item) check.Event {
	id := fmt.Sprint(item["id"])
	path := text("/prod/items/" + id)
	return check.Event{
		Words: "GET " + pathOf(item),
		JSON: json.RawMessage(fmt.Sprintf(`{"version":"2.0","routeKey":"GET /items/{id}","rawPath":%[1]s,"rawQueryString":"",`+
			`"headers":{"host":"api.example.com"},"pathParameters":{"id":%[2]s},"requestContext":{"accountId":"%[3]s","apiId":"api",`+
			`"domainName":"api.example.com","domainPrefix":"api","http":{"method":"GET","path":%[1]s,"protocol":"HTTP/1.1",`+
			`"sourceIp":"192.0.2.1","userAgent":"curl"},"requestId":"id","routeKey":"GET /items/{id}","stage":"prod",`+
			`"time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1583348638390},"isBase64Encoded":false}`, path, text(id), stack.AccountID)),
	}
}

// text is a value in JSON.
func text(v any) string {
	data, _ := json.Marshal(v) // strings, numbers, lists and maps of them always encode
	return string(data)
}
