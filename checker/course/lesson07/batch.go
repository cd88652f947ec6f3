package lesson07

import (
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/eventsource"
)

const (
	orders = 10
	// With a timeout of batchTime, a batch whose payments take so long each is more than fits one after the other. With a
	// margin of 500 ms the time is over in the middle of one, and not when it ends.
	batchTime = 4 * time.Second
	each      = 750 * time.Millisecond
)

var batch = check.Check{
	ID:          "batch",
	Requirement: "A batch that takes longer than the function may is answered in time: what is not paid for comes back, and nothing else",
	Why: "The timeout is for the batch, not for a message. When it is over, Lambda kills the process, and all messages come back: those that are paid for, too. Each delivery counts, " +
		"and after the last one orders are in the dead-letter queue that could have been paid for.",
	Next:  "Pay for the messages with the same context, which ends before the deadline. Those whose payment fails, or that it is too late for, are reported in BatchItemFailures.",
	Waits: "a batch of slow payments",
	Run: func(t *check.T) {
		t.MaxTimeout(batchTime)
		p := newPayments(t)
		all, bodies := make([]order, orders), make([]string, orders)
		for n := range all {
			all[n] = newOrder(t)
			bodies[n] = all[n].String()
		}
		q := t.Queue(queue)
		heal := p.Inject(downstream.Fault{Kind: downstream.Delay(each)})
		messages := q.Send(bodies...)
		t.Deliver()
		p.requirePartOf(t, messages, all)
		heal()
		t.Drain()
		for n, m := range messages {
			m.Processed()
			if charges := p.of(all[n]); len(charges) != 1 {
				t.Fail(check.Finding{
					Got: fmt.Sprintf("%d charges for %s", len(charges), all[n].id), Want: "one charge for each order",
					Evidence: p.Evidence(all[n].id),
				})
			}
		}
	},
}

// requirePartOf requires that those messages of a batch are done whose orders are paid for, as many as there was time for,
// and no others. One that is paid for may come back: its payment may have been under way when the time was over.
func (p *payments) requirePartOf(t *check.T, messages []check.Message, all []order) {
	var paidFor, back []check.Message
	for n, m := range messages {
		m.NotKilled()
		if len(p.of(all[n])) == 0 {
			m.NotDeleted()
			continue
		}
		paidFor = append(paidFor, m)
		if m.Story().Last().Then != eventsource.Deleted {
			back = append(back, m)
		}
	}
	if len(paidFor) == 0 {
		t.Fail(check.Finding{Got: "no order of the batch was paid for in its time", Want: "as many as there is time for"})
	}
	if len(back) > 1 {
		back[0].Processed()
	}
}
