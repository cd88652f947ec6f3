package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// Limits of a run.
const (
	// atOnce is how many checks run side by side, at most. They wait far more than they compute.
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
	// Alike is the State of an earlier run of the same lesson from another directory: what is the same there is not
	// linked again. "" is none.
	Alike string
	// Open opens the backend. It is called while the functions are built. The run closes it.
	Open backend.Opener
	// Confirm opens a second backend, on which all checks run again if the lesson is passed; see [Confirmation]. Nil
	// does without. It is called when the checks have passed, or, if Likely says that they probably will, beside
	// Open. The run closes this backend, too.
	Confirm backend.Opener
	Likely  bool
	// Seed decides everything that is random, so that a run can be repeated.
	Seed uint64
	// Only is the id of the one check to run; "" runs all.
	Only string
	// SkipWaits skips the checks that order something to be waited for, to measure what the rest costs.
	SkipWaits bool
	// Alone is called once, before the first check that measures, and returns when nothing runs beside this run any more.
	// Nil has nobody to ask.
	Alone func()
	// Built is told when the build has ended, and Checked each result in the order of the lesson, as
	// soon as all before it are known. Nil is told nothing.
	Built   func(BuildResult)
	Checked func(Result)
}

// errCheckLimit is why the context of a check ends that takes too long.
var errCheckLimit = fmt.Errorf("the check took longer than %v and was given up", checkLimit)

// Run checks a lesson. It does not fail: what goes wrong is in the result.
func Run(ctx context.Context, l Lesson, o Options) LessonResult { return RunOn(ctx, l, o)[0] }

// RunOn checks a lesson, and then, with the same binaries, on other backends, whatever came of it before. It returns a result
// for each of them, that of [Run] first. A lesson that has nothing in any backend is run once.
func RunOn(ctx context.Context, l Lesson, o Options, others ...Other) []LessonResult {
	r := &run{begin: time.Now(), lesson: l, options: o, others: others, result: LessonResult{Lesson: l.ID, Number: l.Number, Build: BuildResult{Verdict: Skipped}}}
	r.result.Checks = notRun(l)
	err := r.toEnd(ctx)
	if len(r.elsewhere) == 0 {
		r.result.Seconds = seconds(time.Since(r.begin))
	}
	r.result.conclude(err)
	all := []LessonResult{r.result}
	for n := range others {
		if n >= len(r.elsewhere) { // nothing could be run anywhere
			without := r.result
			without.Checks = notRun(l)
			r.elsewhere = append(r.elsewhere, without)
		}
		all = append(all, r.elsewhere[n])
	}
	return all
}

// conclude says what came of the lesson as a whole.
func (l *LessonResult) conclude(err error) {
	switch {
	case err != nil:
		l.Verdict, l.Error = Errored, withNext(err)
	case l.Build.Verdict == Failed:
		l.Verdict = Failed
	default:
		l.Verdict = l.verdict()
	}
}

type run struct {
	begin   time.Time
	lesson  Lesson
	options Options
	result  LessonResult

	template *sam.Template
	services []backend.Service // that the template asks for
	binaries map[string]string
	backend  backend.Backend
	second   *opening    // nil until it is wanted
	still    *standstill // while checks run
	hangs    hangs

	others    []Other
	elsewhere []LessonResult // of those of the others that were reached
}

func (r *run) toEnd(ctx context.Context) (err error) {
	dir := filepath.Join(r.options.Dir, r.lesson.ID)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no such directory; --dir says where the numbered lesson directories are", dir)
	}
	if err := errors.Join(nameable(r.options.Root), nameable(dir)); err != nil {
		return err
	}
	if err := loopback(ctx); err != nil {
		return err
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
	defer func() {
		if r.second != nil {
			err = errors.Join(err, r.second.close())
		}
	}()
	if err != nil || r.result.Build.Verdict != Passed {
		return err
	}
	r.checks(ctx, work.Path)
	if ctx.Err() == nil {
		r.confirm(ctx, work.Path)
	}
	r.result.Seconds = seconds(time.Since(r.begin)) // without the other backends
	for n, other := range r.others {
		if ctx.Err() == nil {
			r.elsewhere = append(r.elsewhere, r.on(ctx, other, filepath.Join(work.Path, fmt.Sprintf("elsewhere-%d", n))))
		}
	}
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
	case errors.As(err, &problems) && problems.Limits():
		return limit(r.asSeen(problems))
	case errors.As(err, &problems):
		r.built(BuildResult{Verdict: Failed, Template: true, Seconds: seconds(time.Since(begin)), Output: r.asSeen(problems).Error()})
		return nil
	case errors.Is(err, fs.ErrNotExist):
		r.built(BuildResult{Verdict: Failed, Template: true, Output: err.Error()})
		return nil
	case err != nil:
		return err
	}
	if err := stack.Supported(template); err != nil {
		return limit(err)
	}
	if problems := withoutCode(template, dir); len(problems) > 0 {
		r.built(BuildResult{Verdict: Failed, Template: true, Seconds: seconds(time.Since(begin)), Output: r.asSeen(problems).Error()})
		return nil
	}
	r.template, r.services = template, stack.Services(template)

	if r.options.Confirm != nil && r.options.Likely && len(confirmable(template)) > 0 {
		r.second = r.open(ctx, r.options.Confirm)
	}
	// Not errgroup's context: a build that fails does not cut off the backend's start, nor the reverse.
	var opening errgroup.Group
	opening.Go(func() (err error) {
		r.backend, err = r.options.Open(ctx, r.services)
		return err
	})
	opening.Go(func() error {
		sandbox.Prepare(work)
		return nil
	})
	builder := &sandbox.Builder{Root: r.options.Root, Cache: filepath.Join(r.options.State, "build")}
	if r.options.Alike != "" {
		builder.Alike = filepath.Join(r.options.Alike, "build")
	}
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

// asSeen has problems name the template as the compiler would.
func (r *run) asSeen(problems sam.Problems) sam.Problems {
	for n := range problems {
		problems[n].File = below(r.options.Root, problems[n].File)
	}
	return problems
}

// limit says of what a template has that it is the checker that does not know it.
func limit(of error) error {
	return fmt.Errorf("%w\nThis may be right on AWS: the checker does not know it, so it cannot tell whether the lesson is passed.\n"+
		"Leave it out to check the lesson, and put it back before you deploy", of)
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

// below is a path as the compiler writes those of the course: relative to its root, if it is in it.
func below(root, path string) string {
	if relative, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(relative) {
		return relative
	}
	return path
}
