package lesson06

import (
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// A failure comes when the other services have been asked, too, and their answers well after it: code that gives up the
// other calls when one fails has none of them then, whatever the machine does.
const (
	soon  = 50 * time.Millisecond
	after = 250 * time.Millisecond
)

var serviceFails = check.Check{
	ID:          "service-fails",
	Requirement: "When one service fails, the quote has what the others say, and missing names the figure that is not there",
	Why: "A quote without shipping costs is still worth something to the customer; an error is not. If every service has to be there for every answer, the " +
		"function is down whenever one of the three is.",
	Next: "Collect what each service says or why it does not, and answer 200 with the figures that are there. Look at the status and at the body: " +
		"an error's body decodes, too, into a figure of 0. And let one failure not end the other calls, as errgroup.WithContext does.",
	Waits: "services that answer later than the one that fails",
	Run: func(t *check.T) {
		all := services(t)
		// By service. None fails twice in a row: after that, code may well give it up for a while.
		for _, kinds := range [][]downstream.Kind{
			{downstream.Answer(500, `{"error":"internal error"}`), downstream.Answer(503, `{"stock":0}`), downstream.Answer(404, "not found")},
			{downstream.Cut(), downstream.Answer(200, "<html>maintenance</html>"), downstream.Answer(200, `{}`)},
		} {
			for n, kind := range kinds {
				item := stocked(t)
				for _, s := range all {
					s.Inject(downstream.Fault{About: idOf(item), Kind: downstream.Delay(after)})
				}
				all[n].Inject(downstream.Fault{About: idOf(item), Kind: kind.After(soon)}) // the latest counts
				reply := t.API(api).Send(request(item)).About(idOf(item)).While(all[n].Name() + " " + kind.During)
				requireQuote(reply, without(figures[n], item))
			}
		}
	},
}

const (
	// longest is more than the 30 s that an HTTP API waits: a function with a longer timeout is not waited for beyond that, and
	// one that is still busy then has kept its caller waiting in vain.
	longest = 32 * time.Second
	// least is how long before the deadline an answer has to be there; less is luck.
	least = 20 * time.Millisecond
)

var serviceHangs = check.Check{
	ID:          "service-hangs",
	Requirement: "When one service does not answer, the quote is there before the deadline all the same, without that figure",
	Why: "A call without a limit lasts as long as the function may: then Lambda kills the process, and with it goes what the other services have said. The " +
		"caller gets an error, and the next one pays for a cold start.",
	Next: "Give the calls a context that ends well before the handler's: ctx, cancel := context.WithTimeout(ctx, 2*time.Second) and defer cancel(), with " +
		"http.NewRequestWithContext.",
	Waits: "the function's own limit for a call, or its deadline",
	Run: func(t *check.T) {
		t.MaxTimeout(longest)
		t.WatchOvertime()
		all := services(t)
		items, requests := make([]stack.Item, len(all)), make([]check.Request, len(all))
		for n, s := range all {
			items[n] = stocked(t)
			requests[n] = request(items[n])
			s.Inject(downstream.Fault{About: idOf(items[n]), Kind: downstream.Hang()})
		}
		for n, reply := range t.API(api).SendAtOnce(requests...) {
			reply.About(idOf(items[n])).While(all[n].Name() + " does not answer")
			if reply.Outcome == sandbox.TimedOut || reply.Outcome == sandbox.Answered && reply.Margin < least {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("no answer within the function's timeout of %v: %s", reply.Timeout, waitedFor(reply, all[n].Name())),
					Want: fmt.Sprintf("the quote without its %s, at least %v before the deadline", figures[n], least),
				})
			}
			requireQuote(reply, without(figures[n], items[n]))
		}
	},
}

// waitedFor tells an answer that comes too late from none at all.
func waitedFor(reply *check.Reply, service string) string {
	if reply.Outcome == sandbox.TimedOut && !reply.Late {
		return "it was still waiting for " + service + " when Lambda killed it"
	}
	return "it gave up waiting for " + service + " only when its time was over"
}
