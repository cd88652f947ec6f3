package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// Function is a function under check.
type Function struct {
	t        *T
	function *stack.Function
}

// Event is what is sent to a function.
type Event struct {
	// Words say what it is, to go on after "invoked X with".
	Words string
	JSON  json.RawMessage
}

// LogicalID is what the template calls the function.
func (f *Function) LogicalID() string { return f.function.LogicalID }

// Invoke sends an event, and returns what came of it: also when that is a crash.
func (f *Function) Invoke(e Event) *Reply {
	f.t.did = fmt.Sprintf("invoked %s with %s%s", f.function.LogicalID, e.Words, f.t.conditions)
	if f.t.sequence {
		f.t.steps = append(f.t.steps, fmt.Sprintf("%d. %s", len(f.t.steps)+1, e.Words))
		f.t.did = fmt.Sprintf("invoked %s several times in one process:\n%s", f.function.LogicalID, strings.Join(f.t.steps, "\n"))
	}
	f.giveUp()
	return f.replied(f.function.Invoke(f.t.ctx, e.JSON))
}

// replied looks at an invocation that has ended, and returns the reply that it is.
func (f *Function) replied(i *sandbox.Invocation, err error) *Reply {
	if err != nil {
		f.t.refused(err)
	}
	f.note(i)
	return f.reply(i)
}

// reply is an invocation as the answer to what the check did last.
func (f *Function) reply(i *sandbox.Invocation) *Reply {
	return &Reply{t: f.t, did: f.t.did, function: f.function, Invocation: i}
}

// note looks for what concerns more than this invocation.
func (f *Function) note(i *sandbox.Invocation) {
	if err := cmp.Or(starved(i), unseekable(i)); err != nil {
		f.t.fault(err)
	}
	f.noteHang(i)
	f.t.notes.timedOut = f.t.notes.timedOut || i.Outcome == sandbox.TimedOut
}

// InvokeAtOnce sends the same event n times at the same moment, so that each has an execution environment
// of its own, and returns the replies in an order that a run with the same seed repeats.
func (f *Function) InvokeAtOnce(n int, e Event) []*Reply {
	f.t.did = fmt.Sprintf("invoked %s with %s%s", f.function.LogicalID, e.Words, f.t.conditions)
	f.giveUp()
	replies := make([]*Reply, n)
	var group errgroup.Group
	for k := range n {
		group.Go(func() error {
			i, err := f.function.Invoke(f.t.ctx, e.JSON)
			replies[k] = f.reply(i)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		f.t.refused(err)
	}
	for _, reply := range replies {
		f.note(reply.Invocation)
	}
	slices.SortFunc(replies, func(a, b *Reply) int { return strings.Compare(a.RequestID, b.RequestID) })
	return replies
}

// Provision has the function go through INIT, in an execution environment that then waits for its first event. It comes
// before any event: an environment that is there already is not made again.
func (f *Function) Provision() *Reply {
	f.t.did = fmt.Sprintf("started %s, and sent it no event%s", f.function.LogicalID, f.t.conditions)
	f.giveUp()
	return f.replied(f.function.Provision(f.t.ctx))
}

// Renew has the next invocation begin in a new execution environment, as after a deployment.
func (f *Function) Renew() {
	if err := f.function.Renew(); err != nil {
		f.t.fault(err)
	}
}

// FullTimeout has the function run with the Timeout of the template from the next invocation on, where [T.MaxTimeout] was
// shorter: a function with limits of its own, and not those of its context, may keep only that one.
func (f *Function) FullTimeout() {
	f.t.altered = true
	if err := f.function.FullTimeout(maxTimeout); err != nil {
		f.t.fault(err)
	}
}

// Calls are the AWS calls of an invocation, which somebody else may have sent.
func (f *Function) Calls(i *sandbox.Invocation) []wire.Call { return f.function.Calls(i) }

// Connections is how many connections the function's AWS calls went over so far.
func (f *Function) Connections() int { return f.function.Connections() }

// Temporary is how many bytes the function has in /tmp, in all its execution environments together.
func (f *Function) Temporary() int64 { return f.function.Temporary() }

// Declared is what the template says of the function.
func (f *Function) Declared() *sam.Function { return f.function.Declared }

// Variable is the value that the template gives to an environment variable in this deployment.
func (f *Function) Variable(name string) string { return f.function.Variables[name] }

// Credentials are those that the function's execution environments have.
func (f *Function) Credentials() []aws.Credentials { return f.function.Credentials() }

// RunsTheSameAs tells whether the bootstraps of two functions have the same content. It reads them as far as they are alike.
func (f *Function) RunsTheSameAs(other *Function) bool {
	same, err := sameContent(f.function.Binary(), other.function.Binary())
	if err != nil {
		f.t.fault(err)
	}
	return same
}

// Size is that of the bootstrap, in bytes.
func (f *Function) Size() int64 {
	info, err := os.Stat(f.function.Binary())
	if err != nil {
		f.t.fault(err)
	}
	return info.Size()
}
