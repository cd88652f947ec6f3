package check

import (
	"cmp"
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
	run := func(n int, c Check) {
		result := r.one(ctx, c, filepath.Join(work, c.ID))
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
	}
	for n, c := range r.lesson.Checks {
		if wanted(c) && !c.Alone {
			group.Go(func() error {
				run(n, c)
				return nil
			})
		}
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
			run(n, c)
			alone.Unlock()
		}
	}
}

// alone is held by the check of this process that measures.
var alone sync.Mutex

// one runs a check. What does not pass while this machine or the backend stands still, or does after a
// timeout, is run again: it says nothing about the code. Short pauses, as on a machine that is very busy,
// are no excuse for code that fails each time.
func (r *run) one(ctx context.Context, c Check, dir string) (result Result) {
	begin := time.Now()
	defer func() { result.Seconds = seconds(time.Since(begin)) }()
	var stoodLongest, slowest time.Duration
	for n := 1; ; n++ {
		before := r.still.look()
		var saw notes
		result, saw = r.attempt(ctx, c, fmt.Sprintf("%s-%d", dir, n))
		stood := r.still.look() - before
		if saw.slowest < pause {
			saw.slowest = 0
		}
		// A check may pass because something timed out, as when that is another check's requirement.
		sure := result.Verdict == Passed && !saw.timedOut || result.Verdict == Skipped
		if sure || stood == 0 && saw.slowest == 0 || ctx.Err() != nil {
			if result.Verdict == Failed && saw.hung != "" {
				r.hangs.found(saw.hung)
			}
			return result
		}
		stoodLongest, slowest = max(stoodLongest, stood), max(slowest, saw.slowest)
		if n < attempts {
			continue
		}
		if problem := r.unfit(stoodLongest, slowest); problem != "" {
			result.Verdict, result.Finding, result.Error = Errored, nil, problem
		}
		return result
	}
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

// attempt runs a check once, on a stack of its own.
func (r *run) attempt(ctx context.Context, c Check, dir string) (Result, notes) {
	result := Result{ID: c.ID, Requirement: c.Requirement, Severity: c.severity(), Verdict: Errored}
	if ctx.Err() != nil {
		result.Error = context.Cause(ctx).Error()
		return result, notes{}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		result.Error = withNext(err)
		return result, notes{}
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
	t.hangs = &r.hangs
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
		if err := s.Close(); err != nil && result.Verdict == Passed {
			result.Verdict, result.Error = Errored, withNext(err)
		}
	}
	if t.stack != nil {
		t.notes.slowest = max(t.notes.slowest, t.stack.SlowestCall())
		if err := t.stack.Close(); err != nil && result.Verdict == Passed {
			result.Verdict, result.Error = Errored, withNext(cmp.Or(r.backend.Err(), err)) // the cause before what comes of it
		}
	}
	for _, d := range t.downstream {
		d.service.Close()
	}
	return result, t.notes
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
