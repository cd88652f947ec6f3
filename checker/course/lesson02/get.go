package lesson02

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var get = check.Check{
	ID:          "get",
	Requirement: "GET /items/{id} answers 200 with the item, as it is in the table",
	Why: "What a function puts into its answer is all that a client ever sees of the table. A type that does not fit an attribute, or " +
		"an expression that DynamoDB refuses, shows with the first real item.",
	Next: "Take the id from request.PathParameters[\"id\"], and give every field of the item the type that it has in the table: a price is a float64.",
	Run: func(t *check.T) {
		item := stocked(t)
		t.Table(table).Put(stack.Item{"id": t.ID("teapot"), "name": "Red teapot", "status": "sold out", "price": 7})
		reply := t.API(httpAPI).Get(pathOf(item))
		hasTheID(reply)
		finds(reply, item)
		free := t.Table(table).Put(stack.Item{"id": t.ID("sample"), "name": "Sample", "status": "available", "price": 0})
		finds(t.API(httpAPI).Get(pathOf(free)), free)
		isNotRemembered(t, free)
	},
}

// isNotRemembered requires that an item is looked up each time: since it was, somebody else may have changed it.
func isNotRemembered(t *check.T, item stack.Item) {
	changed := maps.Clone(item)
	changed["status"] = "sold out"
	t.Table(table).Put(changed)
	reply := t.API(httpAPI).Get(pathOf(item))
	if len(reply.Calls()) == 0 && reply.Answer().Status == http.StatusOK {
		reply.Fail(check.Finding{
			Did:  fmt.Sprintf("sent GET %s to %s, changed the item in the table, and sent it again", pathOf(item), httpAPI),
			Got:  fmt.Sprintf("%s, without a call to the table, where the status is %q now", reply.Answer(), changed["status"]),
			Want: "the body " + text(changed),
			Why: "What a process remembers is as it was when it looked. Others change and delete items meanwhile, and each execution environment remembers " +
				"something else: one client gets different answers in turn.",
			Next: "Look the item up for each request, and keep nothing of it for the next.",
		})
	}
	finds(reply, changed)
}

// hasTheID explains a refusal of an id that the event has under another name than id.
func hasTheID(reply *check.Reply) {
	var event struct{ PathParameters map[string]string }
	if json.Unmarshal(reply.Event(), &event) != nil || len(event.PathParameters) != 1 || reply.Answer().Status < 400 {
		return
	}
	for name := range event.PathParameters {
		if name != "id" {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("%s: the id is in pathParameters as %q", reply.Answer(), name),
				Want: `an event whose pathParameters have the id as "id"`,
				Why:  "API Gateway hands over what it found in the path under the name that the route has for it in the template, and under no other.",
				Next: fmt.Sprintf("Write {id} in place of {%s} in the Path of the event in the template.", name),
			})
		}
	}
}

var unknownID = check.Check{
	ID:          "unknown-id",
	Requirement: "An id that nobody has is answered with 404",
	Why: "GetItem does not fail for an item that is not there: it returns nothing. Code that does not look answers 200 with an empty item, " +
		"and clients take it for a real one.",
	Next: "After GetItem, if out.Item is nil, answer 404 with an error.",
	Run: func(t *check.T) {
		stocked(t)
		t.API(httpAPI).Get("/items/" + t.ID("nobody")).ErrorBody(404)
		reply := t.API(httpAPI).Get(pathOf(tooLong()))
		reply.RefusesLongID(404)
		reply.ErrorBody(reply.Answer().Status)
	},
}

// tooLong is no item that anybody can have: its id is longer than a key.
func tooLong() stack.Item { return stack.Item{"id": check.LongID} }

var missingID = check.Check{
	ID:          "missing-id",
	Requirement: "An event without an id is answered with 400",
	Why: "The route decides what an event has, and routes change: $default, a new name for {id}, a test event in the console. DynamoDB " +
		"refuses an empty key, and the caller would be told of an internal error.",
	Next: "If the id is empty, answer 400 before anything is looked up or deleted.",
	Run: func(t *check.T) {
		for _, e := range []struct {
			function string
			event    check.Event
		}{
			{getFunction, event2("GET", "")}, {getFunction, event2("GET", `{"id":""}`)},
			{deleteFunction, event2("DELETE", "")}, {deleteFunction, event2("DELETE", `{"id":""}`)},
			{restFunction, event1("null")}, {restFunction, event1(`{"id":""}`)},
		} {
			t.Function(e.function).Invoke(e.event).ErrorBody(400)
		}
	},
}

// event2 is what an HTTP API sends (payload format 2.0), with these path parameters, or without any.
func event2(method, parameters string) check.Event {
	path, without := "", "without pathParameters"
	if parameters != "" {
		path, without = `"pathParameters":`+parameters+",", "with the pathParameters "+parameters
	}
	return check.Event{
		Words: "an event of an HTTP API " + without,
		JSON: json.RawMessage(fmt.Sprintf(`{"version":"2.0","routeKey":"%[1]s /items/{id}","rawPath":"/prod/items/","rawQueryString":"",`+
			`"headers":{"host":"api.example.com"},%[2]s"requestContext":{"accountId":"%[3]s","apiId":"api","domainName":"api.example.com",`+
			`"domainPrefix":"api","http":{"method":"%[1]s","path":"/prod/items/","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl"},`+
			`"requestId":"id","routeKey":"%[1]s /items/{id}","stage":"prod","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1583348638390},`+
			`"isBase64Encoded":false}`, method, path, stack.AccountID)),
	}
}

// event1 is what a REST API sends (payload format 1.0), with these path parameters.
func event1(parameters string) check.Event {
	return check.Event{
		Words: "an event of a REST API with the pathParameters " + parameters,
		JSON: json.RawMessage(fmt.Sprintf(`{"resource":"/items/{id}","path":"/items/","httpMethod":"GET","headers":{"Host":"api.example.com"},`+
			`"multiValueHeaders":{"Host":["api.example.com"]},"queryStringParameters":null,"multiValueQueryStringParameters":null,`+
			`"pathParameters":%s,"stageVariables":null,"requestContext":{"accountId":"%s","apiId":"api","resourcePath":"/items/{id}",`+
			`"httpMethod":"GET","path":"/prod/items/","stage":"prod","requestId":"id","protocol":"HTTP/1.1"},"body":null,`+
			`"isBase64Encoded":false}`, parameters, stack.AccountID)),
	}
}

var encodedID = check.Check{
	ID:          "encoded-id",
	Requirement: "An id with spaces, slashes and umlauts is found, however it is encoded in the path",
	Why: "An HTTP API has decoded the path parameters already. Code that decodes them again makes a space of a plus and fails at a percent sign; " +
		"code that cuts the path up itself takes the slash of an id for one of the path.",
	Next:  "Use request.PathParameters[\"id\"] as it is.",
	After: "get",
	Run: func(t *check.T) {
		for _, id := range oddIDs(t) {
			item := t.Table(table).Put(named(id))
			finds(t.API(httpAPI).Get(pathOf(item)), item)
			finds(t.API(httpAPI).Get("/items/"+everyByte(id)), item)
		}
	},
}

// oddIDs have what means something in a URL.
func oddIDs(t *check.T) []string {
	return []string{t.ID("blue kettle"), t.ID("Kännchen"), t.ID("kitchen/kettle"), t.ID("kettle+lid"), t.ID("100%25")}
}

// everyByte encodes a text more than is needed, as clients may.
func everyByte(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		fmt.Fprintf(&out, "%%%02X", b)
	}
	return out.String()
}

var contentType = check.Check{
	ID:          "content-type",
	Requirement: "Each answer of the HTTP API that has a body says that it is JSON: Content-Type: application/json",
	Why: "Without a content type from the function an HTTP API says text/plain, and clients take the body for a text: " +
		"some libraries then refuse to decode it.",
	Next:  "Set Headers: map[string]string{\"Content-Type\": \"application/json\"} where answers are built, those of errors too.",
	After: "delete",
	Run: func(t *check.T) {
		item := stocked(t)
		api := t.API(httpAPI)
		saysJSON(api.Get(pathOf(item)))
		saysJSON(api.Get("/items/" + t.ID("nobody")))
		saysJSON(api.Send(post(text(kettle(t)))))
		saysJSON(api.Send(post(text(item))))
		saysJSON(api.Send(post("not json")))
		t.Inject("", wire.Deny())
		saysJSON(api.Send(remove(item)))
	},
}

func saysJSON(reply *check.Reply) {
	a := reply.Answer()
	if a.Status != http.StatusOK { // of a response without a statusCode, an HTTP API itself makes 200 and JSON
		reply.PassedOn()
	}
	if a.Body == "" {
		return
	}
	media, _, _ := strings.Cut(a.Headers["content-type"], ";")
	if !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("the header Content-Type: %s and %s", a.Headers["content-type"], a),
			Want: "the header Content-Type: application/json",
		})
	}
}
