package sandbox

import (
	"context"
	"time"
)

// run is one invocation under way.
type run struct {
	*environment
	invocation *Invocation
	begin      time.Time
	deadline   time.Time
	expired    <-chan time.Time
	keep       bool // the process waits for the next event
}

func (r *run) toEnd(ctx context.Context) error {
	i := r.invocation
	if i.Outcome == NotStarted {
		return nil
	}
	if r.process == nil {
		if again, err := r.initializeAgain(ctx); err != nil || !again {
			return err
		}
	}
	if r.memory == nil {
		r.memory = watchMemory(r.process, r.limit())
	}
	r.process.thaw()
	r.api.begin(i.RequestID)
	defer r.api.finish()
	select {
	case r.api.events <- delivery{invocation: i, arn: r.function.config.ARN, deadline: r.deadline}:
	case <-r.process.exited:
		i.failExited(r.process.exit) // by work that was thawed with it
		return nil
	case <-r.expired:
		i.failTimedOut()
		return nil
	case <-r.memory.over:
		i.failOutOfMemory() // by work that was thawed with it
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case a := <-r.api.posted:
		return r.answered(ctx, a)
	case <-r.process.exited:
		select {
		case a := <-r.api.posted: // it answered, and then it ended
			return r.answered(ctx, a)
		default:
			i.failExited(r.process.exit)
			return nil
		}
	case <-r.expired:
		select {
		case a := <-r.api.posted: // both at once: what counts is when it was posted
			if a.at.Before(r.deadline) {
				return r.answered(ctx, a)
			}
			i.Late = true
			i.failTimedOut()
			return nil
		default:
		}
		i.failTimedOut()
		return r.overtime(ctx)
	case <-r.memory.over:
		i.failOutOfMemory()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// overtime watches a process whose time is over.
func (r *run) overtime(ctx context.Context) error {
	over := time.NewTimer(r.function.config.Overtime)
	defer over.Stop()
	select {
	case <-r.api.posted:
		r.invocation.Late = true
	case <-r.process.exited:
	case <-over.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// initializeAgain runs a failed INIT once more, now on the function's own time.
func (r *run) initializeAgain(ctx context.Context) (bool, error) {
	i := r.invocation
	if err := r.start(i); err != nil || r.process == nil {
		return false, err
	}
	select {
	case <-r.api.ready:
		i.InitCompleted = true
		return true, nil
	case <-r.process.exited:
		i.failExited(r.process.exit)
	case <-r.expired:
		i.failTimedOut()
	case <-r.memory.over:
		i.failOutOfMemory()
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	return false, nil
}

// answered takes the answer and waits until the process asks for the next event, or ends.
func (r *run) answered(ctx context.Context, a answer) error {
	i := r.invocation
	i.Margin = r.deadline.Sub(a.at)
	switch {
	case a.tooLarge:
		i.failTooLarge()
	case a.failed:
		i.Outcome, i.FunctionError, i.Payload = Failed, "Unhandled", a.body
	default:
		i.Outcome, i.Payload = Answered, a.body
	}
	select {
	case <-r.api.ready:
		r.keep = true
	case <-r.process.exited:
		i.Exit = r.process.exit
	case <-r.expired:
	case <-r.memory.over: // measured once more when it has ended
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
