package lesson07

import (
	"fmt"
	"strings"
	"time"
	"unicode"

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

		otherwise := post(fmt.Sprintf(`{ "amount": %d, "id": %q }`, first.amount, first.id))
		p.requireOneCharge(t.API(api).Send(otherwise).About(first.id).While("it was paid for already, with its fields in another order"), first)
		t.Function(again.By()).Renew() // what is only in the memory of a process is gone with it
		elsewhere := t.API(api).Send(first.checkout()).About(first.id).While("it was paid for already, in another execution environment")
		p.requireOneCharge(elsewhere, first)
		message := t.Queue(queue).Send(first.String())[0]
		t.Drain()
		p.requireOneCharge(message, first)
		p.requireTimeless(elsewhere, first)
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

// requireTimeless requires that an order has the same key on another day.
func (p *payments) requireTimeless(reply *check.Reply, o order) {
	for _, r := range p.About(o.id) {
		key := strings.ReplaceAll(r.Header.Get("Idempotency-Key"), o.id, "")
		for _, at := range []time.Time{r.At.UTC(), r.At.UTC().Add(-lately)} {
			if what := timeIn(key, at); what != "" {
				reply.Fail(check.Finding{
					Got: "an Idempotency-Key with the " + what + " in it", Want: "the same Idempotency-Key whenever the order comes",
					Why: "An order may come again on another day: its message is delivered again after midnight, or is taken back from the dead-letter queue after a week. " +
						"It has another key then, and is charged for a second time.",
				})
			}
		}
	}
}

// lately is more than the time between the making of a key and the request with it.
const lately = 30 * time.Second

// timeIn is what a key has of a moment: so many digits of it that no other key has them by chance.
func timeIn(key string, at time.Time) string {
	for _, layout := range []string{"2006-01", "20060102", "2006/01", "02.01.2006", "01/02/2006", "02 Jan 2006", "Jan _2"} {
		if strings.Contains(key, at.Format(layout)) {
			return "date"
		}
	}
	if strings.Contains(key, fmt.Sprint(at.Unix()/100)) {
		return "time"
	}
	for word := range strings.FieldsFuncSeq(key, notInWords) {
		for _, period := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
			if begin := at.Truncate(period).Unix(); word == fmt.Sprint(begin) || word == fmt.Sprint(begin/int64(period.Seconds())) {
				return "time"
			}
		}
	}
	return ""
}

// notInWords tells what is between the parts of a key.
func notInWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// words are what findings say of keys: their texts may differ from run to run.
func words(keys []string) string {
	if strings.Join(keys, "") == "" {
		return "no Idempotency-Key"
	}
	return fmt.Sprintf("%d different keys", len(keys))
}
