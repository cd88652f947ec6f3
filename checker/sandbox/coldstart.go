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
