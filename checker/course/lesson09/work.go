package lesson09

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/wire"
)

var taken = check.Check{
	ID:          "order",
	Requirement: "POST /orders answers 201 with the order, or 202, and the order is in OrdersTable",
	Why:         "The order is what must not get lost. It is saved before anybody is told that it was taken.",
	Next:        "Save the order with PutItem, and return its error. Then answer 201 with the order as the body.",
	Run: func(t *check.T) {
		o := kettles(t)
		reply := t.API(api).Send(post(o))
		accepted(reply)
		if t.Table(orders).Find("id", o.ID) == nil {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("%s, and no order with the id %q in %s", reply.Answer(), o.ID, orders),
				Want: "the order in the table when the answer is there",
			})
		}
		if reply.Answer().Status == 201 {
			answers(reply, o)
		}
		o = kettles(t)
		t.Table(orders).Inject(wire.Deny())
		refusal(t, t.API(api).Send(post(o)), o.ID, "save the order")
	},
}

// answers requires that an answer has the order in it, beside what more the function may say of it.
func answers(reply *check.Reply, o order) {
	got := reply.Object(201, o)
	if got["id"] != o.ID || got["item"] != o.Item || got["quantity"] != float64(o.Quantity) {
		reply.JSON(201, o)
	}
}

var badOrder = check.Check{
	ID:          "bad-order",
	Requirement: "A body that is not a valid order is answered with 400, and nothing is saved",
	Why:         "What was accepted has to be fulfilled: an order for nothing, or for minus one kettle, cannot be.",
	Next:        "Look at id, item and quantity before anything is saved.",
	Run: func(t *check.T) {
		id := t.ID("order")
		for _, body := range []string{
			"not json", `{"id":"","item":"kettle","quantity":1}`, fmt.Sprintf(`{"id":%q,"quantity":1}`, id),
			fmt.Sprintf(`{"id":%q,"item":"kettle","quantity":0}`, id), fmt.Sprintf(`{"id":%q,"item":"kettle","quantity":-1}`, id),
		} {
			request := post(order{})
			request.Body = body
			reply := t.API(api).Send(request)
			reply.ErrorBody(400)
			if saved := t.Table(orders).Items(); len(saved) > 0 {
				reply.Fail(check.Finding{Got: fmt.Sprintf("status 400, and in the table %v", saved), Want: "an empty table"})
			}
		}
	},
}

var finished = check.Check{
	ID:          "finished",
	Requirement: "When the answer is there, the stock is reserved and the confirmation is sent, or a queue has that work",
	Why: "When the handler returns, Lambda freezes the process as it is, with all its goroutines. What was left running goes on when the next event " +
		"comes, minutes later and on that one's time, or never, if Lambda removes the execution environment first. No error is logged.",
	Next:  "Call fulfil in the handler itself, before it returns. If customers should not wait for that, send the work to a queue, and wait until that is sent.",
	Waits: "a function that waits for its calls",
	Run: func(t *check.T) {
		o, next := kettles(t), kettles(t)
		sent := false
		another := func() (check.Request, func() bool) {
			if sent { // and given up
				o = kettles(t)
			}
			sent = true
			return post(o), func() bool { return fulfilled(t, o) }
		}
		reply, left := t.API(api).SendThenLook([]check.Step{reserving, confirming}, another, post(next))
		accepted(reply)
		if left == nil {
			eachIsDone(t)
			return
		}
		finding := check.Finding{
			Got:      fmt.Sprintf("status %d before these calls were done: %s", reply.Answer().Status, left),
			Want:     "an answer when all of it is done",
			Evidence: left.Picture,
		}
		if left.String() == confirming[0]+" (never)" {
			finding.Next = "Send the confirmation, too: a message to the queue of CONFIRMATIONS_QUEUE_URL, with the order as its body."
		}
		handedOver(t, o.ID)
		if queue := waitingIn(t, o.ID); queue != "" {
			finding.Got = fmt.Sprintf("status %d, and the work in %s, from which no function of the template takes it", reply.Answer().Status, queue)
			finding.Want = "a function that does the work, or an answer when all of it is done"
			finding.Why = "A queue keeps work until somebody takes it: Lambda polls it for a function that has an event of type SQS for it."
			finding.Next = fmt.Sprintf("Add a function with an event of type SQS and Queue: !GetAtt %s.Arn, which does what fulfil does. Or call fulfil in the handler.", queue)
		}
		if len(left.Operations) == 0 {
			finding.Got = fmt.Sprintf("status %d, kettles reserved: %v, confirmations: %d", reply.Answer().Status, reserved(t, o.Item), confirmed(t, o.ID))
			finding.Want = "2 kettles reserved, and one confirmation in " + confirmations
			finding.Why = "All calls were done in time, and come to something else than was ordered: more is sold than there is, or a customer hears twice of one order, or never."
			finding.Next = "Reserve the quantity of the order, once, and send one confirmation with the order as its body."
			finding.Evidence = reply.Evidence()
		}
		reply.Fail(finding)
	},
}

// fulfilled tells whether the stock of an order is reserved, and its confirmation sent, once.
func fulfilled(t *check.T, o order) bool {
	return reserved(t, o.Item) == float64(o.Quantity) && confirmed(t, o.ID) == 1
}

// eachIsDone requires of a function that takes work from a queue that it does all of what comes in one batch.
func eachIsDone(t *check.T) {
	if len(t.Picture()) == 0 { // nothing is handed over
		return
	}
	both := []order{kettles(t), kettles(t)}
	for _, o := range both {
		accepted(t.API(api).Send(post(o)))
	}
	t.Drain()
	for _, o := range both {
		if fulfilled(t, o) {
			continue
		}
		handedOver(t, o.ID)
		t.Fail(check.Finding{
			Did:  "sent two orders, one after the other, and had their work delivered",
			Got:  fmt.Sprintf("of the order %q, kettles reserved: %v, confirmations: %d", o.ID, reserved(t, o.Item), confirmed(t, o.ID)),
			Want: "the work of both, each once",
			Why:  "An event of SQS has up to 10 messages, or as many as BatchSize says. When the function returns without an error, Lambda deletes all of them, also those that it has not looked at.",
			Next: "Loop over event.Records in the function that takes the work.", Evidence: t.Picture(),
		})
	}
}

// handedOver requires that the function that takes the work of an order from a queue does not fail.
func handedOver(t *check.T, id string) {
	for _, declared := range t.Template().Queues {
		for _, m := range t.Queue(declared.LogicalID).Messages() {
			if !strings.Contains(m.Body, id) || m.Story().Last().Then == eventsource.Deleted {
				continue
			}
			f := check.Finding{
				Got:  fmt.Sprintf("the work was sent to %s, and %s", declared.LogicalID, strings.Replace(m.Happened(), "was delivered", "delivered", 1)),
				Want: "a function that does the work that it takes from " + declared.LogicalID,
			}
			if !lacksPermission(m) {
				f.Why = "The work was handed over, and is not done. SQS delivers a message again whose function fails; what is in a dead-letter queue waits for a person to look at it."
				f.Next = "The evidence has the function's calls and its log: mend what fails there. The function that answers customers is not at fault."
			}
			m.Fail(f)
		}
	}
}

// lacksPermission tells whether the function that was given a message made a call that its Policies do not allow: the
// message's finding then says which.
func lacksPermission(m check.Message) bool {
	for _, reply := range m.Replies() {
		for _, c := range reply.Calls() {
			if _, denied := c.Denied(); denied && c.Fault == "" {
				return true
			}
		}
	}
	return false
}

// waitingIn is a queue that has the work of an order, and no function that takes it; "" if there is none.
func waitingIn(t *check.T, id string) string {
	for _, declared := range t.Template().Queues {
		queue := t.Queue(declared.LogicalID)
		if declared.LogicalID == confirmations || len(queue.Timelines()) > 0 {
			continue
		}
		if slices.ContainsFunc(queue.Bodies(), func(body string) bool { return strings.Contains(body, id) }) {
			return declared.LogicalID
		}
	}
	return ""
}
