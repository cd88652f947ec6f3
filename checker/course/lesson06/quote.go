package lesson06

import (
	"encoding/json"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

var answer = check.Check{
	ID:          "answer",
	Requirement: "GET /quotes/{id} answers 200 with the item, its figures from all three services, and nothing missing",
	Why:         "A quote with a wrong figure is an order that the shop loses money on.",
	Next:        "Ask RATES_URL/rates/{id}, STOCK_URL/stock/{id} and SHIPPING_URL/shipping/{id}, and put what they say into the answer.",
	Run: func(t *check.T) {
		services(t)
		for _, prefix := range []string{"kettle", soldOut} { // what is sold out has a figure, too: 0
			item := named(t, prefix)
			requireQuote(t.API(api).Send(request(item)).About(idOf(item)), whole(item))
		}
	},
}

var unknownID = check.Check{
	ID:          "unknown-id",
	Requirement: "An id that nobody has is answered with 404",
	Why:         "GetItem does not fail for an item that is not there. A quote for nothing looks like a quote for something that costs nothing.",
	Next:        "After GetItem, if there is no item, answer 404 with an error.",
	Run: func(t *check.T) {
		services(t)
		id := t.ID("nobody")
		t.API(api).Send(request(stack.Item{"id": id})).About(id).ErrorBody(404)
	},
}

// requireQuote requires a quote. A figure that is missing may be null or left out, and so may a list of none that are.
func requireQuote(reply *check.Reply, want map[string]any) {
	got := reply.Object(200, want)
	for _, name := range []string{"id", "name", "price", "rate", "stock", "shipping"} {
		if text(got[name]) != text(want[name]) {
			reply.Fail(check.Finding{Got: name + " is " + text(got[name]) + " in " + reply.Answer().Body, Want: "the body " + text(want)})
		}
	}
	missing := got["missing"]
	if missing == nil {
		missing = []string{}
	}
	if text(missing) != text(want["missing"]) {
		reply.Fail(check.Finding{Got: "missing is " + text(got["missing"]) + " in " + reply.Answer().Body, Want: "the body " + text(want)})
	}
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}
