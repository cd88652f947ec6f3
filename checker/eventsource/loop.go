package eventsource

import (
	"context"
	"fmt"
)

// What functions may send on, of what there was in the beginning, until it is taken for a loop.
const (
	manyMore = 20  // times as many messages
	anyway   = 100 // and so many more
)

// LoopError says that a function was given more and more messages, and there is no end: it sends messages to the queue that
// it gets them from, directly or by others. On AWS, Lambda stops some such loops after about 16 rounds ("Use Lambda
// recursive loop detection to prevent infinite loops").
type LoopError struct {
	Queue, Function string // logical ids
	Messages, Sent  int    // that were delivered so far, and that were in all queues in the beginning
}

func (e *LoopError) Error() string {
	return fmt.Sprintf("%s was given %s of %s, where %d had been sent, and more are coming", e.Function, plural(e.Messages, "message"), e.Queue, e.Sent)
}

// expect notes how many messages there are before any is delivered. The caller has the turn.
func expect(ctx context.Context, mappings []*Mapping) error {
	total := 0
	for _, m := range mappings {
		visible, delayed, hidden, err := m.inQueue(ctx)
		if err != nil {
			return err
		}
		total += visible + delayed + hidden
	}
	for _, m := range mappings {
		m.fresh, m.sent, m.bound = 0, total, total*manyMore+anyway
	}
	return nil
}

// looping is the error if messages have become too many.
func (m *Mapping) looping() error {
	if m.bound > 0 && m.fresh > m.bound {
		return &LoopError{m.Queue, m.Function, m.fresh, m.sent}
	}
	return nil
}
