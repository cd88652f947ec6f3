package lesson03

import (
	"fmt"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

var slowRecord = check.Check{
	ID:          "slow-record",
	Requirement: "A slow record costs only itself: the others are saved in the same delivery",
	Why: "One call that hangs uses up the time of nine orders that have nothing to do with it. They come back with it, to hang behind it again, " +
		"and end in the dead-letter queue with it.",
	Next: "Give each record a limit of its own that is much shorter than the function's timeout: " +
		"ctx, cancel := context.WithTimeout(ctx, 2*time.Second) and defer cancel(), in a function for one record.",
	Waits: "the limit that the function sets to a record, or its deadline",
	Run: func(t *check.T) {
		t.MaxTimeout(patience)
		orders := newOrders(t, 5)
		t.InjectFor(orders[0].id, wire.Hang())
		messages := send(t, orders...)
		t.Deliver()
		for _, m := range messages[1:] {
			m.isSaved()
			m.Processed()
		}
		messages[0].NotDeleted()
	},
}

// patience is enough for any sensible limit of a single record, and any sensible margin, and not too long to wait for.
const patience = 12 * time.Second

var deadline = check.Check{
	ID:          "deadline",
	Requirement: "What cannot be done in time is reported before the deadline",
	Why: "The context's deadline is the moment at which Lambda kills the process. The whole batch then comes back, with all that was saved of it, " +
		"takes as long again, and is in the dead-letter queue after the third time.",
	Next:  "End the batch's context some time before ctx.Deadline(), and report each record that was not done by then.",
	Waits: "the function's deadline, or the time that it allows itself",
	Run: func(t *check.T) {
		const least = 20 * time.Millisecond // less is luck
		const tries = 3                     // on a machine that is busy, one may come too late by its fault
		t.MaxTimeout(3 * time.Second)
		t.WatchOvertime()
		t.Inject("", wire.Delay(900*time.Millisecond))
		for n := 1; ; n++ {
			messages := send(t, newOrders(t, 10)...)
			t.Deliver()
			late := lateIn(messages, least)
			if late == nil {
				startedFor(messages[0])
				for _, m := range slices.Backward(messages) {
					if m.found() == nil {
						m.NotDeleted()
					}
				}
				return
			}
			if n == tries {
				t.Fail(check.Finding{
					Got:  fmt.Sprintf("no response within %v, the timeout that the function has in this check: %s", late.Timeout, lateness(late)),
					Want: fmt.Sprintf("a response that reports what is not done, at least %v before the deadline", least),
					// How many calls that were by then is luck.
					Evidence: t.Picture(),
				})
			}
		}
	},
}

// startedFor requires a process that was given the message: one that ends before has reported nothing, in whatever time.
func startedFor(m sent) {
	for _, reply := range m.Replies() {
		if !reply.InitCompleted {
			m.Fail(check.Finding{Want: "a response that reports what is not done"})
		}
	}
}

// lateness tells a response that comes too late from none at all.
func lateness(reply *check.Reply) string {
	switch {
	case reply.Outcome == sandbox.TimedOut && !reply.Late:
		return "the function was still at work when Lambda killed it"
	case reply.Margin > 0:
		return fmt.Sprintf("it came %d ms before the deadline, which is luck", reply.Margin.Milliseconds())
	}
	return "the function stopped only when its time was over"
}

// lateIn is the first invocation that was not answered before its deadline, or hardly.
func lateIn(messages []sent, least time.Duration) *check.Reply {
	for _, m := range messages {
		m.Arrived()
		for _, reply := range m.Replies() {
			if reply.Outcome == sandbox.TimedOut || reply.Margin < least && reply.Outcome == sandbox.Answered {
				return reply
			}
		}
	}
	return nil
}
