package check

import (
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// Reply is an invocation that has ended, or the response of an API.
type Reply struct {
	// Invocation is never nil; it is empty if an API's function was not invoked, or has not ended yet.
	*sandbox.Invocation

	t        *T
	did      string
	function *stack.Function // nil if there was no invocation
	front    *front          // nil if no API is involved
	about    string          // what requests to services must have in them to be this invocation's; "" if that is not known
}

// Calls are the AWS calls of the invocation.
func (r *Reply) Calls() []wire.Call {
	if r.function == nil {
		return nil
	}
	return r.function.Calls(r.Invocation)
}

// Fail ends the check with what was sent in this invocation, and its evidence.
func (r *Reply) Fail(f Finding) {
	if f.Did == "" {
		f.Did = r.did
	}
	if f.Evidence == nil {
		f.Evidence = append(r.t.Picture(), r.Evidence()...)
	}
	r.past(&f)
	r.t.Fail(f)
}
