package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// maxReceive is how many messages SQS gives, or deletes, at once.
	maxReceive = 10
	// throttledTries is how often a function is invoked that is at its limit, before the message's visibility
	// timeout is over. Lambda tries for as long as that takes.
	throttledTries = 3
	// hold is how long messages are kept invisible at least in logical time: longer than any delivery takes here,
	// so that none comes back before its turn because this machine is slow.
	hold = 15 * time.Minute
)

// received is a message that the mapping has.
type received struct {
	id, body, handle string
	count            int // how often it was received
	record           json.RawMessage
	duplicate        bool
}

// waiting is a message that was delivered, and stays in the queue.
type waiting struct {
	received
	due     time.Duration // when it becomes visible on AWS, in logical time
	removed bool          // it had been processed: what comes is a duplicate
	givenUp bool
	why     string // of the delivery, before it was given up
}

// pass delivers what is visible, until nothing is, and tells whether there was anything. The caller has the turn.
func (m *Mapping) pass(ctx context.Context, timeout, wait time.Duration) (bool, error) {
	for some := false; ; some = true {
		batch, err := m.gather(ctx, timeout, wait)
		if err != nil || len(batch) == 0 {
			return some, err
		}
		if err := m.deliver(ctx, batch); err != nil {
			return some, err
		}
		if err := m.looping(); err != nil {
			return some, err
		}
		wait = 0
	}
}

// gather makes a batch: of what one receive gives, or, with a batching window, of what is there in that time.
func (m *Mapping) gather(ctx context.Context, timeout, wait time.Duration) ([]received, error) {
	limit := m.limit()
	if len(m.backlog) == 0 {
		want := limit
		if m.disorder.Reorder {
			want = reach * m.batchSize
		}
		for len(m.backlog) < want {
			some, err := m.receive(ctx, min(maxReceive, want-len(m.backlog)), timeout, wait)
			if err != nil {
				return nil, err
			}
			if !some || m.window == 0 && !m.disorder.Reorder {
				break
			}
			wait = 0
		}
		m.shuffle()
	}
	n, size := 0, overhead
	for n < min(limit, len(m.backlog)) && (n == 0 || size+len(m.backlog[n].record)+1 <= maxPayload) {
		size += len(m.backlog[n].record) + 1
		n++
	}
	batch := slices.Clone(m.backlog[:n])
	m.backlog = m.backlog[n:]
	if n > 0 && n < m.batchSize && len(m.backlog) == 0 { // Lambda waits whether more comes
		m.clock.reach(m.clock.Now() + m.window)
	}
	return batch, nil
}

// receive asks for messages once, and tells whether there were any.
func (m *Mapping) receive(ctx context.Context, n int, timeout, wait time.Duration) (bool, error) {
	out, err := m.deployment.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl:                    &m.deployment.QueueURL,
		MaxNumberOfMessages:         int32(n),
		VisibilityTimeout:           int32(timeout / time.Second),
		WaitTimeSeconds:             int32(wait / time.Second),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		MessageAttributeNames:       []string{"All"},
	})
	if err != nil {
		return false, fmt.Errorf("cannot receive messages from %s: %w", m.Queue, err)
	}
	for _, message := range out.Messages {
		r := received{id: aws.ToString(message.MessageId), body: aws.ToString(message.Body), handle: aws.ToString(message.ReceiptHandle)}
		if r.record, err = encodeRecord(message, m.deployment.QueueARN, m.deployment.Region); err != nil {
			return false, err
		}
		count := message.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)]
		if r.count, err = strconv.Atoi(count); err != nil {
			return false, fmt.Errorf("a message of %s has the ApproximateReceiveCount %q, which is no number", m.Queue, count)
		}
		r.duplicate = m.isBack(r.id)
		m.backlog = append(m.backlog, r)
	}
	return len(out.Messages) > 0, nil
}

// isBack notes that a message was received that had been delivered before, and tells whether it had been
// processed, too.
func (m *Mapping) isBack(id string) (duplicate bool) {
	w, brought := m.expected[id]
	if !brought {
		if w = m.waiting[id]; w == nil {
			return false
		}
	}
	delete(m.expected, id)
	delete(m.waiting, id)
	if w.removed {
		return true
	}
	m.amend(id, func(d *Delivery) {
		d.Then = Back
		if !brought && m.clock.Now() < w.due { // nobody waited: the function made it visible
			d.BackAfter = m.clock.Now().Seconds() - d.At
		}
	})
	return false
}

// deliver invokes the function with a batch, and deletes what is done.
func (m *Mapping) deliver(ctx context.Context, batch []received) error {
	ids, records := make([]string, len(batch)), make([]json.RawMessage, len(batch))
	for n, r := range batch {
		ids[n], records[n] = r.id, r.record
		if r.count == 1 {
			m.fresh++
		}
	}
	m.begin(batch)
	i, err := m.invoke(ctx, eventOf(records))
	throttled := errors.Is(err, ErrThrottled)
	var decision Decision
	switch {
	case throttled:
		decision = Decision{Failed: ids, Whole: "the function was at its concurrency limit until the visibility timeout was over"}
	case err != nil:
		return fmt.Errorf("cannot invoke %s with a batch of %s: %w", m.Function, m.Queue, err)
	case i.FunctionError != "":
		decision = Decision{Failed: ids, Whole: "the function " + failure(i)}
	default:
		decision = Decide(i.Payload, ids, m.report)
	}
	var done []received
	for _, r := range batch {
		d := Delivery{Invocation: i.RequestID, Details: i.Details, Outcome: Processed, Then: Deleted}
		if slices.Contains(decision.Ignored, r.id) {
			d.Outcome, d.Then = Reported, Lost
			d.Why = "the mapping has no ReportBatchItemFailures, so Lambda ignored the report and deleted the message"
		}
		if !slices.Contains(decision.Failed, r.id) {
			done = append(done, r)
			m.conclude(r, d)
			continue
		}
		d.Outcome, d.Why = Reported, ""
		switch {
		case throttled:
			d.Outcome, d.Why = Throttled, decision.Whole
		case decision.Whole != "":
			d.Outcome, d.Why = BatchFailed, decision.Whole
		}
		m.stay(r, d)
	}
	return m.delete(ctx, done)
}

// failure says how an invocation failed, to go on after "the function".
func failure(i Invocation) string {
	if i.Outcome == "" {
		return "failed"
	}
	return i.Outcome
}

// invoke tries a few times while the function is at its limit.
func (m *Mapping) invoke(ctx context.Context, event []byte) (i Invocation, err error) {
	for range throttledTries {
		if i, err = m.deployment.Invoke(ctx, m.Function, event); !errors.Is(err, ErrThrottled) {
			break
		}
	}
	return i, err
}

// begin writes the deliveries of a batch into the record, so that one that never ends is there, too.
func (m *Mapping) begin(batch []received) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches++
	for _, r := range batch {
		story := m.story(r.id, r.body)
		story.Deliveries = append(story.Deliveries, Delivery{
			Batch: m.batches, Of: len(batch), Attempt: r.count, At: m.clock.Now().Seconds(), Duplicate: r.duplicate, Outcome: UnderWay, Then: Waiting,
		})
	}
}

// conclude writes into the record what came of a delivery.
func (m *Mapping) conclude(r received, d Delivery) {
	var of Delivery
	m.amend(r.id, func(now *Delivery) {
		d.Batch, d.Of, d.Attempt, d.At, d.Duplicate = now.Batch, now.Of, now.Attempt, now.At, now.Duplicate
		*now, of = d, d
	})
	if m.deployment.Observe != nil {
		m.deployment.Observe(Message{ID: r.id, Body: r.body}, of)
	}
}

// stay leaves a message in the queue, until its visibility timeout is over: the queue's, or what the function has
// made of it.
func (m *Mapping) stay(r received, d Delivery) {
	timeout := m.visibility
	if m.deployment.Visibility != nil {
		if asked, ok := m.deployment.Visibility(r.handle); ok {
			timeout = asked
			d.Why = joined(d.Why, "the function made it invisible for "+Span(asked))
		}
	}
	d.Then, d.BackAfter = Waiting, timeout.Seconds()
	m.conclude(r, d)
	m.waiting[r.id] = &waiting{received: r, due: m.clock.Now() + timeout}
}

// delete removes messages from the queue. Those that are to come once more only seem to be: they become visible
// at once.
func (m *Mapping) delete(ctx context.Context, done []received) error {
	var removed []received
	var again []*waiting
	for _, r := range done {
		if m.duplicate(r) {
			again = append(again, &waiting{received: r, due: m.clock.Now(), removed: true})
			continue
		}
		removed = append(removed, r)
	}
	for chunk := range slices.Chunk(removed, maxReceive) {
		in := &sqs.DeleteMessageBatchInput{QueueUrl: &m.deployment.QueueURL}
		for n, r := range chunk {
			in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: entryID(n), ReceiptHandle: aws.String(r.handle)})
		}
		out, err := m.deployment.SQS.DeleteMessageBatch(ctx, in)
		if err != nil {
			return fmt.Errorf("cannot delete %s from %s: %w", plural(len(chunk), "message"), m.Queue, err)
		}
		for _, failed := range out.Failed {
			n, err := strconv.Atoi(aws.ToString(failed.Id))
			if err != nil || n < 0 || n >= len(chunk) {
				continue
			}
			m.stay(chunk[n], Delivery{Outcome: Processed, Why: "its deletion failed: " + aws.ToString(failed.Code)})
		}
	}
	return m.wake(ctx, again)
}

// wake makes messages visible at once.
func (m *Mapping) wake(ctx context.Context, all []*waiting) error {
	for chunk := range slices.Chunk(all, maxReceive) {
		in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &m.deployment.QueueURL}
		for n, w := range chunk {
			in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{Id: entryID(n), ReceiptHandle: aws.String(w.handle)})
			delete(m.waiting, w.id)
			m.expected[w.id] = w
		}
		out, err := m.deployment.SQS.ChangeMessageVisibilityBatch(ctx, in)
		if err != nil {
			return fmt.Errorf("cannot make %s of %s visible again: %w", plural(len(chunk), "message"), m.Queue, err)
		}
		_ = out.Failed // a message that is gone, or visible already: what is received tells
	}
	return nil
}

func entryID(n int) *string { return aws.String(strconv.Itoa(n)) }
