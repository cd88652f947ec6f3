package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

// createNotifications has the buckets notify functions, from now on.
func (s *Stack) createNotifications(clock *eventsource.Clock, o Options) error {
	n, err := eventsource.NewNotifications(s.template, eventsource.NotificationDeployment{
		BucketName: func(logicalID string) string { return s.names[logicalID] },
		Region:     s.Region, Invoke: s.invokeAsynchronously, Clock: clock, Disorder: o.Disorder, Seed: o.Seed, Observe: o.ObserveNotification,
	})
	if err != nil {
		return fmt.Errorf("cannot have buckets notify functions: %w", err)
	}
	s.notifications = n
	s.wire.OnChange(func(c wire.Change) {
		n.Changed(eventsource.ObjectChange{
			Event: c.Event, Bucket: c.Bucket, Key: c.Key, Size: c.Size, ETag: c.ETag, At: c.At, SourceIP: c.SourceIP, TraceID: c.TraceID,
		})
	})
	return nil
}

// invokeAsynchronously is what S3 and EventBridge see of Lambda: an asynchronous invocation, and its attempts.
func (s *Stack) invokeAsynchronously(ctx context.Context, function string, event []byte, failed any) (eventsource.Invocation, error) {
	f, err := s.Function(function)
	if err != nil {
		return eventsource.Invocation{}, err
	}
	var i *sandbox.Invocation
	if before, ok := failed.(*sandbox.Invocation); ok && before != nil {
		i, err = f.InvokeAgain(ctx, before)
	} else {
		i, err = f.Invoke(ctx, event)
	}
	return invocationOf(i, err)
}

// invocationOf is what an event source learns of an invocation.
func invocationOf(i *sandbox.Invocation, err error) (eventsource.Invocation, error) {
	var refused *sandbox.RequestError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
		return eventsource.Invocation{}, fmt.Errorf("%w: %w", eventsource.ErrThrottled, err)
	case err != nil:
		return eventsource.Invocation{}, err
	}
	result := eventsource.Invocation{RequestID: i.RequestID, TraceID: i.TraceID, Payload: i.Payload, FunctionError: i.FunctionError, Details: i}
	if i.FunctionError != "" {
		result.Outcome = outcomeWords(i)
	}
	return result, nil
}

// NotifiedBy is the invocation of an attempt, or nil if there was none.
func NotifiedBy(a eventsource.Attempt) *sandbox.Invocation {
	i, _ := a.Details.(*sandbox.Invocation)
	return i
}

// DrainNotifications delivers what S3 has notified functions of, and what comes of it, until nothing is left; see
// [eventsource.Notifications.Drain]. It takes [DrainTime] at most.
func (s *Stack) DrainNotifications(ctx context.Context) error {
	return s.notifications.Drain(ctx, DrainTime)
}

// Notifications are what S3 has notified functions of so far.
func (s *Stack) Notifications() []eventsource.Notification { return s.notifications.Notifications() }

// Notified are the functions that buckets notify, by logical id.
func (s *Stack) Notified() []string { return s.notifications.Functions() }
