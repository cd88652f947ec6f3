package lesson07

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
)

var triesAgain = check.Check{
	ID:          "tries-again",
	Requirement: "A call that fails is tried again: the order is paid for when the second try succeeds",
	Why: "Of a thousand calls over a network one fails for no reason that lasts: a deployment, a connection that was closed, a server that is full. The next one " +
		"succeeds, and the customer does not have to know.",
	Next:  "Call the payment service in a loop of a few tries, with a short pause of random length in between.",
	Waits: "the function's pause before it tries again",
	Run: func(t *check.T) {
		p := newPayments(t)
		for _, kind := range []downstream.Kind{downstream.Fail(), downstream.Cut()} {
			o := newOrder(t)
			p.Inject(downstream.Fault{About: o.id, First: 1, Kind: kind})
			p.requirePaid(t.API(api).Send(o.checkout()).About(o.id).While("payments "+kind.During+" the first time"), o)
		}
	},
}

var oneCharge = check.Check{
	ID:          "one-charge",
	Requirement: "However often it is tried, and however often the order comes, it is charged for once: all requests have the same Idempotency-Key",
	Why: "A call that failed may have had its effect: the answer was lost, or came too late. Then the next try charges a second time, unless the service knows " +
		"that both are one. A key that is made up for each call, or in each invocation, tells it the opposite.",
	Next:  "Set the header Idempotency-Key to something that belongs to the order itself: its id.",
	Waits: "the function's pause before it tries again",
	Run: func(t *check.T) {
		p := newPayments(t)
		first, other := newOrder(t), newOrder(t)
		p.Inject(downstream.Fault{About: first.id, First: 1, Kind: downstream.FailAfter()})
		reply := t.API(api).Send(first.checkout()).About(first.id).While("payments charges, and answers 500 all the same, the first time")
		p.requireOneCharge(reply, first)
		p.requirePaid(reply, first)
		again := t.API(api).Send(first.checkout()).About(first.id)
		p.requireOneCharge(again.While("it was paid for already"), first)
		p.requirePaid(again, first)
		p.requirePaid(t.API(api).Send(other.checkout()).About(other.id), other) // a key for everything charges for nothing else

		t.Function(again.By()).Renew() // what is only in the memory of a process is gone with it
		otherwise := post(fmt.Sprintf(`{ "amount": %d, "id": %q }`, first.amount, first.id))
		p.requireOneCharge(t.API(api).Send(otherwise).About(first.id).While("it was paid for already, in another execution environment"), first)
		message := t.Queue(queue).Send(first.String())[0]
		t.Drain()
		p.requireOneCharge(message, first)
	},
}

// requireOneCharge requires that an order was charged for once, and would be, whatever had gone wrong.
func (p *payments) requireOneCharge(reply interface{ Fail(check.Finding) }, o order) {
	charges, keys := p.of(o), p.keys(o)
	switch {
	case len(charges) > 1:
		reply.Fail(check.Finding{Got: fmt.Sprintf("%d charges for one order, by requests with %s", len(charges), words(keys)), Want: "one charge"})
	case len(keys) > 1:
		reply.Fail(check.Finding{Got: "requests for one order with " + words(keys), Want: "the same Idempotency-Key in all of them"})
	case len(keys) == 1 && keys[0] == "":
		reply.Fail(check.Finding{Got: "requests without the header Idempotency-Key", Want: "the same Idempotency-Key in all of them"})
	}
}

// words are what findings say of keys: their texts may differ from run to run.
func words(keys []string) string {
	if strings.Join(keys, "") == "" {
		return "no Idempotency-Key"
	}
	return fmt.Sprintf("%d different keys", len(keys))
}
