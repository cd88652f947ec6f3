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
		if ready, err := r.initializeInside(ctx); err != nil || !ready {
			return err
		}
	}
	if r.memory == nil {
		r.memory = watchMemory(r.process, r.memoryLimit())
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
		return r.posted(ctx, a)
	case <-r.process.exited:
		select {
		case a := <-r.api.posted: // it answered, and then it ended
			return r.posted(ctx, a)
		default:
		}
		if !time.Now().Before(r.deadline) {
			i.failTimedOut() // both at once
			return nil
		}
		i.failExited(r.process.exit)
		return nil
	case <-r.expired:
		select {
		case a := <-r.api.posted: // both at once
			return r.posted(ctx, a)
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

// posted takes an answer. What counts is when it was posted, not when it was looked at: code that waits
// for the end of its context is always too late, since that is when Lambda kills it.
func (r *run) posted(ctx context.Context, a answer) error {
	if a.at.Before(r.deadline) {
		return r.answered(ctx, a)
	}
	r.invocation.Late = true
	r.invocation.failTimedOut()
	return nil
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

// initializeInside runs INIT inside the invocation, on the function's own time: again, after an INIT that failed,
// or for the first time since the environment was reset.
func (r *run) initializeInside(ctx context.Context) (bool, error) {
	i, begin := r.invocation, time.Now()
	if err := r.start(i); err != nil || r.process == nil {
		return false, err
	}
	status, errorType := "error", ""
	select {
	case <-r.api.ready:
		r.initialized(i, initialization{phase: "invoke", began: begin, took: time.Since(begin)})
		return true, nil
	case <-r.process.exited:
		errorType = "Runtime.ExitError"
		i.failExited(r.process.exit)
	case <-r.expired:
		status = "timeout"
		i.failTimedOut()
	case <-r.memory.over:
		errorType = "Runtime.OutOfMemory"
		i.failOutOfMemory()
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	r.measureMemory(i)
	r.failedInit(i, initialization{phase: "invoke", began: begin, took: time.Since(begin), status: status, errorType: errorType})
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
