package lesson02

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

func remove(item stack.Item) check.Request {
	return check.Request{Method: "DELETE", Path: pathOf(item)}
}

var deleted = check.Check{
	ID:          "delete",
	Requirement: "DELETE /items/{id} answers 204 without a body, also when there is no such item",
	Why: "Whoever deletes wants the item to be gone, and it is. A client that tries again, because the first answer got lost, must not be told " +
		"that it failed: that is what makes DELETE safe to repeat.",
	Next:  "Call DeleteItem without a condition, and answer 204 with no body at all.",
	After: "duplicate",
	Run: func(t *check.T) {
		t.ShowSequence()
		other := stocked(t)
		for _, item := range []stack.Item{kettle(t), named(t.ID("kitchen/blue kettle"))} {
			t.Table(table).Put(item)
			for range 2 {
				reply := t.API(httpAPI).Send(remove(item))
				hasTheID(reply)
				knowsTheMethod(reply)
				reply.Body(204, "")
				if t.Table(table).Find("id", item["id"]) != nil {
					reply.Fail(check.Finding{Got: "status 204, and the item is still in the table", Want: "status 204, and no item"})
				}
			}
		}
		reply := t.API(httpAPI).Send(remove(stack.Item{"id": t.ID("nobody")}))
		reply.Body(204, "")
		if t.Table(table).Find("id", other["id"]) == nil {
			reply.Fail(check.Finding{Got: "another item is gone, too", Want: "only the items with these ids are deleted"})
		}
		t.API(httpAPI).Send(remove(tooLong())).RefusesLongID(204)
	},
}

// knowsTheMethod explains a 405, which is hardly ever what it says: API Gateway has chosen the function by the method.
func knowsTheMethod(reply *check.Reply) {
	if a := reply.Answer(); a.Status == 405 {
		reply.Fail(check.Finding{
			Got:  a.String(),
			Want: "status 204: the route has chosen the function by the method",
			Why: "The events of HTTP APIs and of REST APIs have the method in different places. In the type of the other kind of API it is empty, " +
				"and nothing complains.",
			Next: "Take an events.APIGatewayV2HTTPRequest, whose method is in RequestContext.HTTP.Method, or leave the method to the route.",
		})
	}
}

var tableFailure = check.Check{
	ID:          "table-failure",
	Requirement: "When the table fails, the answer is 500 and tells nothing internal",
	Why: "The caller can do nothing with AWS's words, and an attacker a lot: table names, account, role. " +
		"An error that the handler returns says even less: API Gateway makes an answer of its own of it.",
	Next:  "Log the error, and answer 500 with {\"error\": \"internal error\"}, or the like.",
	After: "bad-body",
	Run: func(t *check.T) {
		item := kettle(t)
		for _, kind := range []wire.Kind{wire.Deny(), wire.NoTable()} {
			heal := t.Inject("", kind)
			for _, request := range []check.Request{{Path: pathOf(item)}, post(text(item)), remove(item)} {
				failsAlike(t, t.API(httpAPI).Send(request))
			}
			failsAlike(t, t.API(restAPI).Get(pathOf(item)))
			heal()
		}
	},
}

// failsAlike requires the same general error, whatever is wrong with the table.
func failsAlike(t *check.T, reply *check.Reply) {
	calls := reply.Calls()
	if a := reply.Answer(); len(calls) > 0 && calls[0].ErrorCode == "ResourceNotFoundException" && a.Status < 500 {
		reply.Fail(check.Finding{
			Got:  a.String() + " when there is no table",
			Want: "status 500: it says nothing about the item",
			Why: "ResourceNotFoundException is about the table: its name is wrong, or the region, or somebody has deleted it. " +
				"A client that is told 404 or 204 believes that the item is gone, and nobody is called.",
			Next: "Leave the ResourceNotFoundException to the answer for all other errors, 500. GetItem has no error for an item that is not there.",
		})
	}
	tellsNothingInternal(t, reply)
}

// tellsNothingInternal requires an error of the function's own, and looks in it for what is nobody's business.
func tellsNothingInternal(t *check.T, reply *check.Reply) {
	told := strings.ToLower(reply.ErrorBody(500) + reply.Answer().Body)
	for _, internal := range []struct{ words, text string }{
		{"the table's name", t.Table(table).Name()},
		{"AWS's error code", "AccessDenied"},
		{"AWS's error code", "ResourceNotFound"},
		{"AWS's words", "not authorized to perform"},
		{"AWS's words", "Requested resource not found"},
		{"an ARN", "arn:aws"},
		{"the account", stack.AccountID},
		{"the SDK's words", "operation error"},
		{"the name of a service behind it", "DynamoDB"},
		{"a stack", "goroutine "},
		{"a place in the code", ".go:"},
	} {
		if strings.Contains(told, strings.ToLower(internal.text)) {
			reply.Fail(check.Finding{
				Got: fmt.Sprintf("%s in the answer: %s", internal.words, reply.Answer()), Want: "an error that says nothing internal",
			})
		}
	}
}
