package lesson09

import (
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

var stockFailure = check.Check{
	ID:          "stock-failure",
	Requirement: "When the stock cannot be reserved, no confirmation is sent, and the answer is 500, or a queue keeps the work",
	Why: "An error that comes after the answer has nobody to go to: the customer was told that all is well, and the log line is one of thousands. " +
		"What has to happen needs somebody who tries it again: the customer, after a 500, or a queue.",
	Next: "Return the error of fulfil, and answer 500. Confirm only what was reserved.",
	Run: func(t *check.T) {
		o := kettles(t)
		t.Table(stock).Inject(wire.Deny())
		reply := t.API(api).Send(post(o))
		refusal(t, reply, o.ID, "reserve the stock")
		if confirmed(t, o.ID) > 0 {
			reply.Fail(check.Finding{
				Got: "a confirmation in " + confirmations, Want: "none, because nothing was reserved",
				Why:  "What is sent cannot be taken back: the customer has a promise, and the warehouse has no kettle for it.",
				Next: "Reserve the stock first, and confirm only what was reserved.",
			})
		}
	},
}

var confirmationFailure = check.Check{
	ID:          "confirmation-failure",
	Requirement: "When the confirmation cannot be sent, the answer is 500, or a queue keeps the work",
	Why: "A message that was not sent is lost unless somebody is told. The customer of an order without a confirmation orders again, " +
		"or calls.",
	Next: "Return the error of SendMessage, and answer 500.",
	Run: func(t *check.T) {
		t.Queue(confirmations).Inject(wire.Deny()) // and no other: a hand-over succeeds, and what takes the work has to keep it
		o := kettles(t)
		refusal(t, t.API(api).Send(post(o)), o.ID, "send the confirmation")
	},
}

// late tells whether Lambda has killed the function, or would have, with a little less luck.
func late(reply *check.Reply) bool {
	return reply.Outcome == sandbox.TimedOut || reply.Outcome == sandbox.Answered && reply.Margin < leastMargin
}

// Of the function's time, in the check of a hung queue.
const (
	shortTimeout = 4 * time.Second
	leastMargin  = 20 * time.Millisecond
)

var hungQueue = check.Check{
	ID:          "hung-queue",
	Requirement: "When SQS hangs, the function answers 500 before its deadline",
	Why: "Who waits for work has to know when to stop: at the deadline Lambda kills the process, the caller gets an error without a reason, and the " +
		"next request pays for a cold start.",
	Next:  "Pass the handler's ctx, which withMargin ends early, to every call, those of fulfil too: not context.Background().",
	Waits: "the function's deadline",
	Run: func(t *check.T) {
		t.MaxTimeout(shortTimeout)
		for _, operation := range confirming {
			t.Inject(operation, wire.Hang())
		}
		reply := t.API(api).Send(post(kettles(t)))
		if late(reply) && t.Function(function).Declared().Timeout > shortTimeout { // it may have a limit of its own for each call, which is right for the Timeout that the template has
			t.Function(function).FullTimeout()
			reply = t.API(api).Send(post(kettles(t)))
		}
		if late(reply) {
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("no answer within %v, the function's Timeout", reply.Timeout),
				Want: fmt.Sprintf("status 500, at least %v before the deadline", leastMargin),
			})
		}
		if status := reply.Answer().Status; status < 500 {
			reply.Fail(check.Finding{Got: reply.Answer().String(), Want: "status 500, because the confirmation was not sent"})
		}
	},
}
