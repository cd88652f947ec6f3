// Package lesson04 checks lesson 4, monolithic Lambda.
//
// One function that does everything is to become four: three behind an HTTP API, and one on a schedule. What clients see
// stays as it is (routes.go); the rest is about what becomes of the function: who answers what, from which binary, with
// which permissions, and what the failure of one does to the others (functions.go), the report (report.go), and what each of
// them costs to start, beside the function that the lesson begins with (start.go).
package lesson04

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
	api            = "ItemsApi"
	table          = "ItemsTable"
	reports        = "ReportsTable"
	monolith       = "ApiFunction" // what the lesson begins with
	getFunction    = "GetItemFunction"
	createFunction = "CreateItemFunction"
	deleteFunction = "DeleteItemFunction"
	reportFunction = "ReportFunction"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 4.
var Lesson = check.Lesson{
	Number:  4,
	ID:      "04-monolithic-lambda",
	Title:   "Monolithic Lambda",
	Minutes: 60,
	Checks: []check.Check{
		routes,
		mistaken,
		ownFunctions,
		ownPolicies,
		ownFailures,
		report,
		reportPages,
		reportFailure,
		noReportRoute,
		start,
	},
	Hints: hints,
}

// kettle is an item with an id that nobody can have known.
func kettle(t *check.T) stack.Item { return named(t.ID("kettle")) }

func named(id string) stack.Item {
	return stack.Item{"id": id, "name": "Blue kettle", "description": "It whistles.", "status": "available", "price": 19.9, "tags": []string{"kitchen"}}
}

// pathOf is where an item is, below the stage.
func pathOf(item stack.Item) string { return "/items/" + url.PathEscape(fmt.Sprint(item["id"])) }

// post is a request that creates an item.
func post(body string) check.Request {
	return check.Request{Method: "POST", Path: "/items", Headers: map[string]string{"Content-Type": "application/json"}, Body: body}
}

func remove(item stack.Item) check.Request {
	return check.Request{Method: "DELETE", Path: pathOf(item)}
}

// request is the event that the API makes of a request, to invoke a function without it. The path has this id, if it is not
// empty.
func request(method, path, id, body string) check.Event {
	parameters := ""
	if id != "" {
		parameters = `"pathParameters":{"id":` + text(id) + "},"
	}
	route := method + " " + path
	return check.Event{
		Words: route,
		JSON: json.RawMessage(fmt.Sprintf(`{"version":"2.0","routeKey":%[1]s,"rawPath":"/prod/items","rawQueryString":"",`+
			`"headers":{"content-type":"application/json"},%[2]s"requestContext":{"accountId":"%[3]s","apiId":"api","domainName":"api.example.com",`+
			`"domainPrefix":"api","http":{"method":"%[4]s","path":"/prod/items","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl"},`+
			`"requestId":"id","routeKey":%[1]s,"stage":"prod","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1583348638390},"body":%[5]s,`+
			`"isBase64Encoded":false}`, text(route), parameters, stack.AccountID, method, text(body))),
	}
}

// text is a value in JSON.
func text(v any) string {
	data, _ := json.Marshal(v) // strings, numbers, lists and maps of them always encode
	return string(data)
}
