package lesson07

import (
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/sandbox"
)

const (
	// promised is within what time the payment service answers, as the README says.
	promised = 4 * time.Second
	// slow is an answer that keeps the promise, but not one that a default timeout waits for.
	slow = 3500 * time.Millisecond

	// Timeouts with which the function runs, in place of its own if that is longer, so that not too much is waited for.
	// The first has room for a call that is given up after any sensible time, and another one.
	roomForTwo = 12 * time.Second
	short      = 7 * time.Second

	// gatewayWaits is how long the API waits for the function.
	gatewayWaits = 30 * time.Second

	// least is how long before the deadline an answer has to be there; less is luck.
	least = 20 * time.Millisecond
)

var slowAnswer = check.Check{
	ID:          "slow",
	Requirement: "An answer that takes the payment service 3.5 s is waited for, in one call",
	Why: "The service promises an answer within 4 s. A limit below that gives up calls that would have succeeded, makes the same work for the service once more when it has " +
		"most to do, and brings the customer an error for an order that is charged for. Lambda's default of 3 s is such a limit.",
	Next:  "Give each call 5 s, and the function a Timeout that has room for two of them.",
	Waits: "a slow answer",
	Run: func(t *check.T) {
		p := newPayments(t)
		o := newOrder(t)
		p.Inject(downstream.Fault{Kind: downstream.Delay(slow)})
		reply := t.API(api).Send(o.checkout()).About(o.id)
		if n := len(p.About(o.id)); n > 1 {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%d calls, of which the first was given up before the answer came", n), Want: "one call that is waited for"})
		}
		p.requirePaid(reply, o)
	},
}

var hangsOnce = check.Check{
	ID:          "hangs-once",
	Requirement: "A call that is not answered is given up while there is time for another one, which then pays for the order",
	Why: "A call without a limit of its own takes all the time there is, and none is left for the try that would have succeeded. The most frequent hang is of one connection or one server: " +
		"the next call gets another.",
	Next:  "In charge, ctx, cancel := context.WithTimeout(ctx, 5*time.Second) and defer cancel(): it ends then, or with ctx if that is earlier.",
	Waits: "the function's own limit for a call, or its deadline",
	Run: func(t *check.T) {
		t.MaxTimeout(roomForTwo)
		p := newPayments(t)
		for attempt := 1; ; attempt++ {
			o := newOrder(t)
			f := t.Function(function)
			if own := f.Declared().Timeout; attempt == 1 && own >= roomForTwo+promised && own < gatewayWaits {
				f.FullTimeout() // in which a call may have more than roomForTwo, and leave time for another one
			}
			p.Inject(downstream.Fault{About: o.id, First: 1, Kind: downstream.Hang()})
			reply := t.API(api).Send(o.checkout()).About(o.id).While("payments does not answer the first time")
			cramped := p.cramped(reply, o)
			if cramped != nil && attempt == 1 {
				continue // a machine that is busy may have taken the time: once more, before anything is said
			}
			p.measure(t, reply, o)
			inTime(reply, "the order paid for by a second call")
			p.requireSecondCall(reply, o)
			p.requirePaid(reply, o)
			if cramped != nil {
				reply.Fail(*cramped)
			}
			return
		}
	},
}

// room is what a second call has to have left, at least: half of what the service promises.
const room = promised / 2

// cramped is what is to be said of a second call that only a quick service answers in time; nil if there is room for it. The
// first call may have had a fixed limit or a share of the timeout, which here may be less than the template's: what
// leaves more is taken.
func (p *payments) cramped(reply *check.Reply, o order) *check.Finding {
	requests := p.About(o.id)
	if len(requests) < 2 {
		return nil
	}
	declared := p.t.Function(reply.By()).Declared().Timeout
	passed := requests[1].At.Sub(requests[0].At)
	fixed, share := declared-passed, time.Duration(float64(reply.Timeout-passed)*float64(declared)/float64(reply.Timeout))
	left := max(fixed, share)
	if left >= room {
		return nil
	}
	return &check.Finding{
		Got:  fmt.Sprintf("a first call that was given up only with ≈%s s left for the second call, of a timeout of %v", seconds(left), declared),
		Want: fmt.Sprintf("time for another call when one is given up: the service promises an answer within %v", promised),
		Why:  "The second call was answered at once here. A service of which one server hangs seldom has a quick day: the call that would have paid for the order is cut off by the deadline.",
		Next: "Give a call a little more than the 4 s that the service promises, and the function a Timeout with room for two of them.",
	}
}

// requireSecondCall requires one after a call that was given up when there was time left.
func (p *payments) requireSecondCall(reply *check.Reply, o order) {
	const enough = 3 * time.Second
	requests := p.About(o.id)
	if reply.Outcome != sandbox.Answered || reply.Margin < enough || len(requests) != 1 || requests[0].Status != 0 {
		return
	}
	reply.Fail(check.Finding{
		Got:  fmt.Sprintf("one call, which was given up after ≈%s s, and no other, with ≈%s s left", seconds(requests[0].Took), seconds(reply.Margin)),
		Want: "a second call, which pays for the order",
		Why: "A call that ran into its own limit has failed like any other: another one may succeed. Only when the time for the whole request is over is there nothing more " +
			"to try, and the error does not tell: context.DeadlineExceeded is both.",
		Next: "Ask ctx.Err() of the request's own context whether to go on, and not the error of the call. Make the http.Request anew for each try: of one that was sent the body has been read.",
	})
}

// measure shows what the time of an invocation went to.
func (p *payments) measure(t *check.T, reply *check.Reply, o order) {
	m := check.Measure{
		Title:   fmt.Sprintf("Calls for %s, with a timeout of %v", o.id, reply.Timeout),
		Columns: []check.Column{{Name: "call"}, {Name: "began at (s)", Varies: true}, {Name: "took (s)", Varies: true}, {Name: "ended with"}},
	}
	requests := p.About(o.id)
	for n, r := range requests {
		ended := "no answer"
		if r.Status != 0 {
			ended = fmt.Sprint(r.Status)
		}
		m.Rows = append(m.Rows, []string{fmt.Sprint(n + 1), seconds(r.At.Sub(requests[0].At)), seconds(r.Took), ended})
	}
	if len(m.Rows) > 0 {
		t.Measure(m)
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

// inTime requires that the function answered before its deadline, and not by luck.
func inTime(reply *check.Reply, want string) {
	if reply.Outcome == sandbox.TimedOut || reply.Outcome == sandbox.Answered && reply.Margin < least {
		reply.Fail(check.Finding{
			Got:  fmt.Sprintf("no answer within the timeout of %v: %s. API Gateway answered status %d", reply.Timeout, tooLate(reply), reply.Answer().Status),
			Want: fmt.Sprintf("%s, at least %v before the deadline", want, least),
		})
	}
}

// tooLate tells an answer that comes too late from none at all.
func tooLate(reply *check.Reply) string {
	if reply.Outcome == sandbox.TimedOut && !reply.Late {
		return "the function was still at work when Lambda killed it"
	}
	return "the function gave up only when its time was over"
}

var hangs = check.Check{
	ID:          "hangs",
	Requirement: "When the payment service hangs, the caller is told so before the deadline, however short that is",
	Why: "The context's deadline is the moment at which Lambda kills the process. Limits that do not know of it add up to more: the customer reads Internal Server Error, the log has " +
		"no reason, and the next request pays for a cold start.",
	Next: "Derive one context for the whole request, that ends a little before the deadline: deadline, _ := ctx.Deadline(), then context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond)). " +
		"Pass it to every call and every pause.",
	Waits: "the function's deadline, or its own limit before that",
	Run: func(t *check.T) {
		t.MaxTimeout(short)
		t.WatchOvertime()
		p := newPayments(t)
		p.Inject(downstream.Fault{Kind: downstream.Hang()})
		orders := []order{newOrder(t), newOrder(t), newOrder(t)}
		// Three at once: on a machine that is busy, one of them may come too late by its fault.
		replies := t.API(api).SendAtOnce(orders[0].checkout(), orders[1].checkout(), orders[2].checkout())
		for n, reply := range replies {
			reply.About(orders[n].id).While("payments does not answer")
		}
		p.measure(t, replies[0], orders[0])
		for _, reply := range replies {
			if reply.Outcome != sandbox.TimedOut && reply.Margin >= least {
				serverError(reply)
				return
			}
		}
		inTime(replies[0], "an answer that says that it failed")
	},
}

// serverError accepts whatever says that it was not the caller's fault: 504, but also 500, 502 and 503.
func serverError(reply *check.Reply) { reply.ErrorBody(max(500, reply.Answer().Status)) }

// storm is more tries than any order is worth. The service succeeds then, so that it is sure how a storm ends.
const storm = 10

var tries = check.Check{
	ID:          "tries",
	Requirement: "When the payment service keeps failing, the tries are few, and end before the deadline: the caller is told so",
	Why: "Tries and pauses add up: five tries of a service that takes 1.5 s to fail, with pauses of 1, 2, 4 and 8 s, outlive every deadline. And many tries without a pause keep a service " +
		"down that was about to recover.",
	Next:  "Try three times. Wait between the tries with a timer and ctx.Done() in a select, not with time.Sleep, and stop when ctx is over.",
	Waits: "tries that fail slowly",
	Run: func(t *check.T) {
		t.MaxTimeout(short)
		p := newPayments(t)
		orders := []order{newOrder(t), newOrder(t)}
		kinds := []downstream.Kind{downstream.FailSlowly(1500 * time.Millisecond), downstream.Fail()}
		for n, kind := range kinds {
			p.Inject(downstream.Fault{About: orders[n].id, First: storm + 1, Kind: kind})
		}
		for n, reply := range t.API(api).SendAtOnce(orders[0].checkout(), orders[1].checkout()) {
			reply.About(orders[n].id).While(fmt.Sprintf("payments %s to the first %d tries", kinds[n].During, storm+1))
			made := len(p.About(orders[n].id))
			if made > storm {
				reply.Fail(check.Finding{Got: fmt.Sprintf("more than %d tries for one order", storm), Want: "a few tries, with pauses in between"})
			}
			inTime(reply, "an answer that says that it failed")
			serverError(reply)
			// After a failure that took its time, code may see that another call does not fit into so short a timeout.
			if made < 2 && !kinds[n].Waits {
				reply.Fail(check.Finding{Got: "one try", Want: "a few tries, with pauses in between"})
			}
		}
	},
}
