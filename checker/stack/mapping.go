package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// DrainTime is how long Drain takes, at most. An invocation takes up to its function's timeout, and what fails
// comes several times.
const DrainTime = 90 * time.Second

func (s *Stack) createMappings(clock *eventsource.Clock, o Options) error {
	for _, f := range s.template.Functions {
		for _, e := range f.Events {
			source, ok := e.Source.(*sam.SQSEvent)
			if !ok {
				continue
			}
			m, err := s.createMapping(f, e, source, clock, o)
			if err != nil {
				return err
			}
			s.mappings = append(s.mappings, m)
		}
	}
	return nil
}

func (s *Stack) createMapping(f *sam.Function, e sam.Event, source *sam.SQSEvent, clock *eventsource.Clock, o Options) (*eventsource.Mapping, error) {
	arn, err := source.Queue.Resolve(resolver{s})
	if err != nil {
		return nil, fmt.Errorf("%s: Queue of the event %s of %s: %w", s.template.File, e.Name, f.LogicalID, err)
	}
	id, ok := s.queueOf(arn)
	if !ok {
		return nil, &QueueError{s.template.File, source.Queue.Line(), f.LogicalID, fmt.Sprintf(
			"Queue of the event %s is %s, which is not the ARN of a queue of this template; !GetAtt NAME.Arn gives it", e.Name, source.Queue), ""}
	}
	queue := s.template.Queues[slices.IndexFunc(s.template.Queues, func(q *sam.Queue) bool { return q.LogicalID == id })]
	deadLetter, err := s.deadLetterQueue(queue)
	if err != nil {
		return nil, err
	}
	d := eventsource.Deployment{
		QueueURL: s.queues[id].URL, QueueARN: arn, DeadLetterQueue: deadLetter, Region: s.Region, SQS: s.sqs,
		Invoke: s.invokeForQueue, Visibility: s.visibilityAsked(f.LogicalID), Clock: clock, Disorder: o.Disorder, Seed: o.Seed, Hurry: o.Hurry,
	}
	if o.ObserveDelivery != nil {
		d.Observe = func(m eventsource.Message, d eventsource.Delivery) { o.ObserveDelivery(id, f.LogicalID, m, d) }
	}
	return eventsource.New(s.template, f, e, queue, d)
}

// invokeForQueue is what an event source mapping sees of Lambda.
func (s *Stack) invokeForQueue(ctx context.Context, function string, event []byte) (eventsource.Invocation, error) {
	f, err := s.Function(function)
	if err != nil {
		return eventsource.Invocation{}, err
	}
	return invocationOf(f.Invoke(ctx, event))
}

// visibilityAsked finds what a function has made of the visibility timeout of a message that it was given.
func (s *Stack) visibilityAsked(function string) func(receiptHandle string) (time.Duration, bool) {
	type change struct {
		ReceiptHandle     string
		VisibilityTimeout int // seconds
	}
	return func(receiptHandle string) (time.Duration, bool) {
		for _, c := range slices.Backward(s.wire.Calls()) { // the last one counts
			if c.Function != function || c.Status != http.StatusOK || !strings.HasPrefix(c.Operation, "ChangeMessageVisibility") {
				continue
			}
			var request struct {
				change
				Entries []change // of the batch
			}
			if json.Unmarshal(c.Request, &request) != nil {
				continue
			}
			for _, asked := range append(request.Entries, request.change) {
				if asked.ReceiptHandle == receiptHandle {
					return time.Duration(asked.VisibilityTimeout) * time.Second, true
				}
			}
		}
		return 0, false
	}
}

// outcomeWords say how an invocation failed, to go on after "the function".
func outcomeWords(i *sandbox.Invocation) string {
	switch {
	case i.Panicked():
		return "panicked"
	case i.Outcome == sandbox.Failed:
		return "returned an error"
	case i.Outcome == sandbox.TooLarge:
		return "answered with more than 6 MB"
	case i.Outcome == sandbox.NotStarted:
		return "could not be started"
	case i.Outcome == sandbox.OutOfMemory:
		return "ran out of memory"
	}
	return string(i.Outcome) // timed out, exited
}

// DeliveredBy is the invocation of a delivery, or nil if there was none.
func DeliveredBy(d eventsource.Delivery) *sandbox.Invocation {
	i, _ := d.Details.(*sandbox.Invocation)
	return i
}

// Drain delivers what is in all queues with an event source mapping until nothing is left to do; see
// [eventsource.Drain]. It takes [DrainTime] at most.
func (s *Stack) Drain(ctx context.Context) error {
	return eventsource.Drain(ctx, DrainTime, s.mappings...)
}

// Deliver delivers what is visible in all queues with an event source mapping, and brings nothing back; see
// [eventsource.Pass].
func (s *Stack) Deliver(ctx context.Context) error {
	return eventsource.Pass(ctx, s.mappings...)
}

// Drain delivers what is in the queue, as that of the stack does for all.
func (q *Queue) Drain(ctx context.Context) error {
	return eventsource.Drain(ctx, DrainTime, q.Mappings()...)
}

// Deliver delivers what is visible in the queue, as that of the stack does for all.
func (q *Queue) Deliver(ctx context.Context) error {
	return eventsource.Pass(ctx, q.Mappings()...)
}

// Mappings are the event source mappings of the queue, in the order of the template.
func (q *Queue) Mappings() []*eventsource.Mapping {
	return slices.DeleteFunc(q.stack.Mappings(), func(m *eventsource.Mapping) bool { return m.Queue != q.LogicalID })
}

// Mappings are all event source mappings of the stack, in the order of the template.
func (s *Stack) Mappings() []*eventsource.Mapping { return slices.Clone(s.mappings) }

// startPolling has all mappings, S3's notifications and schedules deliver by themselves, until the stack is closed.
func (s *Stack) startPolling() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stopPolling = cancel
	for _, m := range s.mappings {
		s.poll(ctx, "the event source mapping of "+m.Queue, m.Run)
	}
	s.poll(ctx, "the schedules", s.schedules.Run)
	s.poll(ctx, "the notifications of buckets", s.notifications.Run)
}

// poll runs what delivers by itself until the context ends. What ends it earlier is kept for Err.
func (s *Stack) poll(ctx context.Context, what string, run func(context.Context) error) {
	s.polling.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%s ended: %w", what, err)
			s.stopped.CompareAndSwap(nil, &err)
		}
	})
}

// Err is why something of the stack no longer delivers by itself, as it does with [Options.Poll]; nil while all of it does.
func (s *Stack) Err() error {
	if err := s.stopped.Load(); err != nil {
		return *err
	}
	return nil
}
