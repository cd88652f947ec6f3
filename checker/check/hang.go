package check

import (
	"fmt"
	"sync"

	"example.com/serverless-patterns/checker/sandbox"
)

// hangs are the functions of a run whose INIT is known not to end. Each check that meets one would wait
// for 10 s, and then for the function's timeout, only to find the same. The zero value knows none. It is
// safe for concurrent use.
type hangs struct{ functions sync.Map }

// hopeless is how a check ends early, by panic, that cannot be met and need not be tried.
type hopeless string

// found notes that a check failed because a function did not get through INIT.
func (h *hangs) found(function string) { h.functions.Store(function, true) }

func (h *hangs) known(function string) bool {
	_, ok := h.functions.Load(function)
	return ok
}

// giveUp ends the check if another one has found that the function does not get through INIT, although
// nothing was in its way.
func (f *Function) giveUp() {
	if f.t.hangs.known(f.function.LogicalID) {
		panic(hopeless(fmt.Sprintf("INIT of %s does not end", f.function.LogicalID)))
	}
}

// noteHang notes an invocation that was waited for in vain because INIT did not end. It counts if the
// check then fails. INIT without a variable, or while AWS calls fail, says nothing about other checks.
func (f *Function) noteHang(i *sandbox.Invocation) {
	usual := f.t.options.Variables == nil && f.t.conditions == ""
	if usual && i.Outcome == sandbox.TimedOut && !i.InitCompleted {
		f.t.notes.hung = f.function.LogicalID
	}
}
