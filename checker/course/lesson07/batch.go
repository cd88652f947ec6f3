package lesson07

import (
	"fmt"
	"net/http"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/eventsource"
)

const (
	// answered is how many requests the service answers, and then no more. So it is sure which orders are paid for within the
	// time of the batch, whatever the machine does meanwhile.
	answered = 3
	// most is how many orders there are in a batch, as the template has it.
	most = 10
)

// enough is how many orders fill a batch, and are more than are answered: with a small BatchSize, each further one would be
// another batch that takes all of its time.
func enough(t *check.T) int {
	size := 0
	for _, c := range consumers(t) {
		size = max(size, c.event.BatchSize)
	}
	return min(max(size, answered+1), most)
}

var batch = check.Check{
	ID:          "batch",
	Requirement: "A batch that takes longer than the function may is answered in time: what is not paid for comes back, and nothing else",
	Why: "The timeout is for the batch, not for a message. When it is over, Lambda kills the process, and all messages come back: those that are paid for, too. Each delivery counts, " +
		"and after the last one orders are in the dead-letter queue that could have been paid for.",
	Next:  "Pay for the messages with the same context, which ends before the deadline. Those whose payment fails, or that it is too late for, are reported in BatchItemFailures.",
	Waits: "a service that does not answer any more in the middle of a batch",
	Run: func(t *check.T) {
		t.MaxTimeout(short)
		p := newPayments(t)
		all, bodies := make([]order, most), make([]string, most)
		for n := range all {
			all[n] = newOrder(t)
			bodies[n] = all[n].String()
		}
		q := t.Queue(queue)
		all, bodies = all[:enough(t)], bodies[:enough(t)]
		silent := downstream.HangAfter()
		silent.During = fmt.Sprintf("answers %d requests, and then charges without an answer", answered)
		heal := p.Inject(downstream.Fault{Kind: silent})
		p.Inject(downstream.Fault{About: "order-", First: answered, Kind: downstream.Usual()})
		messages := q.Send(bodies...)
		t.Deliver()
		p.requirePartOf(messages, all)
		if len(p.Requests()) < answered {
			t.Fail(check.Finding{Got: fmt.Sprintf("%d requests to the payment service for %d orders", len(p.Requests()), len(all)), Want: "as many orders paid for as there is time for"})
		}
		heal()
		// On AWS the messages come back after the visibility timeout, when nothing is left of what the process had thought of
		// the service: a circuit breaker has closed. Here no time passes, so they come to another process.
		for _, c := range consumers(t) {
			t.Function(c.function.LogicalID).Renew()
		}
		t.Drain()
		for n, m := range messages {
			requireSecondDelivery(t, m)
			m.Processed()
			charges := len(p.of(all[n]))
			got := fmt.Sprintf("%d charges for %s", charges, all[n].id)
			switch charges {
			case 1:
				continue
			case 0:
				got = "no charge for " + all[n].id
			}
			t.Fail(check.Finding{Got: got, Want: "one charge for each order", Evidence: p.Evidence(all[n].id)})
		}
		p.besideBadOnes(q)
	},
}

// requireSecondDelivery requires that the queue gives a message another time when it was not done the first time.
func requireSecondDelivery(t *check.T, m check.Message) {
	story := m.Story()
	if len(story.Deliveries) != 1 || story.Last().Then != eventsource.DeadLettered {
		return
	}
	for _, q := range t.Template().Queues {
		if q.LogicalID != queue || q.RedrivePolicy == nil {
			continue
		}
		m.Fail(check.Finding{
			Got:  fmt.Sprintf("%s %s: %s has a maxReceiveCount of %d", m.Name(), m.Happened(), queue, q.RedrivePolicy.MaxReceiveCount),
			Want: m.Name() + " to be delivered again, when the payment service is well",
			Why: "maxReceiveCount is how often a message may be delivered. With 1 there is no second time: what a bad minute of the payment service leaves unpaid stays so, until somebody sends it back by hand. " +
				"Lambda counts, too, what it took while it was throttled.",
			Next: "Set maxReceiveCount in the RedrivePolicy of OrdersQueue to 5 or more, as AWS recommends for a queue that a function reads.",
		})
	}
}

// besideBadOnes requires that an order is paid for, and done, beside one that nobody can pay for and one that is declined.
// What becomes of these is not looked at.
func (p *payments) besideBadOnes(q *check.Queue) {
	good, refused := newOrder(p.t), newOrder(p.t)
	p.Inject(downstream.Fault{About: refused.id, Kind: downstream.Answer(http.StatusPaymentRequired, `{"error":"declined"}`)})
	messages := q.Send("not json", refused.String(), good.String())
	p.t.Deliver()
	if paidFor := messages[2]; paidFor.Story().Last().Then != eventsource.Deleted {
		paidFor.Fail(check.Finding{
			Want: paidFor.Name() + " to be processed, and deleted then",
			Why: "An error, or a panic, is about the whole batch: all of it comes back, those that are paid for, too, beside the one that nobody can pay for. " +
				"After a few times all of them are in the dead-letter queue.",
			Next: "Report the message that cannot be paid for in BatchItemFailures, and go on with the next one.",
		})
	}
}

// requirePartOf requires that those messages of a batch are done whose orders are known to be paid for, and no others.
func (p *payments) requirePartOf(messages []check.Message, all []order) {
	var paidFor []check.Message
	for n, m := range messages {
		m.NotKilled()
		if !p.told(all[n]) {
			m.NotDeleted()
			continue
		}
		paidFor = append(paidFor, m)
	}
	for _, m := range paidFor {
		m.Processed()
	}
}

// told tells whether the service has answered that an order is paid for.
func (p *payments) told(o order) bool {
	for _, r := range p.About(o.id) {
		if r.Status == http.StatusCreated {
			return true
		}
	}
	return false
}
