package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// Queue is a queue under check.
type Queue struct {
	t     *T
	queue *stack.Queue
}

// Inject does what that of T does, to calls of functions that are about this queue, whatever their operation.
func (q *Queue) Inject(kind wire.Kind) (remove func()) {
	return q.t.injectOn(q.queue.LogicalID, q.queue.Name, kind)
}

// Queue is a queue of the template. A template without it fails the check.
func (t *T) Queue(logicalID string) *Queue {
	queue, err := t.deployed().Queue(logicalID)
	t.present(err)
	return &Queue{t: t, queue: queue}
}

// Disorder has the queues do what AWS's do now and then: deliver a message twice, in another order, or in small
// batches. It comes first in a check.
func (t *T) Disorder(d eventsource.Disorder) { t.options.Disorder = d }

// Message is a message that was sent to a queue. Its assertions look at what has become of it so far, so they come
// after a Drain.
type Message struct {
	ID, Body string
	Number   int // of those that the check sent to the queue, from 1

	queue *Queue
}

// Send sends messages, as somebody else would have done, and returns them in this order.
func (q *Queue) Send(bodies ...string) []Message {
	sent, err := q.queue.Send(q.t.ctx, bodies...)
	if err != nil {
		q.t.fault(err)
	}
	id := q.queue.LogicalID
	messages := make([]Message, len(sent))
	words := make([]string, len(sent))
	for n, m := range sent {
		number := len(q.t.sent[id]) + 1
		messages[n] = Message{ID: m.ID, Body: m.Body, Number: number, queue: q}
		words[n] = fmt.Sprintf("%d. %s", number, cut(quote(m.Body), maxText))
		q.t.sent[id] = append(q.t.sent[id], m.ID)
	}
	q.t.did = fmt.Sprintf("sent a message to %s%s: %s", id, q.t.conditions, strings.Join(words, "\n"))
	if len(words) != 1 {
		q.t.did = fmt.Sprintf("sent %d messages to %s%s:\n%s", len(words), id, q.t.conditions, strings.Join(words, "\n"))
	}
	return messages
}

// Drain has everything delivered that is in queues with an event source mapping, as often as it takes until
// nothing is left: what fails comes back, without the wait that AWS makes, until it is in a dead-letter queue.
func (t *T) Drain() { t.deliver(t.deployed().Mappings(), t.deployed().Drain) }

// Deliver has everything delivered once that is in queues with an event source mapping. What fails comes back in
// the next Drain.
func (t *T) Deliver() { t.deliver(t.deployed().Mappings(), t.deployed().Deliver) }

// Drain does for this queue alone what that of T does for all.
func (q *Queue) Drain() { q.t.deliver(q.queue.Mappings(), q.queue.Drain) }

// Deliver does for this queue alone what that of T does for all.
func (q *Queue) Deliver() { q.t.deliver(q.queue.Mappings(), q.queue.Deliver) }

func (t *T) deliver(mappings []*eventsource.Mapping, run func(context.Context) error) {
	for _, m := range mappings {
		t.Function(m.Function).giveUp()
	}
	err := run(t.ctx)
	for _, m := range mappings {
		f := t.Function(m.Function)
		for _, i := range invocations(m.Timeline()) {
			if !t.delivered[i] {
				t.delivered[i] = true
				f.note(i)
			}
		}
	}
	var loop *eventsource.LoopError
	if errors.As(err, &loop) {
		t.Fail(Finding{
			Got:  loop.Error(),
			Want: "messages that end: processed and deleted, or in the dead-letter queue",
			Why: "A function that sends messages to the queue it gets them from invokes itself, and each round is paid for. The receive count begins " +
				"again with each new message, so none gets to the dead-letter queue.",
			Next:     fmt.Sprintf("Let %s report what failed, and leave it to SQS to bring it back.", loop.Function),
			Evidence: t.Picture(),
		})
	}
	if err != nil {
		t.fault(err)
	}
}

// invocations are those of all deliveries, each once.
func invocations(t eventsource.Timeline) (all []*sandbox.Invocation) {
	for _, m := range t.Messages {
		for _, d := range m.Deliveries {
			if i := stack.DeliveredBy(d); i != nil && !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	return all
}

// timelines are those of all queues of which something was delivered.
func (t *T) timelines() []eventsource.Timeline {
	if t.stack == nil {
		return nil
	}
	var all []eventsource.Timeline
	for _, m := range t.stack.Mappings() {
		if timeline := m.Timeline(); len(timeline.Messages) > 0 {
			all = append(all, timeline)
		}
	}
	return all
}

// Picture shows what happened to the messages of all queues, as evidence; nothing if none was delivered.
func (t *T) Picture() []string {
	var lines []string
	for _, timeline := range t.timelines() {
		lines = append(lines, drawing(timeline, t.sent[timeline.Queue], "")...)
	}
	return lines
}

// Timelines are what the event source mappings of the queue did so far.
func (q *Queue) Timelines() []eventsource.Timeline {
	var all []eventsource.Timeline
	for _, m := range q.queue.Mappings() {
		all = append(all, m.Timeline())
	}
	return all
}

// Messages are all that the queue's mappings have delivered so far, also those that functions sent.
func (q *Queue) Messages() []Message {
	var all []Message
	for _, t := range q.Timelines() {
		for _, m := range t.Messages {
			all = append(all, Message{ID: m.ID, Body: m.Body, Number: slices.Index(q.t.sent[q.queue.LogicalID], m.ID) + 1, queue: q})
		}
	}
	return all
}

// Bodies are those of the messages that can be received from the queue now, in the order of their texts. It is for
// queues whose messages no function gets, such as dead-letter queues: SQS counts the look as a delivery.
func (q *Queue) Bodies() []string {
	found, err := q.queue.Messages(q.t.ctx)
	if err != nil {
		q.t.fault(err)
	}
	bodies := make([]string, len(found))
	for n, m := range found {
		bodies[n] = m.Body
	}
	slices.Sort(bodies)
	return bodies
}

// refusedWords name the template's file without its directory, which the learner knows.
func refusedWords(e eventsource.RequestError) string {
	e.File = filepath.Base(e.File)
	return e.Error()
}

// refusedQueue is the finding if it is a queue, or what names one, that AWS refuses.
func refusedQueue(err error) (Finding, bool) {
	var refused *stack.QueueError
	if !errors.As(err, &refused) {
		return Finding{}, false
	}
	named := *refused
	named.File = filepath.Base(named.File)
	return Finding{
		Did: "deployed the template", Got: named.Error(), Want: "a template that can be deployed",
		Why: cmp.Or(refused.Why,
			"Queues have a name, a URL and an ARN. !Ref gives the URL, which is for those who send messages; Lambda and SQS itself take the ARN."),
		Next: fmt.Sprintf("AWS would refuse it as well: correct line %d of the template.", refused.Line),
	}, true
}

// refusedMapping is the finding if it is an event source mapping that AWS refuses.
func refusedMapping(err error) (Finding, bool) {
	var refused *eventsource.RequestError
	if !errors.As(err, &refused) {
		return Finding{}, false
	}
	return Finding{
		Did: "deployed the template", Got: refusedWords(*refused), Want: "a template that can be deployed",
		Why:  "Lambda looks at the queue and the function when the event source mapping is made, and refuses what cannot work.",
		Next: fmt.Sprintf("AWS would refuse it in the same way: change what the message names, in line %d of the template or in the queue.", refused.Line),
	}, true
}
