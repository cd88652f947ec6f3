package check

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/stack"
)

// attempts is how often a check is run, at most, if this machine stood still meanwhile, or the backend did.
const attempts = 3

// checks runs the checks side by side, and tells their results in order.
func (r *run) checks(ctx context.Context, work string) {
	r.still = watchStandstill()
	defer r.still.end()
	done := make([]bool, len(r.lesson.Checks))
	told := 0
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(affordable(atOnce))
	wanted := func(c Check) bool {
		return (r.options.Only == "" || r.options.Only == c.ID) && (!r.options.SkipWaits || c.Waits == "")
	}
	for n, c := range r.lesson.Checks {
		done[n] = !wanted(c)
	}
	run := func(n int, from *stack.Stack, handsOn bool) (left *stack.Stack) {
		c := r.lesson.Checks[n]
		result, left := r.one(ctx, c, filepath.Join(work, c.ID), from, handsOn)
		mu.Lock()
		defer mu.Unlock()
		r.result.Checks[n], done[n] = result, true
		for ; told < len(done) && done[told]; told++ {
			next := r.result.Checks[told]
			silent := next.Verdict == Skipped && next.Reason == "" // it was not wanted
			// What an interrupt has cut off is no error that anybody should read.
			if r.options.Checked != nil && !silent && ctx.Err() == nil {
				r.options.Checked(next)
			}
		}
		return left
	}
	for _, chain := range chains(r.lesson.Checks, wanted) {
		group.Go(func() error {
			var left *stack.Stack
			for k, n := range chain {
				left = run(n, left, k+1 < len(chain))
			}
			return nil
		})
	}
	_ = group.Wait() // results are kept, not returned
	quiet := sync.OnceFunc(func() {
		if r.options.Alone != nil {
			r.options.Alone()
		}
	})
	for n, c := range r.lesson.Checks {
		if wanted(c) && c.Alone {
			quiet()
			alone.Lock()
			run(n, nil, false)
			alone.Unlock()
		}
	}
}

// alone is held by the check of this process that measures.
var alone sync.Mutex

// one runs a check: on the stack from, which another has left, if there is one. What does not pass there is run on a stack of its
// own. The stack that is left is for the next; nil is none.
//
// What does not pass while this machine or the backend stands still, or does after a
// timeout, is run again: it says nothing about the code. Short pauses, as on a machine that is very busy,
// are no excuse for code that fails each time.
func (r *run) one(ctx context.Context, c Check, dir string, from *stack.Stack, handsOn bool) (result Result, left *stack.Stack) {
	begin := time.Now()
	defer func() { result.Seconds = seconds(time.Since(begin)) }()
	if from != nil {
		var saw notes
		result, saw, left = r.attempt(ctx, c, dir+"-warm", from, handsOn)
		if left != from {
			r.closed(from, &result)
		}
		if sure(result, saw) || ctx.Err() != nil {
			return result, left
		}
	}
	var stoodLongest, slowest time.Duration
	for n := 1; ; n++ {
		before := r.still.look()
		var saw notes
		result, saw, left = r.attempt(ctx, c, fmt.Sprintf("%s-%d", dir, n), nil, handsOn)
		stood := r.still.look() - before
		if saw.slowest < pause {
			saw.slowest = 0
		}
		if sure(result, saw) || stood == 0 && saw.slowest == 0 || ctx.Err() != nil {
			if result.Verdict == Failed && saw.hung != "" {
				r.hangs.found(saw.hung)
			}
			return result, left
		}
		stoodLongest, slowest = max(stoodLongest, stood), max(slowest, saw.slowest)
		if n < attempts {
			continue
		}
		if problem := r.unfit(stoodLongest, slowest); problem != "" {
			result.Verdict, result.Finding, result.Error = Errored, nil, problem
		}
		return result, left
	}
}

// sure tells whether neither this machine nor another check can have to do with a result. A check may pass because something
// timed out, as when that is another check's requirement.
func sure(result Result, saw notes) bool {
	return result.Verdict == Passed && !saw.timedOut || result.Verdict == Skipped
}

// unfit says why nothing can be judged on a machine that stood still, or with a backend that took so long to
// answer; "" if that was too short to be an excuse.
func (r *run) unfit(stood, slow time.Duration) string {
	const consequence = "Deadlines passed meanwhile that no code could have kept. "
	switch {
	case stood >= absence && stood >= slow:
		return fmt.Sprintf("this machine, or the checker alone, stood still for %.1f s in the middle, and did so each of the %d times "+
			"that the check was run. "+consequence+"Check again when the machine is awake and has less to do.", stood.Seconds(), attempts)
	case slow >= absence:
		return fmt.Sprintf("the %s backend took %.1f s to answer a call, and was too slow each of the %d times that the check was run. "+
			consequence+"Check again when the machine has less to do; `checker down` removes containers, so that new ones are started.",
			r.backend.Name(), slow.Seconds(), attempts)
	}
	return ""
}

// attempt runs a check once: on the stack from, which stays the caller's, or on one of its own. A stack is left if handsOn says
// that somebody wants it, and the check has passed.
func (r *run) attempt(ctx context.Context, c Check, dir string, from *stack.Stack, handsOn bool) (result Result, saw notes, left *stack.Stack) {
	result = Result{ID: c.ID, Requirement: c.Requirement, Severity: c.severity(), Verdict: Errored}
	if ctx.Err() != nil {
		result.Error = context.Cause(ctx).Error()
		return result, notes{}, nil
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		result.Error = withNext(err)
		return result, notes{}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, checkLimit, errCheckLimit)
	defer cancel()
	t := newT(ctx, c, r.options.Seed, func(o stack.Options) (*stack.Stack, error) {
		o.Template, o.Binaries, o.InPlace, o.Backend, o.Dir = r.template, r.binaries, true, r.backend, dir
		o.Name = "lesson-" + r.lesson.ID // a stack's name begins with a letter
		return stack.Deploy(ctx, o)
	})
	t.deployReference = func(files fs.FS, n int) (*stack.Stack, error) {
		return r.deployReference(ctx, filepath.Join(dir, fmt.Sprintf("reference-%d", n)), stack.Options{Seed: r.options.Seed}, files)
	}
	t.hangs, t.warm = &r.hangs, from
	verdictOf(t, c, &result)
	result.Measures = t.measures
	if err := r.backend.Err(); err != nil {
		result.Verdict, result.Error, result.Finding = Errored, err.Error(), nil
	}
	if result.Verdict == Failed {
		if err := writable(dir); err != nil { // so the functions could not write, either
			result.Verdict, result.Error, result.Finding = Errored, withNext(err), nil
		}
	}
	for _, s := range t.references {
		r.closed(s, &result)
	}
	if t.stack != nil {
		t.notes.slowest = max(t.notes.slowest, t.stack.SlowestCall())
	}
	if handsOn && result.Verdict == Passed && !t.notes.timedOut {
		left = t.leaves()
	}
	if t.stack != left && t.stack != from {
		r.closed(t.stack, &result)
	}
	for _, d := range t.downstream {
		d.service.Close()
	}
	return result, t.notes, left
}

// verdictOf runs the check's function and tells how it ended.
func verdictOf(t *T, c Check, result *Result) {
	defer func() {
		switch end := recover().(type) {
		case nil: // it has passed, or it ended its goroutine
		case failure:
			if err := t.unsupported(); err != nil {
				result.Error = withNext(limit(err))
				return
			}
			result.Verdict, result.Finding = Failed, &end.Finding
		case hopeless:
			result.Verdict, result.Reason = Skipped, string(end)
		case fault:
			result.Error = withNext(end.error)
		default:
			result.Error = fmt.Sprintf("the check %s itself is broken: %v\n%s", c.ID, end, debug.Stack())
		}
	}()
	c.Run(t)
	result.Verdict = Passed
}
