package eventsource

import (
	"context"
	"time"
)

// longPoll is how long a receive waits for messages: no longer, so that a turn passes soon.
const longPoll = time.Second

// Run delivers messages as they come until the context ends, which it returns the cause of, or until something
// on this machine fails. What stays in the queue comes back when its visibility timeout is over, in real time, or at once
// in a hurry. A mapping that is not enabled delivers nothing.
func (m *Mapping) Run(ctx context.Context) error {
	begin := time.Now()
	start := m.clock.Now()
	for m.Enabled && ctx.Err() == nil {
		if err := m.poll(ctx, start-time.Duration(begin.UnixNano())); err != nil && ctx.Err() == nil {
			return err
		}
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// poll takes one turn. The offset is that of logical time to the machine's.
func (m *Mapping) poll(ctx context.Context, offset time.Duration) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	m.clock.reach(time.Duration(time.Now().UnixNano()) + offset)
	m.bound = 0 // whoever watches sees it
	_, err := m.pass(ctx, m.visibility, longPoll)
	m.clock.reach(time.Duration(time.Now().UnixNano()) + offset)
	for id, w := range m.waiting { // nothing is visible now
		if w.due <= m.clock.Now() && m.maxReceives > 0 && w.count >= m.maxReceives {
			m.moved(w)
			delete(m.waiting, id)
		}
	}
	m.settle()
	if m.deployment.Hurry && err == nil {
		_, err = bringForward(ctx, []*Mapping{m})
	}
	return err
}
