package serve

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// Debug says which function runs under a debugger, and how; see [sandbox.Debugger].
type Debug struct {
	Function string // its logical id
	Program  string // delve's dlv
	Address  string // where a debugger connects: 127.0.0.1:2345
}

// in looks for the function. A template without it is a [*faultError].
func (d *Debug) in(t *sam.Template) error {
	var ids []string
	for _, f := range t.Functions {
		ids = append(ids, f.LogicalID)
	}
	if d == nil || slices.Contains(ids, d.Function) {
		return nil
	}
	return &faultError{"There is no function " + d.Function + " to debug.", "The template has " + strings.Join(ids, ", ") + "."}
}

// debuggers are those of a deployment.
func (s *server) debuggers() map[string]*sandbox.Debugger {
	if s.Debug == nil {
		return nil
	}
	d := *s.Debug
	return map[string]*sandbox.Debugger{d.Function: {Program: d.Program, Address: d.Address, Waiting: func() {
		s.Live.Event("%s waits for a debugger at %s", d.Function, d.Address)
	}}}
}

// provision starts the function under the debugger without waiting for an event: somebody wants to step through INIT,
// and has to know when the debugger can be reached.
func (s *server) provision() {
	if s.Debug == nil {
		return
	}
	d, id := s.current, s.Debug.Function
	d.later.Go(func() {
		f, err := d.stack().Function(id)
		if err != nil {
			return // the template was looked at before
		}
		i, err := f.Provision(d.ctx)
		switch {
		case d.ctx.Err() != nil:
		case err != nil:
			s.Live.Event("%s was not started: %v", id, err)
		case i.InitCompleted || i.Inits == 0:
			s.Live.Event("%s waits for events", id)
		default:
			s.Live.Invocation(id, "INIT did not end well:", i, nil)
		}
	})
}
