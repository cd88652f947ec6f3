package lesson07

import (
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sam"
)

// declaredFunction is what the template says of the function.
func declaredFunction(t *check.T) *sam.Function {
	newPayments(t)
	t.Function(function) // it is there
	for _, f := range t.Template().Functions {
		if f.LogicalID == function {
			return f
		}
	}
	return nil
}

// fail ends the check with what the template says of a resource.
func fail(t *check.T, resource string, line int, got, want string) {
	t.Fail(check.Finding{
		Did: "read what the template says of " + resource, Got: got, Want: want,
		Evidence: []string{fmt.Sprintf("%s is in line %d of template.yaml", resource, line)},
	})
}

var functionTimeout = check.Check{
	ID:          "function-timeout",
	Requirement: "The function's timeout has room for two calls of 4 s, and ends before the API stops waiting after 30 s",
	Why: "After 30 s an HTTP API answers 503 Service Unavailable on its own. A function that goes on then works for nobody, and is paid for; the customer orders again while the first " +
		"order is still being paid for. The default of 3 s, on the other hand, ends calls that keep their promise.",
	Next: "Give CheckoutFunction a Timeout between 8 and 29, such as 15.",
	Run: func(t *check.T) {
		f := declaredFunction(t)
		shortest := 2 * promised
		routes := 0
		for _, e := range f.Events {
			route, ok := e.Source.(*sam.HTTPAPIEvent)
			if !ok {
				continue
			}
			routes++
			if f.Timeout >= route.Timeout {
				fail(t, function, f.Line, fmt.Sprintf("a timeout of %v, and an API that waits for %v", f.Timeout, route.Timeout), fmt.Sprintf("a timeout of less than %v", route.Timeout))
			}
		}
		if routes == 0 {
			fail(t, function, f.Line, "no event of an HTTP API", "a route to the function")
		}
		if f.Timeout < shortest {
			fail(t, function, f.Line, fmt.Sprintf("a timeout of %v", f.Timeout), fmt.Sprintf("at least %v: two calls at their slowest", shortest))
		}
	},
}

// factor is how many times the function's timeout a queue's visibility timeout has to be, at least: "Using Lambda with
// Amazon SQS" in the AWS Lambda Developer Guide.
const factor = 6

var queueTimeout = check.Check{
	ID:          "queue-timeout",
	Requirement: "The queue's visibility timeout is at least six times the function's timeout, plus its batching window if it has one",
	Why: "A message that is not deleted within the visibility timeout is given to another function, while the first one may still be at work: then both pay for the order. Lambda also tries a batch " +
		"again within that time when it is throttled, so AWS asks for six times; and the time in which Lambda collects a batch counts, too.",
	Next: "Give OrdersQueue a VisibilityTimeout of six times the function's Timeout, and MaximumBatchingWindowInSeconds if its event has that: 90 for 15.",
	Run: func(t *check.T) {
		newPayments(t)
		t.Queue(queue) // it is there
		all := consumers(t)
		if len(all) == 0 {
			t.Fail(check.Finding{Did: "read what the template says of " + queue, Got: "no function with an event of type SQS for it", Want: "a function that reads it"})
		}
		for _, q := range t.Template().Queues {
			for _, c := range all {
				want := factor*c.function.Timeout + c.event.MaximumBatchingWindow
				if q.LogicalID != queue || q.VisibilityTimeout >= want {
					continue
				}
				got := fmt.Sprintf("a visibility timeout of %v, and %s, which reads it, has a timeout of %v", q.VisibilityTimeout, c.function.LogicalID, c.function.Timeout)
				least := fmt.Sprintf("at least %v", want)
				if window := c.event.MaximumBatchingWindow; window > 0 {
					got += fmt.Sprintf(" and a MaximumBatchingWindowInSeconds of %v", window.Seconds())
					least += fmt.Sprintf(": six times %v, and %v", c.function.Timeout, window)
				}
				fail(t, queue, q.Line, got, least)
			}
		}
	},
}

// consumer is a function that reads the queue, and the event that says so.
type consumer struct {
	function *sam.Function
	event    *sam.SQSEvent
}

func consumers(t *check.T) (all []consumer) {
	for _, f := range t.Template().Functions {
		for _, e := range f.Events {
			source, ok := e.Source.(*sam.SQSEvent)
			if !ok {
				continue
			}
			if r, ok := source.Queue.Reference(); ok && r.LogicalID == queue {
				all = append(all, consumer{f, source})
			}
		}
	}
	return all
}
