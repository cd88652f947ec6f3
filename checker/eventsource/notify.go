package eventsource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Drain delivers what is on its way, and what comes of it, until nothing is left. What fails is tried again when
// nothing else is to do, in logical time: nobody waits for the minutes that Lambda waits. The error is a [*DrainError] if
// that takes longer than patience, or until the context ends.
func (n *Notifications) Drain(ctx context.Context, patience time.Duration) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for count := 0; ; count++ {
		next := n.next(true)
		if next == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &DrainError{time.Since(begin), []string{n.left(next)}, context.Cause(ctx)}
		}
		if count >= runaway {
			n.stop(next, fmt.Sprintf("there were %d before it, and no end", runaway))
			continue
		}
		if err := n.deliver(ctx, next); err != nil {
			if ctx.Err() != nil {
				return &DrainError{time.Since(begin), []string{n.left(next)}, context.Cause(ctx)}
			}
			return err
		}
	}
}

func (n *Notifications) left(p *pending) string {
	return fmt.Sprintf("%s had not ended with the notification of %s in %s", p.story.Function, p.story.Key, p.story.Bucket)
}

// Run delivers notifications as they come until the context ends, which it returns the cause of, or until something on
// this machine fails. What fails is tried again after the time that Lambda waits.
func (n *Notifications) Run(ctx context.Context) error {
	begin, start := time.Now(), n.clock.Now()
	for ctx.Err() == nil {
		n.clock.reach(start + time.Since(begin))
		n.turn.Lock()
		next := n.next(false)
		var err error
		if next != nil {
			err = n.deliver(ctx, next)
		}
		n.turn.Unlock()
		if err != nil && ctx.Err() == nil {
			return err
		}
		if next != nil {
			continue
		}
		timer := time.NewTimer(n.wait())
		select {
		case <-ctx.Done():
		case <-n.arrived:
		case <-timer.C:
		}
		timer.Stop()
	}
	return context.Cause(ctx)
}

// wait is how long there is nothing to do.
func (n *Notifications) wait() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	wait := time.Hour
	for _, p := range n.pending {
		wait = min(wait, p.due-n.clock.Now())
	}
	return max(wait, 0)
}

// next takes the event that is to be delivered now, or nil. If none is due, and time is logical, it goes on to the next.
func (n *Notifications) next(logical bool) *pending {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.pending) == 0 {
		return nil
	}
	first := slices.MinFunc(n.pending, func(a, b *pending) int { return cmp.Compare(a.due, b.due) })
	if first.due > n.clock.Now() {
		if !logical {
			return nil
		}
		n.clock.reach(first.due)
	}
	var due []int
	for i, p := range n.pending {
		if p.due <= n.clock.Now() {
			due = append(due, i)
		}
	}
	at := due[0]
	if n.deployment.Disorder.Reorder {
		at = due[n.random.IntN(len(due))]
	}
	taken := n.pending[at]
	n.pending = slices.Delete(n.pending, at, at+1)
	return taken
}

// deliver invokes the function, and decides what becomes of the event.
func (n *Notifications) deliver(ctx context.Context, p *pending) error {
	n.trace(p)
	if p.story.Hop > maxHops {
		n.stop(p, fmt.Sprintf("Lambda's recursive loop detection stops a chain after about %d invocations", maxHops))
		return nil
	}
	at := n.clock.Now()
	i, err := n.deployment.Invoke(ctx, p.story.Function, p.event, p.failed)
	throttled := errors.Is(err, ErrThrottled)
	if err != nil && !throttled {
		return fmt.Errorf("cannot invoke %s with a notification of %s: %w", p.story.Function, p.story.Bucket, err)
	}
	tries := len(p.story.Attempts) + 1
	a := attempted(tries, at, i, throttled)
	again := *p
	switch a.Then {
	case Deleted:
		n.duplicate(p)
	case Back:
		again.due = at + retryAfter[tries-1]
		if !throttled {
			again.failed = i.Details
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if i.TraceID != "" {
		n.causes[i.TraceID] = p.story.Number
	}
	p.story.Attempts = append(p.story.Attempts, a)
	if a.Then == Back {
		n.pending = append(n.pending, &again)
	}
	n.observe(p)
	return nil
}

// trace finds out which notification a change came of. The invocation that made it has ended.
func (n *Notifications) trace(p *pending) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if cause := n.causes[p.traceID]; p.traceID != "" && cause > 0 {
		p.story.Cause, p.story.Hop = cause, n.stories[cause-1].Hop+1
	}
}

// stop gives an event up.
func (n *Notifications) stop(p *pending, why string) {
	n.trace(p)
	n.mu.Lock()
	defer n.mu.Unlock()
	p.story.Stopped = why
	n.observe(p)
}

// observe tells of a notification. The caller holds the lock.
func (n *Notifications) observe(p *pending) {
	if n.deployment.Observe == nil {
		return
	}
	story := *p.story
	story.Attempts = slices.Clone(story.Attempts)
	n.deployment.Observe(story)
}

// duplicate has S3 send an event once more, now and then.
func (n *Notifications) duplicate(p *pending) {
	d := n.deployment.Disorder.Duplicates
	if d <= 0 || p.story.Duplicate || n.random.Float64() >= d {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	again := *p.story
	again.Number, again.Duplicate, again.Attempts = len(n.stories)+1, true, nil
	n.stories = append(n.stories, &again)
	n.pending = append(n.pending, &pending{story: &again, event: p.event, traceID: p.traceID, due: n.clock.Now()})
}
