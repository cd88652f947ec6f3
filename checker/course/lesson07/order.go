package lesson07

import (
	"fmt"
	"net/http"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
)

var paid = check.Check{
	ID:          "paid",
	Requirement: "POST /checkouts pays for the order, and answers 201 with its id and the charge",
	Why:         "The shop's page shows the charge to the customer, and the shop sends what was paid for.",
	Next:        "Send the order and its amount to PAYMENTS_URL/charges, and put the charge that it answers into the answer.",
	Run: func(t *check.T) {
		p := newPayments(t)
		o := newOrder(t)
		p.requirePaid(t.API(api).Send(o.checkout()).About(o.id), o)
	},
}

var badOrder = check.Check{
	ID:          "bad-order",
	Requirement: "An order without an id, or without an amount, is answered with 400, and nothing is charged",
	Why:         "Only the sender can fix such an order. Everything else asks them to try again.",
	Next:        "Check id and amount before the payment service is called.",
	Run: func(t *check.T) {
		p := newPayments(t)
		for _, body := range []string{`{"amount":1999}`, `{"id":"","amount":1999}`, `{"id":"order-1"}`, `{"id":"order-1","amount":-5}`, `{"id":"order-1","amount":0}`, `not json`} {
			reply := t.API(api).Send(post(body))
			reply.ErrorBody(http.StatusBadRequest)
			if len(p.Requests()) > 0 {
				reply.Fail(check.Finding{Got: "a request to the payment service: " + p.Requests()[0].String(), Want: "none"})
			}
		}
	},
}

var declined = check.Check{
	ID:          "declined",
	Requirement: "A payment that is declined is answered with 402, and not tried again",
	Why: "The customer's bank has decided. Each further try looks like fraud to it, and the customer waits for nothing. Only what may succeed the next time " +
		"is worth another try.",
	Next: "Tell the status 402 from failures of the service, and return at once.",
	Run: func(t *check.T) {
		p := newPayments(t)
		o := newOrder(t)
		p.Inject(downstream.Fault{Kind: downstream.Answer(http.StatusPaymentRequired, `{"error":"declined"}`)})
		reply := t.API(api).Send(o.checkout()).About(o.id)
		reply.ErrorBody(http.StatusPaymentRequired)
		if n := len(p.About(o.id)); n != 1 {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%d tries", n), Want: "one try"})
		}
	},
}
