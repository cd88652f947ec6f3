package lesson04

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

var routes = check.Check{
	ID:          "routes",
	Requirement: "POST /items, GET /items/{id} and DELETE /items/{id} do what they did before",
	Why:         "Clients know the API, not the functions behind it. For them nothing may change when one function becomes four.",
	Next:        "Give each function an event of type HttpApi with ItemsApi, and the code that answered the route before.",
	Run: func(t *check.T) {
		http := t.API(api)
		item := kettle(t)
		created := http.Send(post(text(item)))
		location := created.JSON(201, item).Headers["location"]
		found := http.Get(pathOf(item)) // first: a look-up that fails has evidence of its own
		found.JSON(200, item)
		if there := http.Follow("/items", location); there.Answer().Status != 200 {
			created.Fail(check.Finding{
				Got:  fmt.Sprintf("the header Location: %s, and for a GET there %s", location, there.Answer()),
				Want: "the address of the item, with the stage in it",
			})
		}
		saysJSON(created)
		saysJSON(found)
		short := http.Send(post(`{"name":"Kännchen","price":0}`))
		made := short.Object(201, named("…"))
		if made["id"] == nil || made["id"] == "" {
			short.Fail(check.Finding{Got: "an item without an id", Want: "an id that the function has made up"})
		}
		if made["status"] != "available" {
			short.Fail(check.Finding{Got: "an item whose status is " + text(made["status"]), Want: `the status "available", when the request does not say`})
		}
		other := kettle(t)
		http.Send(check.Request{Method: "POST", Path: "/items", Body: text(other)}).JSON(201, other) // the event has it in base64
		http.Send(remove(item)).Body(204, "")
		http.Get(pathOf(item)).Status(404)
		http.Send(remove(item)).Body(204, "")
	},
}

var mistaken = check.Check{
	ID:          "mistaken-requests",
	Requirement: "Requests that are wrong are answered as before: 404 for an unknown id, 409 for one that is taken, 400 for an item that breaks a rule",
	Why:         "What a function checked before it checks for a reason. It is easily lost where code is moved.",
	Next:        "Compare the function with the code that answered before, and take over what it looks at.",
	Run: func(t *check.T) {
		http := t.API(api)
		item := t.Table(table).Put(kettle(t))
		refused := func(r check.Request, status int) {
			reply := http.Send(r)
			reply.ErrorBody(status)
			saysJSON(reply)
		}
		refused(check.Request{Path: "/items/" + t.ID("nobody")}, 404)
		refused(post(text(item)), 409)
		for _, body := range []string{
			"not json", `{"name":"","price":1}`, `{"name":"Kettle","price":-1}`, `{"name":"Kettle","price":1e200}`, `{"name":"Kettle"}`, `{"id":"a b","name":"Kettle","price":1}`,
			`{"name":" Kettle","price":1}`, `{"name":"Kettle","price":1,"tags":["for tea"]}`, `{"name":"Kettle","price":1,"description":"two\nlines"}`,
		} {
			refused(post(body), 400)
		}
		tooLong := stack.Item{"id": check.LongID}
		http.Get(pathOf(tooLong)).RefusesLongID(404)
		http.Send(remove(tooLong)).RefusesLongID(204)
	},
}

// saysJSON requires the content type that the answers had before.
func saysJSON(reply *check.Reply) {
	media, _, _ := strings.Cut(reply.Answer().Headers["content-type"], ";")
	if !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("the header Content-Type: %s and %s", reply.Answer().Headers["content-type"], reply.Answer()),
			Want: "the header Content-Type: application/json, as before",
			Why:  "Without a content type from the function an HTTP API says text/plain, and clients take the body for a text: some libraries then refuse to decode it.",
			Next: "Set Headers: map[string]string{\"Content-Type\": \"application/json\"} where answers are built, as respond does.",
		})
	}
}
