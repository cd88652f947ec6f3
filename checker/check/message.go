package check

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// Story is what happened to the message: its deliveries, in order. A message that nobody was given has none.
func (m Message) Story() eventsource.Message {
	for _, t := range m.queue.Timelines() {
		if story, ok := t.Find(m.ID); ok {
			return story
		}
	}
	return eventsource.Message{ID: m.ID, Body: m.Body}
}

// Delivered requires that functions were given the message this many times.
func (m Message) Delivered(times int) {
	if got := len(m.Story().Deliveries); got != times {
		m.fail(Finding{Want: m.name() + " to be delivered " + often(times)})
	}
}

// Processed requires that the message was processed and deleted in the end, by all that Lambda knows.
func (m Message) Processed() {
	last := m.Story().Last()
	if last.Outcome == eventsource.Processed && last.Then == eventsource.Deleted {
		return
	}
	m.fail(Finding{Want: m.name() + " to be processed, and deleted then"})
}

// DeadLettered requires that the message is in the dead-letter queue, and was never taken as done before.
func (m Message) DeadLettered() {
	want := m.name() + " in the dead-letter queue"
	m.keeps(want)
	if m.Story().Last().Then == eventsource.DeadLettered {
		return
	}
	f := Finding{Want: want}
	for _, t := range m.queue.Timelines() {
		if t.MaxReceiveCount == 0 {
			f.Why = "Without a dead-letter queue a message that cannot be processed comes back until its retention period is over. Then it is gone, and nobody has seen it."
			f.Next = fmt.Sprintf("Give %s a RedrivePolicy with deadLetterTargetArn and maxReceiveCount.", t.Queue)
		}
	}
	m.fail(f)
}

// NotDeleted requires that the message was not deleted: it is for one that cannot be processed.
func (m Message) NotDeleted() {
	m.keeps(m.name() + " to stay in the queue, because it was not processed")
}

func (m Message) keeps(want string) {
	for _, d := range m.Story().Deliveries {
		switch {
		case d.Then == eventsource.Lost && d.Outcome == eventsource.Reported:
			m.fail(Finding{
				Want: want,
				Why:  "Without FunctionResponseTypes Lambda ignores what the function reports: any result deletes the whole batch, and the message is lost.",
				Next: "Add FunctionResponseTypes: [ReportBatchItemFailures] to the event of the function in the template.",
			})
		case d.Then == eventsource.Deleted:
			m.fail(Finding{
				Want: want,
				Why:  "What the function does not report, and does not fail for, Lambda deletes: a message that was not processed is then lost.",
				Next: "Report its messageId in batchItemFailures, or return an error.",
			})
		}
	}
}

// fail ends the check with what happened to the message.
func (m Message) fail(f Finding) {
	story := m.Story()
	f.Got = m.name() + " " + happened(story)
	q := m.queue
	timelines := q.Timelines()
	if len(story.Deliveries) == 0 {
		f.Why, f.Next = q.undelivered(timelines)
	}
	f.Timelines = timelines
	f.Evidence = append(q.picture(timelines), m.evidence(story.Last())...)
	q.t.Fail(f)
}

// undelivered says why no message of the queue is given to a function.
func (q *Queue) undelivered(timelines []eventsource.Timeline) (why, next string) {
	id := q.queue.LogicalID
	for _, m := range q.queue.Mappings() {
		if !m.Enabled {
			return "An event source mapping that is not enabled does not poll its queue.",
				fmt.Sprintf("Take Enabled: false from the event %s of %s.", m.Event, m.Function)
		}
	}
	if len(timelines) == 0 {
		return "Lambda polls a queue for a function that has an event of type SQS for it.",
			fmt.Sprintf("Give the function an event of type SQS with Queue: !GetAtt %s.Arn.", id)
	}
	return "", ""
}

// evidence is what is known of the invocation of a delivery.
func (m Message) evidence(d eventsource.Delivery) []string {
	i := stack.DeliveredBy(d)
	if i == nil {
		return nil
	}
	for _, t := range m.queue.Timelines() {
		if _, ok := t.Find(m.ID); ok {
			return (&Reply{t: m.queue.t, function: m.queue.t.Function(t.Function).function, Invocation: i}).Evidence()
		}
	}
	return nil
}

// name is how findings call the message.
func (m Message) name() string {
	if m.Number == 0 {
		return "the message " + cut(quote(m.Body), maxText)
	}
	return fmt.Sprintf("message %d, %s,", m.Number, cut(quote(m.Body), maxText))
}

// happened says in words what became of a message.
func happened(story eventsource.Message) string {
	times := len(story.Deliveries)
	if times == 0 {
		return "was never delivered"
	}
	last := story.Last()
	text := "was delivered " + often(times)
	switch last.Then {
	case eventsource.Deleted:
		text += ", and deleted"
		if times > 1 {
			text += " after the last time"
		}
	case eventsource.DeadLettered:
		text += ", and is in the dead-letter queue"
	case eventsource.Lost:
		text += ", and is lost"
	case eventsource.Gone:
		text += ", and was then deleted by somebody else"
	case eventsource.Waiting, eventsource.Back:
		text += ", and is still in the queue"
	}
	if last.Why != "" {
		text += ": " + strings.TrimSuffix(last.Why, ".")
	}
	return text
}

func often(times int) string {
	switch times {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", times)
}
