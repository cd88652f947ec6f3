package check

import (
	"fmt"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
)

// ComesInBatchesOf fails the check unless the template gives a function the queue's messages in batches of this size.
func (q *Queue) ComesInBatchesOf(size int) {
	m := q.mapping()
	if got := m.Declared.BatchSize; got != size {
		q.declared(fmt.Sprintf("BatchSize %d in the event %s of %s", got, m.Event, m.Function), fmt.Sprintf("BatchSize %d", size))
	}
}

// AsksForFailures fails the check unless Lambda looks at which messages of a batch a function reports.
func (q *Queue) AsksForFailures() {
	const wanted = "ReportBatchItemFailures"
	m := q.mapping()
	if !slices.Contains(m.Declared.FunctionResponseTypes, wanted) {
		q.declared(fmt.Sprintf("no FunctionResponseTypes in the event %s of %s", m.Event, m.Function), "FunctionResponseTypes: ["+wanted+"]")
	}
}

// IsInvisibleFor fails the check unless a message stays invisible for this many times the timeout of the function that
// gets it, beside the time in which batches are collected, and unless that timeout is the one given.
func (q *Queue) IsInvisibleFor(times int, timeout time.Duration) {
	m := q.mapping()
	function := q.t.Function(m.Function).function.Declared
	if function.Timeout != timeout {
		q.declared(fmt.Sprintf("Timeout %s of %s", inSeconds(function.Timeout), m.Function), "Timeout "+inSeconds(timeout))
	}
	least := time.Duration(times)*timeout + m.Declared.MaximumBatchingWindow
	if got := q.queue.Declared.VisibilityTimeout; got < least {
		words := fmt.Sprintf("at least VisibilityTimeout %s: %d × %s", inSeconds(least), times, inSeconds(timeout))
		if window := m.Declared.MaximumBatchingWindow; window > 0 {
			words += fmt.Sprintf(" and MaximumBatchingWindowInSeconds %s", inSeconds(window))
		}
		q.declared(fmt.Sprintf("VisibilityTimeout %s, and Timeout %s of %s", inSeconds(got), inSeconds(function.Timeout), m.Function), words)
	}
}

// GivesUpAfter fails the check unless messages go to a dead-letter queue after this many deliveries.
func (q *Queue) GivesUpAfter(deliveries int, deadLetterQueue *Queue) {
	m := q.mapping()
	timeline := m.Timeline()
	want := fmt.Sprintf("a RedrivePolicy with deadLetterTargetArn of %s and maxReceiveCount %d", deadLetterQueue.queue.LogicalID, deliveries)
	switch {
	case timeline.DeadLetterQueue == "" && q.t.Function(m.Function).function.Declared.DeadLetterQueue != nil:
		q.fail(Finding{
			Got: "no RedrivePolicy, and a DeadLetterQueue of " + m.Function, Want: want,
			Why:  "A function's own DeadLetterQueue gets what failed in asynchronous invocations. Lambda invokes it for messages of a queue synchronously.",
			Next: fmt.Sprintf("Take the DeadLetterQueue from %s, and give %s the RedrivePolicy.", m.Function, q.queue.LogicalID),
		})
	case timeline.DeadLetterQueue == "":
		q.declared("no RedrivePolicy", want)
	case timeline.DeadLetterQueue != deadLetterQueue.queue.LogicalID:
		q.declared("a RedrivePolicy with deadLetterTargetArn of "+timeline.DeadLetterQueue, want)
	case timeline.MaxReceiveCount != deliveries:
		q.declared(fmt.Sprintf("maxReceiveCount %d", timeline.MaxReceiveCount), fmt.Sprintf("maxReceiveCount %d", deliveries))
	}
}

// KeepsMessagesFor fails the check unless the template has the queue keep messages for as long.
func (q *Queue) KeepsMessagesFor(d time.Duration) {
	if got := q.queue.Declared.MessageRetentionPeriod; got != d {
		q.declared("MessageRetentionPeriod "+withSpan(got), "MessageRetentionPeriod "+withSpan(d))
	}
}

// mapping is the event source mapping of the queue. A template without it, or with several, fails the check.
func (q *Queue) mapping() *eventsource.Mapping {
	all := q.queue.Mappings()
	id := q.queue.LogicalID
	f := Finding{Want: "one event of type SQS for " + id}
	switch {
	case len(all) == 0:
		f.Got = fmt.Sprintf("no event of type SQS for %s", id)
		f.Why, f.Next = q.undelivered(nil)
	case len(all) > 1:
		f.Got = fmt.Sprintf("%d events of type SQS for %s", len(all), id)
		f.Why = "Each message goes to one of them, and nobody knows to which."
		f.Next = "Leave one event for the queue."
	case !all[0].Enabled:
		f.Got = fmt.Sprintf("Enabled: false in the event %s of %s", all[0].Event, all[0].Function)
		f.Why, f.Next = q.undelivered(nil)
	default:
		return all[0]
	}
	q.fail(f)
	return nil
}

func (q *Queue) declared(got, want string) { q.fail(Finding{Got: got, Want: want}) }

func (q *Queue) fail(f Finding) {
	f.Did = "read what the template says of " + q.queue.LogicalID
	f.Evidence = []string{fmt.Sprintf("%s is in line %d of template.yaml", q.queue.LogicalID, q.queue.Declared.Line)}
	q.t.Fail(f)
}

// inSeconds is how templates write durations.
func inSeconds(d time.Duration) string { return fmt.Sprintf("%d s", d/time.Second) }

// withSpan shows a long one as people read it, too.
func withSpan(d time.Duration) string {
	return fmt.Sprintf("%d (%s)", d/time.Second, eventsource.Span(d))
}
