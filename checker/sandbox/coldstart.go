package sandbox

import (
	"context"
	"fmt"
)

// ColdStart sends an event to an execution environment that is made for it, whatever idles, and is ended when it has
// answered: InitDuration and InitCPUTime of the invocation are those of a cold start, Duration and CPUTime those of the
// first event. Variables are set in it beside those of the function, as GODEBUG to look closer; nil sets none.
func (f *Function) ColdStart(ctx context.Context, event []byte, variables map[string]string) (*Invocation, error) {
	if err := checkEvent(event); err != nil {
		return nil, err
	}
	ctx, end, err := f.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	e, i, err := f.acquire(newEnvironment)
	if err != nil {
		return nil, err
	}
	defer f.dispose(e)
	e.variables = variables
	i.Event = event
	if err := e.invoke(ctx, i); err != nil {
		return nil, fmt.Errorf("invoking %s: %w", f.config.Name, err)
	}
	return i, nil
}

// Provision runs INIT in a new execution environment, which then waits for events, as provisioned concurrency
// does. It returns when INIT has ended, well or not: the invocation says how, and has what was logged.
func (f *Function) Provision(ctx context.Context) (*Invocation, error) {
	ctx, end, err := f.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	e, i, err := f.acquire(anyEnvironment)
	if err != nil {
		return nil, err
	}
	defer f.release(e)
	if e.process != nil {
		return i, nil
	}
	if err := e.initialize(ctx, i); err != nil {
		return nil, fmt.Errorf("initializing %s: %w", f.config.Name, err)
	}
	if e.process == nil {
		e.wasReset = true
		return i, nil
	}
	e.measureMemory(i)
	e.process.freeze()
	i.logged(e.out.take())
	return i, nil
}
