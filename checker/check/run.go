package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// Limits of a run.
const (
	// atOnce is how many checks run side by side. They wait far more than they compute.
	atOnce = 8
	// checkLimit is when a check is given up. It is a fault of the checker: every wait of a check has a
	// shorter limit of its own.
	checkLimit = 2 * time.Minute
)

// Options say what to check, and with what.
type Options struct {
	// Root is the course's module.
	Root string
	// Dir is where the numbered lesson directories are.
	Dir string
	// State is where the checker keeps files between runs: .workshop.
	State string
	// Open opens the backend. It is called while the functions are built. The run closes it.
	Open func(context.Context) (backend.Backend, error)
	// Seed decides everything that is random, so that a run can be repeated.
	Seed uint64
	// Only is the id of the one check to run; "" runs all.
	Only string
	// SkipWaits skips the checks that order something to be waited for, to measure what the rest costs.
	SkipWaits bool
	// Built is told when the build has ended, and Checked each result in the order of the lesson, as
	// soon as all before it are known. Nil is told nothing.
	Built   func(BuildResult)
	Checked func(Result)
}

// errCheckLimit is why the context of a check ends that takes too long.
var errCheckLimit = fmt.Errorf("the check took longer than %v and was given up", checkLimit)

// Run checks a lesson. It does not fail: what goes wrong is in the result.
func Run(ctx context.Context, l Lesson, o Options) LessonResult {
	begin := time.Now()
	r := &run{lesson: l, options: o, result: LessonResult{Lesson: l.ID, Number: l.Number, Build: BuildResult{Verdict: Skipped}}}
	for _, c := range l.Checks {
		r.result.Checks = append(r.result.Checks, Result{ID: c.ID, Requirement: c.Requirement, Severity: c.severity(), Verdict: Skipped})
	}
	err := r.toEnd(ctx)
	switch {
	case err != nil:
		r.result.Verdict, r.result.Error = Errored, err.Error()
	case r.result.Build.Verdict == Failed:
		r.result.Verdict = Failed
	default:
		r.result.Verdict = r.result.verdict()
	}
	r.result.Seconds = seconds(time.Since(begin))
	return r.result
}

type run struct {
	lesson  Lesson
	options Options
	result  LessonResult

	template *sam.Template
	binaries map[string]string
	backend  backend.Backend
}

func (r *run) toEnd(ctx context.Context) (err error) {
	dir := filepath.Join(r.options.Dir, r.lesson.ID)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no such directory; --dir says where the numbered lesson directories are", dir)
	}
	work, err := NewWorkdir(filepath.Join(r.options.State, "run"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.Remove()) }()

	err = r.prepare(ctx, dir, work.Path)
	if r.backend != nil {
		defer func() { err = errors.Join(err, r.backend.Close()) }()
	}
	if err != nil || r.result.Build.Verdict != Passed {
		return err
	}
	r.checks(ctx, work.Path)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// prepare reads the template, and builds the functions while the backend starts.
func (r *run) prepare(ctx context.Context, dir, work string) error {
	begin := time.Now()
	template, err := sam.Load(filepath.Join(dir, "template.yaml"))
	var problems sam.Problems
	switch {
	case errors.As(err, &problems):
		r.built(BuildResult{Verdict: Failed, Seconds: seconds(time.Since(begin)), Output: problems.Error()})
		return nil
	case errors.Is(err, fs.ErrNotExist):
		r.built(BuildResult{Verdict: Failed, Output: err.Error()})
		return nil
	case err != nil:
		return err
	}
	if err := stack.Supported(template); err != nil {
		return err
	}
	r.template = template

	// Not errgroup's context: a build that fails does not cut off the backend's start, nor the reverse.
	var opening errgroup.Group
	opening.Go(func() (err error) {
		r.backend, err = r.options.Open(ctx)
		return err
	})
	builder := &sandbox.Builder{Root: r.options.Root, Cache: filepath.Join(r.options.State, "build")}
	r.binaries, err = builder.Build(ctx, sandbox.Source{Dir: dir, Place: "lessons/" + r.lesson.ID, Functions: codeURIs(template)}, work)
	var failed *sandbox.BuildError
	switch {
	case errors.As(err, &failed):
		// The compiler's words do not wait for the backend, and its troubles do not matter now.
		r.built(BuildResult{Verdict: Failed, Seconds: seconds(time.Since(begin)), Output: failed.Error()})
		_ = opening.Wait()
		return nil
	case err == nil:
		r.built(BuildResult{Verdict: Passed, Seconds: seconds(time.Since(begin))})
	}
	return errors.Join(err, opening.Wait())
}

func (r *run) built(b BuildResult) {
	r.result.Build = b
	if r.options.Built != nil {
		r.options.Built(b)
	}
}

func codeURIs(t *sam.Template) []string {
	var all []string
	for _, f := range t.Functions {
		if !slices.Contains(all, f.CodeUri) {
			all = append(all, f.CodeUri)
		}
	}
	return all
}

// checks runs the checks side by side, and tells their results in order.
func (r *run) checks(ctx context.Context, work string) {
	done := make([]bool, len(r.lesson.Checks))
	told := 0
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(atOnce)
	wanted := func(c Check) bool {
		return (r.options.Only == "" || r.options.Only == c.ID) && (!r.options.SkipWaits || c.Waits == "")
	}
	for n, c := range r.lesson.Checks {
		done[n] = !wanted(c)
	}
	for n, c := range r.lesson.Checks {
		if !wanted(c) {
			continue
		}
		group.Go(func() error {
			result := r.one(ctx, c, filepath.Join(work, c.ID))
			mu.Lock()
			defer mu.Unlock()
			r.result.Checks[n], done[n] = result, true
			for ; told < len(done) && done[told]; told++ {
				// What an interrupt has cut off is no error that anybody should read.
				if r.options.Checked != nil && r.result.Checks[told].Verdict != Skipped && ctx.Err() == nil {
					r.options.Checked(r.result.Checks[told])
				}
			}
			return nil
		})
	}
	_ = group.Wait() // results are kept, not returned
}

// one runs a check on a stack of its own.
func (r *run) one(ctx context.Context, c Check, dir string) (result Result) {
	begin := time.Now()
	result = Result{ID: c.ID, Requirement: c.Requirement, Severity: c.severity(), Verdict: Errored}
	defer func() { result.Seconds = seconds(time.Since(begin)) }()
	if ctx.Err() != nil {
		result.Error = context.Cause(ctx).Error()
		return result
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		result.Error = err.Error()
		return result
	}
	ctx, cancel := context.WithTimeoutCause(ctx, checkLimit, errCheckLimit)
	defer cancel()
	t := newT(ctx, c, r.options.Seed, func(o stack.Options) (*stack.Stack, error) {
		o.Template, o.Binaries, o.Backend, o.Dir = r.template, r.binaries, r.backend, dir
		o.Name = "lesson-" + r.lesson.ID // a stack's name begins with a letter
		return stack.Deploy(ctx, o)
	})
	verdictOf(t, c, &result)
	if err := r.backend.Err(); err != nil {
		result.Verdict, result.Error, result.Finding = Errored, err.Error(), nil
	}
	if t.stack != nil {
		if err := t.stack.Close(); err != nil && result.Verdict == Passed {
			result.Verdict, result.Error = Errored, err.Error()
		}
	}
	return result
}

// verdictOf runs the check's function and tells how it ended.
func verdictOf(t *T, c Check, result *Result) {
	defer func() {
		switch end := recover().(type) {
		case nil: // it has passed, or it ended its goroutine
		case failure:
			result.Verdict, result.Finding = Failed, &end.Finding
		case fault:
			result.Error = end.Error()
		default:
			result.Error = fmt.Sprintf("the check %s itself is broken: %v\n%s", c.ID, end, debug.Stack())
		}
	}()
	c.Run(t)
	result.Verdict = Passed
}
