package check

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
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

// Arrived requires that a function was given the message.
func (m Message) Arrived() {
	if len(m.Story().Deliveries) == 0 {
		m.Fail(Finding{Want: m.Name() + " to be delivered to a function"})
	}
}

// Delivered requires that functions were given the message this many times.
func (m Message) Delivered(times int) {
	if got := len(m.Story().Deliveries); got != times {
		m.Fail(Finding{Want: m.Name() + " to be delivered " + often(times)})
	}
}

// Processed requires that the message was processed and deleted in the end, by all that Lambda knows.
func (m Message) Processed() {
	last := m.Story().Last()
	if last.Outcome == eventsource.Processed && last.Then == eventsource.Deleted {
		return
	}
	m.Fail(Finding{Want: m.Name() + " to be processed, and deleted then"})
}

// DeadLettered requires that the message is in the dead-letter queue, and was never taken as done before.
func (m Message) DeadLettered() {
	want := m.Name() + " in the dead-letter queue"
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
	m.Fail(f)
}

// NotDeleted requires that the message was not deleted: it is for one that cannot be processed.
func (m Message) NotDeleted() {
	m.keeps(m.Name() + " to stay in the queue, because it was not processed")
}

func (m Message) keeps(want string) {
	for _, d := range m.Story().Deliveries {
		switch {
		case d.Then == eventsource.Lost && d.Outcome == eventsource.Reported && d.BackAfter == 0:
			m.Fail(Finding{
				Want: want,
				Why:  "Without FunctionResponseTypes Lambda ignores what the function reports: any result deletes the whole batch, and the message is lost.",
				Next: "Add FunctionResponseTypes: [ReportBatchItemFailures] to the event of the function in the template.",
			})
		case d.Then == eventsource.Deleted:
			f := Finding{
				Got:  m.Name() + " " + m.Happened(),
				Want: want,
				Why:  "What the function does not report, and does not fail for, Lambda deletes: a message that was not processed is then lost.",
				Next: "Report its messageId in batchItemFailures, or return an error.",
			}
			if reply := m.reply(d); reply != nil {
				f.Got += ": the function answered " + cut(m.queue.named(reply.Payload), maxText)
				if misspelt(reply.Payload) {
					f.Next = "Lambda looks for batchItemFailures, in this case, and ignores all other names: a struct of your own needs the tag."
				}
			}
			m.Fail(f)
		}
	}
}

// named is a response with the numbers of messages in place of their ids.
func (q *Queue) named(response []byte) string {
	var pairs []string
	for n, id := range q.t.sent[q.queue.LogicalID] {
		pairs = append(pairs, id, fmt.Sprintf("<message %d>", n+1))
	}
	return strings.NewReplacer(pairs...).Replace(string(response))
}

// misspelt tells whether a response has batchItemFailures in another case alone.
func misspelt(response []byte) bool {
	const name = `"batchItemFailures"`
	return !bytes.Contains(response, []byte(name)) && bytes.Contains(bytes.ToLower(response), bytes.ToLower([]byte(name)))
}

// Replies are the invocations that were given the message, in order.
func (m Message) Replies() []*Reply {
	var all []*Reply
	for _, d := range m.Story().Deliveries {
		if reply := m.reply(d); reply != nil {
			all = append(all, reply)
		}
	}
	return all
}

// Fail ends the check with what happened to the message. It is what was got, if the finding does not say that.
func (m Message) Fail(f Finding) {
	story := m.Story()
	if f.Got == "" {
		f.Got = m.Name() + " " + happened(story)
	}
	q := m.queue
	timelines := q.Timelines()
	if len(story.Deliveries) == 0 {
		f.Why, f.Next = q.undelivered(timelines)
	}
	f.Timelines = timelines
	f.Evidence = q.picture(timelines, m.ID)
	if reply := m.reply(story.Last()); reply != nil {
		if cause, ok := reply.prevented(); ok && f.Why == "" && f.Next == "" {
			f.Got += "; " + cause.Got
			f.Why, f.Next = cause.Why, cause.Next
		}
		if reply.FunctionError == "" {
			f.Evidence = append(f.Evidence, "result:  "+cut(q.named(reply.Payload), maxValue))
		}
		f.Evidence = append(f.Evidence, reply.Evidence()...)
	}
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
		why := "Lambda polls a queue for a function that has an event of type SQS for it."
		if all := q.t.deployed().Mappings(); len(all) == 1 {
			why += fmt.Sprintf(" The event %s of %s is for %s.", all[0].Event, all[0].Function, all[0].Queue)
		}
		return why, fmt.Sprintf("Give the function an event of type SQS with Queue: !GetAtt %s.Arn.", id)
	}
	return "", ""
}

// reply is the invocation of a delivery, or nil if there was none.
func (m Message) reply(d eventsource.Delivery) *Reply {
	i := stack.DeliveredBy(d)
	if i == nil {
		return nil
	}
	for _, t := range m.queue.Timelines() {
		if _, ok := t.Find(m.ID); ok {
			return m.queue.t.Function(t.Function).reply(i)
		}
	}
	return nil
}

// Name is how findings call the message: those that the check has sent are numbered in what it did.
func (m Message) Name() string {
	if m.Number == 0 {
		return "the message " + cut(quote(m.Body), maxText)
	}
	return fmt.Sprintf("message %d", m.Number)
}

// Happened says in words what became of the message, to go on after its name.
func (m Message) Happened() string { return happened(m.Story()) }

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

// NotKilled requires that no invocation which was given the message ended by the function's timeout.
func (m Message) NotKilled() {
	for _, d := range m.Story().Deliveries {
		i := stack.DeliveredBy(d)
		if i != nil && i.Outcome == sandbox.TimedOut {
			m.Fail(Finding{Want: fmt.Sprintf("an answer within the function's timeout of %v", i.Timeout)})
		}
	}
}
