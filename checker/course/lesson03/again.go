package lesson03

import (
	"fmt"
	"maps"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
)

var duplicates = check.Check{
	ID:          "duplicates",
	Requirement: "An order that comes twice is saved once, and what has happened to it since stays",
	Why: "SQS delivers each message at least once: now and then twice, and each time when a deletion got lost. A sender that had no answer " +
		"sends its message again, too. A second PutItem would put the order back to how it was sent, and the parcel is sent twice.",
	Next: "Give PutItem the ConditionExpression attribute_not_exists(id), and take a *types.ConditionalCheckFailedException for a success.",
	Run: func(t *check.T) {
		t.Disorder(eventsource.Disorder{Duplicates: 1})
		orders := newOrders(t, 2)
		messages := send(t, orders...)
		t.Drain()
		for _, m := range messages {
			m.isSaved()
			m.Processed()
		}
		shipped := maps.Clone(orders[0].item)
		shipped["status"] = "shipped"
		t.Table(table).Put(shipped)
		for _, where := range []string{"to the same process", "to another process"} {
			again := send(t, orders[0])[0]
			t.Drain()
			again.item = shipped
			again.isStillThere("sent the order "+again.body+", wrote to the table that it was shipped, and sent the order again", "after it came again "+where)
			again.Processed()
			t.Function(function).Renew()
		}
		atOnce(t)
	},
}

// atOnce delivers an order that another process saves at the same moment: code that looks first has found nothing.
func atOnce(t *check.T) {
	o := newOrder(t)
	o.item["status"] = "shipped"
	done := t.Table(table).PutMeanwhile(o.item, o.id)
	m := send(t, o)[0]
	t.Drain()
	done()
	m.isStillThere("sent the order "+m.body+"; just before the function wrote it, another process did, and it was shipped", "after both have written")
	m.Processed()
}

// isStillThere requires that an order that came again is as it was before.
func (s sent) isStillThere(did, when string) {
	if now := s.found(); s.differs(now) != "" {
		s.Fail(check.Finding{
			Did:  did,
			Got:  fmt.Sprintf("in the table %s, %s", text(now), when),
			Want: "in the table still " + text(s.item),
		})
	}
}

var crash = check.Check{
	ID:          "crash",
	Requirement: "A crash in the middle of a batch loses nothing",
	Why: "A process can end at any moment: out of memory, or with the machine that it runs on. The batch then comes back, and what was done of it " +
		"before is done again. A mark that an order is done, set before it is done, is believed then.",
	Next: "Let the order in the table be the only mark that it is saved, and leave it to Lambda to delete messages.",
	Run: func(t *check.T) {
		// At which call that hurts is the code's own business, so it ends at each in turn.
		for n := int32(1); n <= 4; n++ {
			heal := t.CrashAt(n)
			messages := send(t, newOrders(t, 3)...)
			t.Deliver()
			heal()
			messages[0].Arrived()
			replies := messages[0].Replies()
			if len(replies) == 0 { // it never got as far as the function
				messages[0].Processed()
			}
			if first := replies[0]; n == 1 && first.Outcome != sandbox.Exited {
				first.Fail(check.Finding{Got: "no AWS call: " + check.Outcome(first.Invocation), Want: "a call that saves an order"})
			}
			t.Drain()
			for _, m := range messages {
				m.isSaved()
				m.Processed()
			}
		}
	},
}
