package stack

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

// Function is a deployed function.
type Function struct {
	LogicalID string
	Declared  *sam.Function
	// Variables are its environment variables from the template, with values of this deployment.
	Variables map[string]string
	// Granted are the statements of its role that are about the services whose calls are looked at, in the order
	// of the template, and behind them what SAM adds.
	Granted []Grant

	stack    *Stack
	name     string
	config   sandbox.Config // of deployed
	deployed atomic.Pointer[sandbox.Function]
}

// Name is the physical name.
func (f *Function) Name() string { return f.name }

// Invoke sends the function an event; see [sandbox.Function.Invoke].
func (f *Function) Invoke(ctx context.Context, event []byte) (*sandbox.Invocation, error) {
	return f.invoke(func(deployed *sandbox.Function) (*sandbox.Invocation, error) { return deployed.Invoke(ctx, event) })
}

// InvokeAgain sends it the event of an asynchronous invocation that failed; see [sandbox.Function.InvokeAgain].
func (f *Function) InvokeAgain(ctx context.Context, failed *sandbox.Invocation) (*sandbox.Invocation, error) {
	return f.invoke(func(deployed *sandbox.Function) (*sandbox.Invocation, error) {
		return deployed.InvokeAgain(ctx, failed)
	})
}

func (f *Function) invoke(send func(*sandbox.Function) (*sandbox.Invocation, error)) (*sandbox.Invocation, error) {
	for {
		deployed := f.deployed.Load()
		i, err := send(deployed)
		if errors.Is(err, sandbox.ErrClosed) && f.deployed.Load() != deployed {
			continue // it was replaced in this moment
		}
		return i, err
	}
}

// Provision runs INIT ahead of the first event; see [sandbox.Function.Provision].
func (f *Function) Provision(ctx context.Context) (*sandbox.Invocation, error) {
	return f.deployed.Load().Provision(ctx)
}

// ColdStart sends an event to an execution environment made for it; see [sandbox.Function.ColdStart].
func (f *Function) ColdStart(ctx context.Context, event []byte, variables map[string]string) (*sandbox.Invocation, error) {
	return f.deployed.Load().ColdStart(ctx, event, variables)
}

// Temporary is how many bytes its execution environments have in /tmp; see [sandbox.Function.Temporary].
func (f *Function) Temporary() int64 { return f.deployed.Load().Temporary() }

// Binary is the path of the bootstrap.
func (f *Function) Binary() string { return f.config.Binary }

// InitCalls are the AWS calls that were made in INIT so far, in all execution environments: those that belong to no
// invocation.
func (f *Function) InitCalls() []wire.Call {
	return f.calls(func(c wire.Call) bool { return c.TraceID == "" })
}

// Renew has the next invocation begin in a new execution environment, as after a deployment. It is called as Update is.
func (f *Function) Renew() error {
	return f.stack.Update(map[string]string{f.LogicalID: f.config.Binary})
}

// FullTimeout has the invocations from the next one on end at the template's Timeout, but at limit at the latest, where
// [Options.MaxTimeout] was shorter. It is called as Update is.
func (f *Function) FullTimeout(limit time.Duration) error {
	f.config.Timeout = min(f.Declared.Timeout, limit)
	return f.Renew()
}

// Calls are the AWS calls of one invocation: those made in it, and those of work that it left behind.
func (f *Function) Calls(i *sandbox.Invocation) []wire.Call {
	return f.calls(func(c wire.Call) bool { return c.TraceID == i.TraceID })
}

// Presigned are the calls of others with what the function has signed for them.
func (f *Function) Presigned() []wire.Call {
	return f.calls(func(c wire.Call) bool { return c.Presigned })
}

// AllCalls are the AWS calls of all invocations so far, and of INIT.
func (f *Function) AllCalls() []wire.Call { return f.calls(func(wire.Call) bool { return true }) }

// Credentials are those that the function's execution environments have.
func (f *Function) Credentials() []aws.Credentials { return f.stack.wire.Credentials(f.LogicalID) }

// Connections is how many connections the function's AWS calls went over so far.
func (f *Function) Connections() int {
	distinct := map[int]bool{}
	for _, c := range f.calls(func(c wire.Call) bool { return !c.Presigned }) {
		distinct[c.Connection] = true
	}
	return len(distinct)
}

func (f *Function) calls(wanted func(wire.Call) bool) []wire.Call {
	var calls []wire.Call
	for _, c := range f.stack.wire.Calls() {
		own := c.Function == f.LogicalID
		stranger := c.Function == "" && c.TraceID != "" // signed with credentials of its own making
		if (own || stranger) && wanted(c) {
			calls = append(calls, c)
		}
	}
	return calls
}
