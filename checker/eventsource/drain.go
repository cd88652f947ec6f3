package eventsource

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// endless is how often a message is brought back in one Drain, if there is no dead-letter queue to end it.
	endless = 4
	// look is how often queues are looked at whose messages are not there yet.
	look = 10 * time.Millisecond
)

// DrainError says that queues were not empty in time, and what was waited for.
type DrainError struct {
	After time.Duration
	// For says what was left, a sentence for each queue.
	For []string
	// Err is why the wait ended: that of the context.
	Err error
}

func (e *DrainError) Error() string {
	return fmt.Sprintf("the queues were not empty after %v: %s", e.After.Round(time.Millisecond), strings.Join(e.For, "; "))
}

// Unwrap returns why the wait ended.
func (e *DrainError) Unwrap() error { return e.Err }

// Pass delivers what is visible now in the queues of mappings, and what functions send to them meanwhile, and
// brings nothing back: what fails stays invisible, until a later Drain.
func Pass(ctx context.Context, mappings ...*Mapping) error {
	mappings = enabled(mappings)
	defer takeTurns(mappings)()
	if err := expect(ctx, mappings); err != nil {
		return err
	}
	_, err := pass(ctx, mappings)
	return err
}

// Drain delivers until the queues of mappings are empty, or everything that was in them is in a dead-letter queue.
// What is to come back comes when nothing else is left to do, in the order in which its visibility timeouts end.
// A message that fails each time, in a queue without a dead-letter queue, is left after some deliveries: on AWS
// it would come back until its retention period is over. Mappings that are not enabled deliver nothing.
//
// Messages that are delayed, or that somebody else has received, are waited for. The error is a [*DrainError] if
// that takes longer than patience, or until the context ends, and a [*LoopError] if messages make more of themselves.
func Drain(ctx context.Context, patience time.Duration, mappings ...*Mapping) error {
	mappings = enabled(mappings)
	defer takeTurns(mappings)()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := expect(ctx, mappings); err != nil {
		return err
	}
	for _, m := range mappings {
		m.tryAgain()
	}
	var left []string // as of the last round that was not cut off
	for {
		now, err := round(ctx, mappings)
		if err == nil {
			if len(now) == 0 {
				return nil
			}
			left = now
			err = sleep(ctx, look)
		}
		switch {
		case ctx.Err() != nil && len(left) > 0:
			return &DrainError{time.Since(begin), left, context.Cause(ctx)}
		case ctx.Err() != nil:
			return &DrainError{time.Since(begin), underWay(mappings), context.Cause(ctx)}
		case err != nil:
			return err
		}
	}
}

func enabled(all []*Mapping) []*Mapping {
	return slices.DeleteFunc(slices.Clone(all), func(m *Mapping) bool { return !m.Enabled })
}

// takeTurns has nobody else deliver, until the returned function is called.
func takeTurns(all []*Mapping) (release func()) {
	for _, m := range all {
		m.turn.Lock()
	}
	return func() {
		for _, m := range all {
			m.turn.Unlock()
		}
	}
}

// pass delivers what is visible, also what functions send meanwhile.
func pass(ctx context.Context, mappings []*Mapping) (some bool, err error) {
	for again := true; again; {
		again = false
		for _, m := range mappings {
			delivered, err := m.pass(ctx, max(hold, m.visibility), 0)
			if err != nil {
				return some, err
			}
			again = again || delivered
		}
		some = some || again
	}
	return some, nil
}

// round delivers all that is visible, and brings forward what is to be visible next. It returns what there is to
// wait for if there is nothing more to do now; nothing, when there is nothing more to do at all.
func round(ctx context.Context, mappings []*Mapping) (left []string, err error) {
	for {
		if _, err := pass(ctx, mappings); err != nil {
			return nil, err
		}
		for _, m := range mappings {
			m.settle()
		}
		more, err := bringForward(ctx, mappings)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	for _, m := range mappings {
		words, err := m.left(ctx, mappings)
		if err != nil {
			return nil, err
		}
		if words != "" {
			left = append(left, words)
		}
	}
	return left, nil
}

// settle tells of messages that were visible again, and did not come, because SQS has moved them.
func (m *Mapping) settle() {
	for id, w := range m.expected {
		if m.maxReceives > 0 && w.count >= m.maxReceives {
			m.moved(w)
			delete(m.expected, id)
		}
	}
}

// moved notes that SQS has moved a message to the dead-letter queue.
func (m *Mapping) moved(w *waiting) {
	var of Delivery
	m.amend(w.id, func(d *Delivery) {
		d.Then = DeadLettered
		of = *d
	})
	if m.deployment.Observe != nil {
		m.deployment.Observe(Message{ID: w.id, Body: w.body}, of)
	}
}

// bringForward makes visible what would be visible next on AWS, and tells whether there is such a thing.
func bringForward(ctx context.Context, mappings []*Mapping) (bool, error) {
	next := time.Duration(-1)
	for _, m := range mappings {
		for _, w := range m.waiting {
			m.giveUp(w)
			if !w.givenUp && (next < 0 || w.due < next) {
				next = w.due
			}
		}
	}
	if next < 0 {
		return false, nil
	}
	for _, m := range mappings {
		var due []*waiting
		for _, w := range m.waiting {
			if !w.givenUp && w.due <= next {
				m.returns[w.id]++
				due = append(due, w)
			}
		}
		slices.SortFunc(due, func(a, b *waiting) int { return strings.Compare(a.id, b.id) })
		m.clock.reach(next)
		if err := m.wake(ctx, due); err != nil {
			return false, err
		}
	}
	return true, nil
}

// giveUp leaves a message that would come back again and again.
func (m *Mapping) giveUp(w *waiting) {
	if m.maxReceives > 0 || w.givenUp || m.returns[w.id] < endless {
		return
	}
	w.givenUp = true
	m.amend(w.id, func(d *Delivery) {
		w.why = d.Why
		d.Then = Lost
		d.Why = joined(d.Why, fmt.Sprintf("there is no dead-letter queue, so it comes back every %s, until it is lost after %s",
			Span(m.visibility), Span(m.retention)))
	})
}

// tryAgain takes up what was given up.
func (m *Mapping) tryAgain() {
	clear(m.returns)
	for _, w := range m.waiting {
		if w.givenUp {
			w.givenUp = false
			m.amend(w.id, func(d *Delivery) { d.Then, d.Why = Waiting, w.why })
		}
	}
}

func joined(first, second string) string {
	if first == "" {
		return second
	}
	return first + "; " + second
}

// inQueue is how many messages the queue has.
func (m *Mapping) inQueue(ctx context.Context) (visible, delayed, hidden int, err error) {
	out, err := m.deployment.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &m.deployment.QueueURL,
		AttributeNames: []types.QueueAttributeName{
			types.QueueAttributeNameApproximateNumberOfMessages,
			types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
			types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
		},
	})
	if err != nil {
		return 0, 0, 0, fmt.Errorf("cannot look how many messages are in %s: %w", m.Queue, err)
	}
	count := func(name types.QueueAttributeName) int {
		n, _ := strconv.Atoi(out.Attributes[string(name)]) // what is not there is 0
		return n
	}
	return count(types.QueueAttributeNameApproximateNumberOfMessages), count(types.QueueAttributeNameApproximateNumberOfMessagesDelayed),
		count(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible), nil
}

// left says what is in the queue that may still come; "" if there is nothing. The mappings are all that are drained.
func (m *Mapping) left(ctx context.Context, mappings []*Mapping) (string, error) {
	visible, delayed, hidden, err := m.inQueue(ctx)
	if err != nil {
		return "", err
	}
	for _, other := range mappings {
		if other.deployment.QueueURL == m.deployment.QueueURL {
			hidden -= len(other.waiting) // given up
		}
	}
	if visible+delayed+max(0, hidden) == 0 {
		for id := range m.expected {
			m.amend(id, func(d *Delivery) {
				if d.Then == Waiting {
					d.Then, d.Why = Gone, joined(d.Why, "somebody else has deleted it")
				}
			})
			delete(m.expected, id)
		}
		return "", nil
	}
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{visible, "visible"}, {delayed, "delayed by DelaySeconds"}, {hidden, "in flight with somebody else"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", plural(part.n, "message"), part.what))
		}
	}
	return fmt.Sprintf("%s has %s", m.Queue, strings.Join(parts, " and ")), nil
}

// underWay says of mappings that were cut off what they were doing.
func underWay(mappings []*Mapping) []string {
	var all []string
	for _, m := range mappings {
		for _, story := range m.Timeline().Messages {
			if d := story.Last(); d.Outcome == UnderWay {
				all = append(all, fmt.Sprintf("%s is under way in %s with batch %d of %s", story.ID, m.Function, d.Batch, m.Queue))
				break
			}
		}
	}
	if len(all) == 0 {
		all = append(all, "messages came back again and again")
	}
	return all
}
