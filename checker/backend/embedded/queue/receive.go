package queue

import (
	"container/heap"
	"slices"
	"strconv"
	"time"
)

// maxInFlight is how many messages of a standard queue are received and not deleted.
const maxInFlight = 120000

type receiveMessageInput struct {
	queueURL
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
	AttributeNames              []string
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	ReceiveRequestAttemptId     *string
}

// incoming is a message as it is received.
type incoming struct {
	MessageId              string
	ReceiptHandle          string
	MD5OfBody              string
	Body                   string
	Attributes             map[string]string `json:",omitempty"`
	MD5OfMessageAttributes string            `json:",omitempty"`
	MessageAttributes      attributes        `json:",omitempty"`
}

type receiveMessageOutput struct {
	Messages []incoming `json:",omitempty"`
}

// systemAttributes are those of a message; nothing of one that it does not have.
var systemAttributes = map[string]func(*message) string{
	"ApproximateFirstReceiveTimestamp": func(m *message) string { return milliseconds(m.first) },
	"ApproximateReceiveCount":          func(m *message) string { return strconv.Itoa(m.receives) },
	traceHeader:                        func(m *message) string { return m.trace },
	"DeadLetterQueueSourceArn":         func(m *message) string { return m.source },
	"MessageGroupId":                   func(m *message) string { return m.group },
	"SenderId":                         func(m *message) string { return m.sender },
	"SentTimestamp":                    func(m *message) string { return milliseconds(m.sent) },
}

// otherSystemAttributes may be asked for, too: those of FIFO queues, and one of queues.
var otherSystemAttributes = []string{"All", "MessageDeduplicationId", "SequenceNumber", "SqsManagedSseEnabled"}

func (in *receiveMessageInput) check() *fault {
	in.AttributeNames = append(in.AttributeNames, in.MessageSystemAttributeNames...)
	for _, name := range in.AttributeNames {
		if systemAttributes[name] == nil && !slices.Contains(otherSystemAttributes, name) {
			return unknownAttribute(name)
		}
	}
	switch n, wait, hide := in.MaxNumberOfMessages, in.WaitTimeSeconds, in.VisibilityTimeout; {
	case n != nil && (*n < 1 || *n > maxBatch):
		return invalidValue(*n, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
	case wait != nil && (*wait < 0 || *wait > numbers[receiveWaitSeconds].most):
		return invalidValue(*wait, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")
	case hide != nil && (*hide < 0 || *hide > maxVisibility):
		return invalidVisibility(*hide)
	case in.ReceiveRequestAttemptId != nil:
		return invalidValue(*in.ReceiveRequestAttemptId, "ReceiveRequestAttemptId", "The request includes a parameter that is not valid for this queue type.")
	}
	return nil
}

// do takes messages at once if there are any; else it waits for the first, as long as the request or the
// queue says, as long as the client is there and the service is not closed.
func (in *receiveMessageInput) do(c *call) (any, *fault) {
	if f := in.check(); f != nil {
		return nil, f
	}
	began, patient := c.clock.Now(), true
	for {
		out, wait, f := in.try(c, began)
		if f != nil || wait.news == nil {
			return out, f
		}
		timer, stop := c.clock.Timer(wait.most)
		select {
		case <-wait.news:
		case <-timer:
		case <-wait.closed:
			patient = false
		case <-c.ctx.Done():
			patient = false
		}
		stop()
		if !patient {
			return out, nil
		}
	}
}

// waiting is what a receiver waits for. Without news, it does not.
type waiting struct {
	news, closed <-chan struct{}
	most         time.Duration
}

func (in *receiveMessageInput) try(c *call, began time.Time) (out receiveMessageOutput, w waiting, _ *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil || c.ctx.Err() != nil { // a message that nobody gets must not be taken
		return out, w, f
	}
	now := c.clock.Now()
	patience := q.seconds(receiveWaitSeconds)
	if in.WaitTimeSeconds != nil {
		patience = time.Duration(*in.WaitTimeSeconds) * time.Second
	}
	full := q.hidden.Len() >= c.maxInFlight && q.inFlight() >= c.maxInFlight
	if full && patience == 0 {
		return out, w, overLimit(c.maxInFlight)
	}
	if !full {
		out.Messages = in.take(c, q, now)
	}
	left := began.Add(patience).Sub(now)
	if len(out.Messages) > 0 || left <= 0 {
		return out, w, nil
	}
	if next, ok := q.next(now); ok {
		left = min(left, next)
	}
	return out, waiting{news: q.wait(), closed: c.closed, most: left}, nil
}

// take receives the messages that are ready. Those that were received as often as the redrive policy allows
// go to the dead-letter queue instead, and those that are too old are dropped.
func (in *receiveMessageInput) take(c *call, q *queue, now time.Time) (taken []incoming) {
	most := 1
	if in.MaxNumberOfMessages != nil {
		most = *in.MaxNumberOfMessages
	}
	hide := q.seconds(visibilityTimeout)
	if in.VisibilityTimeout != nil {
		hide = time.Duration(*in.VisibilityTimeout) * time.Second
	}
	var received []*message
	for len(taken) < most && q.ready.Len() > 0 {
		m := heap.Pop(&q.ready).(*message)
		if q.expired(m, now) {
			q.remove(m)
			continue
		}
		if dead := c.deadLetterQueue(q, m); dead != nil {
			q.remove(m)
			m.source = q.arn()
			dead.add(m, now, 0)
			continue
		}
		m.receives++
		m.received = now
		if m.first.IsZero() {
			m.first = now
		}
		received = append(received, m)
		taken = append(taken, in.show(q, m))
	}
	// Not before the loop is over: with a timeout of 0 a message would be received twice in one answer.
	for _, m := range received {
		if hide > 0 {
			q.hide(m, now.Add(hide))
		} else {
			q.show(m)
		}
	}
	return taken
}

// deadLetterQueue is where a message goes that was received often enough; nil if it was not, and also if
// that queue is gone.
func (s *Service) deadLetterQueue(q *queue, m *message) *queue {
	if q.redrive == nil || m.receives < q.redrive.receives {
		return nil
	}
	dead := s.byARN(q.redrive.target)
	if dead == q {
		return nil
	}
	return dead
}

func (in *receiveMessageInput) show(q *queue, m *message) incoming {
	out := incoming{
		MessageId: m.id, ReceiptHandle: q.handle(m), MD5OfBody: m.bodyMD5, Body: m.body,
		Attributes: map[string]string{}, MessageAttributes: m.attributes.filter(in.MessageAttributeNames),
	}
	out.MD5OfMessageAttributes = out.MessageAttributes.md5()
	all := slices.Contains(in.AttributeNames, "All")
	for name, of := range systemAttributes {
		if value := of(m); value != "" && (all || slices.Contains(in.AttributeNames, name)) {
			out.Attributes[name] = value
		}
	}
	return out
}
