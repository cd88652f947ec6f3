package lesson02

import (
	"encoding/json"
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var create = check.Check{
	ID:          "create",
	Requirement: "POST /items answers 201 with the item, and its address in the header Location",
	Why: "201 tells a client that something new is there, and Location where: it need not know how addresses are made. " +
		"The path that clients use begins with the stage, and an id may have a slash in it.",
	Next:  "Answer 201 with the item, and the header Location: request.RawPath, a slash, and url.PathEscape of the id.",
	After: "encoded-id",
	Run: func(t *check.T) {
		for _, id := range []string{t.ID("kettle"), t.ID("kitchen/blue kettle")} {
			item := named(id)
			reply := t.API(httpAPI).Send(post(text(item)))
			shows(reply, 201, item)
			isThere(t, reply, id)
			leadsTo(t, reply, id)
		}
		takesTwice(t)
	},
}

// takesTwice requires that tags are no set of DynamoDB's, which takes no tag twice. To keep it once is right as well.
func takesTwice(t *check.T) {
	twice := kettle(t)
	twice["tags"] = []string{"kitchen", "kitchen"}
	if reply := t.API(httpAPI).Send(post(text(twice))); reply.Answer().Status >= 500 {
		reply.Fail(check.Finding{
			Got:  reply.Answer().String() + " for the tags " + text(twice["tags"]),
			Want: "status 201: a list of tags may have one twice",
			Why:  "A set (SS) has each value once. DynamoDB refuses a request in which one comes twice, and the client is told that the table has failed.",
			Next: "Keep tags as a list: take stringset out of the tag of the field.",
		})
	}
}

// isThere requires that the item which an answer speaks of is in the table.
func isThere(t *check.T, reply *check.Reply, id string) {
	if t.Table(table).Find("id", id) == nil {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("%s, and no item with the id %q in the table", reply.Answer(), id),
			Want: "the item in the table",
		})
	}
}

// leadsTo requires a Location which API Gateway takes to the item: a whole address, or one relative to the
// request's. Whether the item is shown well is another requirement.
func leadsTo(t *check.T, reply *check.Reply, id string) {
	location := reply.Answer().Headers["location"]
	if location == "" {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("status %d, and no header Location", reply.Answer().Status),
			Want: "the header Location with the item's address",
		})
	}
	found := t.API(httpAPI).Follow("/items", location)
	var event struct{ PathParameters map[string]string }
	_ = json.Unmarshal(found.Event(), &event) // no event is one that leads nowhere
	for _, value := range event.PathParameters {
		if value == id {
			return
		}
	}
	var body struct{ ID string }
	if json.Unmarshal([]byte(found.Answer().Body), &body) == nil && body.ID == id {
		return
	}
	reply.Fail(check.Finding{
		Got:  fmt.Sprintf("the header Location: %s, and for a GET there %s", location, found.Answer()),
		Want: fmt.Sprintf("a Location that leads to the item with the id %q, such as %s", id, "/prod"+pathOf(stack.Item{"id": id})),
	})
}

var types = check.Check{
	ID:          "types",
	Requirement: "What was created is what is read later: every value, in its type",
	Why: "Each value is decoded and encoded four times on its way: from the request, into the table, out of it, and into the answer. " +
		"One type or tag that does not fit loses a cent, a zero or a list.",
	Next:  "Compare the types and tags of item in create-item and get-item: price a float64, without omitempty, and tags a []string.",
	After: "generated-id",
	Run: func(t *check.T) {
		t.ShowSequence()
		for _, item := range []stack.Item{
			{"id": t.ID("kettle"), "name": `The "Kännchen" <1 & 2>`, "status": "sold out", "price": 19.995, "tags": []string{"kitchen", "blue"}},
			{"id": t.ID("sample"), "name": "Sample", "status": "available", "price": 0, "tags": []string{}},
			{"id": t.ID("teapot"), "name": "7", "status": "true", "price": 1250},
			{"id": t.ID("Tea Service"), "name": "Silver service", "status": "available", "price": 1234567.89},
		} {
			reply := t.API(httpAPI).Send(post(text(item)))
			isTaken(reply)
			shows(reply, 201, item)
			shows(t.API(httpAPI).Get(pathOf(item)), 200, item)
		}
		id := t.ID("mug")
		t.API(httpAPI).Send(post(text(stack.Item{"id": id, "name": "Mug", "price": 4.5}))).Status(201)
		shows(t.API(httpAPI).Get("/items/"+id), 200, stack.Item{"id": id, "name": "Mug", "status": "available", "price": 4.5})
	},
}

// isTaken explains what else than a type may keep an item out.
func isTaken(reply *check.Reply) {
	if a := reply.Answer(); a.Status == 400 {
		reply.Fail(check.Finding{
			Got:  a.String(),
			Want: "status 201: nothing is wrong with this item",
			Why: "A sample costs 0, which is not negative. A list of tags may be empty, and a name may look like a number. " +
				"What a client may send, and is refused, it cannot mend.",
			Next: "Refuse no more than what the lesson's README says: a name that is empty, and a price that is missing, negative or too large.",
		})
	}
}

var duplicate = check.Check{
	ID:          "duplicate",
	Requirement: "An id that is taken is answered with 409, and the item that has it stays as it was",
	Why: "PutItem replaces what is there, without a word. To look first and write then is no help: " +
		"two requests at once both find nothing, and both write.",
	Next:  "Give PutItem the ConditionExpression attribute_not_exists(id), and answer 409 if the error is a *types.ConditionalCheckFailedException.",
	After: "unknown-id",
	Run: func(t *check.T) {
		taken := stocked(t)
		reply := t.API(httpAPI).Send(post(text(stack.Item{"id": taken["id"], "name": "Red kettle", "price": 25})))
		if now := t.Table(table).Find("id", taken["id"]); text(now) != text(taken) {
			reply.Fail(check.Finding{
				Got: fmt.Sprintf("status %d, and in the table the item %s", reply.Answer().Status, text(now)), Want: "status 409, and in the table still " + text(taken),
			})
		}
		reply.ErrorBody(409)
		oneOfTwo(t)
	},
}

// oneOfTwo creates the same item twice at once. Each request must find the same table, so that code which
// looks first finds nothing every time.
func oneOfTwo(t *check.T) {
	id := t.ID("teapot")
	var requests []check.Request
	for n := range 2 {
		requests = append(requests, post(text(stack.Item{"id": id, "name": fmt.Sprintf("Teapot %d", n+1), "price": n + 1})))
	}
	apart := t.Inject("", wire.Meet(len(requests)))
	replies := t.API(httpAPI).SendAtOnce(requests...)
	apart()
	created := map[string]*check.Reply{}
	for n, reply := range replies {
		if reply.Answer().Status == 201 {
			created[fmt.Sprintf("Teapot %d", n+1)] = reply
		} else {
			reply.ErrorBody(409)
		}
	}
	now := t.Table(table).Find("id", id)
	name, _ := now["name"].(string)
	switch {
	case len(created) != 1:
		replies[0].Fail(check.Finding{
			Got:      fmt.Sprintf("%d of %d answers with the status 201, all of them for the id %s", len(created), len(replies), id),
			Want:     "one answer with the status 201, and 409 in all others",
			Evidence: callsOf(replies),
		})
	case created[name] == nil:
		replies[0].Fail(check.Finding{Got: "in the table the item " + text(now), Want: "in the table the one whose request was answered with 201"})
	}
}

// callsOf are the operations of several invocations, which differ in order only.
func callsOf(replies []*check.Reply) []string {
	lines := []string{}
	for _, call := range replies[0].Calls() {
		lines = append(lines, fmt.Sprintf("call: DynamoDB %s in each of the %d invocations", call.Operation, len(replies)))
	}
	return lines
}
