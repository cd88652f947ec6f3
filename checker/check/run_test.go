package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/stack"
)

// spy is a backend that can be watched, and that can be gone.
type spy struct {
	backend.Backend
	gone   atomic.Pointer[error]
	closed atomic.Int32
}

func newSpy() *spy { return &spy{Backend: embedded.New()} }

func (s *spy) open(context.Context) (backend.Backend, error) { return s, nil }

func (s *spy) Err() error {
	if err := s.gone.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *spy) Close() error {
	s.closed.Add(1)
	return s.Backend.Close()
}

func tiny(checks ...Check) Lesson {
	return Lesson{Number: 90, ID: tinyID, Title: "The tiny lesson", Checks: checks}
}

// run0 runs a lesson of the testdata on an embedded backend, unless the options are changed.
func run0(t *testing.T, l Lesson, changes ...func(*Options)) LessonResult {
	t.Helper()
	o := Options{Root: module, Dir: lessons, State: state, Open: newSpy().open, Seed: 1}
	for _, change := range changes {
		change(&o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return Run(ctx, l, o)
}

func only(id string) func(*Options)       { return func(o *Options) { o.Only = id } }
func in(dir string) func(*Options)        { return func(o *Options) { o.Dir = dir } }
func keeping(state string) func(*Options) { return func(o *Options) { o.State = state } }
func with(s *spy) func(*Options)          { return func(o *Options) { o.Open = s.open } }

// submission is a lessons directory outside of the module, with one lesson of these files.
func submission(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, tinyID, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// oneFunction is a template that has no more than a function.
const oneFunction = `Transform: AWS::Serverless-2016-10-31
Resources:
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: echo/
`

// left is what is in a directory, or below State/run.
func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestRunChecksALesson(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	var built []BuildResult
	var told []Result
	r := run0(t, tiny(
		Check{ID: "passes", Requirement: "It answers", Run: func(t *T) { echo(t, todo{Return: []byte(`{"statusCode":200}`)}).Status(200) }},
		Check{ID: "fails", Requirement: "It answers otherwise", Why: "why", Next: "next", Run: func(t *T) {
			echo(t, todo{Calls: 1, Return: []byte(`{"statusCode":200}`)}).Status(404)
		}},
		Check{ID: "could", Requirement: "It might answer", Severity: Should, Run: func(t *T) { t.Fail(Finding{Got: "less"}) }},
	), keeping(own), with(s), func(o *Options) {
		o.Built = func(b BuildResult) { built = append(built, b) }
		o.Checked = func(r Result) { told = append(told, r) }
	})

	assert.Equal(t, "90-tiny", r.Lesson)
	assert.Equal(t, 90, r.Number)
	assert.Equal(t, Failed, r.Verdict)
	assert.Empty(t, r.Error)
	assert.Positive(t, r.Seconds)
	assert.Equal(t, Passed, r.Build.Verdict, r.Build.Output)
	assert.Positive(t, r.Build.Seconds)
	assert.Equal(t, []BuildResult{r.Build}, built)
	assert.Equal(t, r.Checks, told)

	require.Len(t, r.Checks, 3)
	passes, fails, could := r.Checks[0], r.Checks[1], r.Checks[2]
	assert.Equal(t, Result{ID: "passes", Requirement: "It answers", Severity: Must, Verdict: Passed, Seconds: passes.Seconds}, passes)
	assert.Equal(t, Failed, fails.Verdict)
	require.NotNil(t, fails.Finding)
	assert.Equal(t, "invoked EchoFunction with a test", fails.Finding.Did)
	assert.Equal(t, `status 200, body ""`, fails.Finding.Got)
	assert.Equal(t, "status 404", fails.Finding.Want)
	assert.Equal(t, "why", fails.Finding.Why)
	assert.Equal(t, "next", fails.Finding.Next)
	require.Len(t, fails.Finding.Evidence, 2)
	assert.Regexp(t, `^call: DynamoDB GetItem on lesson-90-tiny-ItemsTable-[A-Z2-7]{13}, id=nobody: 200, no item$`, fails.Finding.Evidence[0])
	assert.Equal(t, Should, could.Severity)
	assert.Equal(t, Failed, could.Verdict)

	assert.Equal(t, int32(1), s.closed.Load(), "the run closes its backend once")
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestAShouldThatFailsDoesNotFailTheLesson(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(
		Check{ID: "passes", Run: func(*T) {}},
		Check{ID: "could", Severity: Should, Run: func(t *T) { t.Fail(Finding{}) }},
	))
	assert.Equal(t, Passed, r.Verdict, r.Error)
	require.NotNil(t, r.FirstFailure())
	assert.Equal(t, "could", r.FirstFailure().ID)
}

func TestABrokenCheckIsAnErrorAndTheOthersRun(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(
		Check{ID: "broken", Run: func(*T) { panic("a bug") }},
		Check{ID: "passes", Run: func(t *T) { echo(t, todo{}).Answered() }},
	))
	assert.Equal(t, Errored, r.Verdict)
	assert.Contains(t, r.Checks[0].Error, "the check broken itself is broken: a bug")
	assert.Equal(t, Passed, r.Checks[1].Verdict)
}

func TestOnlyRunsOneCheck(t *testing.T) {
	t.Parallel()
	var told []string
	must := func(*T) { panic("this one is not to be run") }
	r := run0(t, tiny(
		Check{ID: "first", Run: must},
		Check{ID: "second", Run: must},
		Check{ID: "third", Run: func(*T) {}},
	), only("third"), func(o *Options) { o.Checked = func(r Result) { told = append(told, r.ID) } })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	assert.Equal(t, []Verdict{Skipped, Skipped, Passed}, []Verdict{r.Checks[0].Verdict, r.Checks[1].Verdict, r.Checks[2].Verdict})
	assert.Equal(t, []string{"third"}, told)
}

func TestSkipWaitsLeavesOutWhatOrdersAWait(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(
		Check{ID: "waits", Waits: "a deadline", Run: func(*T) { panic("this one is not to be run") }},
		Check{ID: "does-not", Run: func(*T) {}},
	), func(o *Options) { o.SkipWaits = true })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	assert.Equal(t, []Verdict{Skipped, Passed}, []Verdict{r.Checks[0].Verdict, r.Checks[1].Verdict})
}

// The check that runs ends while the ones behind it are still being passed over: -race sees to it.
func TestOnlyRunsACheckInFrontOfManyOthers(t *testing.T) {
	t.Parallel()
	checks := []Check{{ID: "first", Run: func(*T) {}}}
	for n := range 2000 {
		checks = append(checks, Check{ID: fmt.Sprint(n)})
	}
	var told []string
	r := run0(t, tiny(checks...), only("first"), func(o *Options) { o.Checked = func(r Result) { told = append(told, r.ID) } })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	assert.Equal(t, []string{"first"}, told)
}

func TestNothingIsPassedWhenNothingWasRun(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "first", Run: func(*T) {}}), only("unknown"))
	assert.Equal(t, Skipped, r.Verdict)
}

func TestResultsAreToldInTheOrderOfTheLessonAsSoonAsTheyCan(t *testing.T) {
	t.Parallel()
	const n = 4
	var mu sync.Mutex
	var told []string
	ended := make([]chan struct{}, n+1)
	for k := range ended {
		ended[k] = make(chan struct{})
	}
	close(ended[n])
	firstTold := make(chan struct{})
	await := func(t *T, c <-chan struct{}) {
		select {
		case <-c:
		case <-time.After(patience / 2):
			t.Fail(Finding{Got: "nothing"})
		}
	}
	// The second to the fourth end in the opposite order; the first is told before the second is over.
	checks := []Check{{ID: "0", Run: func(*T) {}}}
	for k := 1; k < n; k++ {
		checks = append(checks, Check{ID: fmt.Sprint(k), Run: func(t *T) {
			await(t, firstTold)
			await(t, ended[k+1])
			close(ended[k])
		}})
	}
	r := run0(t, tiny(checks...), func(o *Options) {
		o.Checked = func(r Result) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, r.ID)
			if r.ID == "0" {
				close(firstTold)
			}
		}
	})
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.Equal(t, []string{"0", "1", "2", "3"}, told)
}

func TestChecksRunSideBySideButNotAllAtOnce(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	full := make(chan struct{})
	body := func(t *T) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == atOnce {
			close(full)
		}
		select {
		case <-full:
		case <-time.After(patience / 2):
			t.Fail(Finding{Got: "fewer at once"})
		}
	}
	var checks []Check
	for n := range 3 * atOnce {
		checks = append(checks, Check{ID: fmt.Sprint(n), Run: func(t *T) {
			// Once full has been closed, the count goes on below the limit.
			select {
			case <-full:
				if n := now.Add(1); n > atOnce {
					t.Fail(Finding{Got: "more at once"})
				}
			default:
				body(t)
			}
			now.Add(-1)
		}})
	}
	r := run0(t, tiny(checks...))
	assert.Equal(t, Passed, r.Verdict, "%+v", r.FirstFailure())
	assert.Equal(t, int32(atOnce), most.Load())
}

func TestEachCheckHasAStackOfItsOwn(t *testing.T) {
	t.Parallel()
	names := make([]string, 2)
	both := new(sync.WaitGroup)
	both.Add(2)
	use := func(n int) func(*T) {
		return func(t *T) {
			t.Table("ItemsTable").Put(stack.Item{"id": "a"})
			names[n] = t.Table("ItemsTable").Name()
			both.Done()
			both.Wait()
		}
	}
	r := run0(t, tiny(Check{ID: "a", Run: use(0)}, Check{ID: "b", Run: use(1)}))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.NotEqual(t, names[0], names[1])
}

func TestACodeThatDoesNotBuildFailsInTheCompilersWords(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	dir := submission(t, map[string]string{
		"template.yaml": oneFunction,
		"echo/main.go":  "package main\n\nfunc main() { undefinedThing() }\n",
	})
	var built []BuildResult
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), in(dir), keeping(own), with(s),
		func(o *Options) { o.Built = func(b BuildResult) { built = append(built, b) } })
	assert.Equal(t, Failed, r.Verdict)
	assert.Empty(t, r.Error, "the learner's code is no fault of the checker")
	assert.Equal(t, Failed, r.Build.Verdict)
	assert.Contains(t, r.Build.Output, "main.go:3:15: undefined: undefinedThing")
	assert.Equal(t, []BuildResult{r.Build}, built)
	assert.Equal(t, []Result{{ID: "a", Severity: Must, Verdict: Skipped}}, r.Checks)
	assert.Equal(t, int32(1), s.closed.Load(), "the backend had been started beside the build")
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestABuildErrorIsShownAlsoWhenTheBackendDoesNotStart(t *testing.T) {
	t.Parallel()
	dir := submission(t, map[string]string{"template.yaml": oneFunction, "echo/main.go": "package main\n"})
	r := run0(t, tiny(Check{ID: "a"}), in(dir), func(o *Options) {
		o.Open = func(context.Context) (backend.Backend, error) { return nil, errors.New("no Docker") }
	})
	assert.Equal(t, Failed, r.Verdict)
	assert.Contains(t, r.Build.Output, "function main is undeclared")
	assert.Empty(t, r.Error)
}

func TestABackendThatDoesNotStartIsAnError(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), func(o *Options) {
		o.Open = func(context.Context) (backend.Backend, error) { return nil, errors.New("no Docker") }
	})
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, "no Docker", r.Error)
	assert.Equal(t, Passed, r.Build.Verdict)
	assert.Equal(t, Skipped, r.Checks[0].Verdict)
}

func TestABackendThatIsGoneSaysNothingAboutTheCode(t *testing.T) {
	t.Parallel()
	s := newSpy()
	gone := errors.New("the container was stopped")
	r := run0(t, tiny(Check{ID: "a", Run: func(t *T) {
		s.gone.Store(&gone)
		t.Fail(Finding{Got: "nothing"})
	}}), with(s))
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, Result{ID: "a", Severity: Must, Verdict: Errored, Seconds: r.Checks[0].Seconds, Error: "the container was stopped"}, r.Checks[0])
}

func TestATemplateWithProblemsIsTheLearnersAndNothingIsStarted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files  map[string]string
		output string
	}{
		"a problem":    {map[string]string{"template.yaml": "Resources:\n  A:\n    Type: AWS::Serverless::Functoin\n"}, "template.yaml:3:"},
		"no YAML":      {map[string]string{"template.yaml": "Resources: ["}, "template.yaml:2:1: not valid YAML"},
		"no template":  {map[string]string{"echo/main.go": "package main\n"}, "template.yaml: no such file or directory"},
		"no directory": {map[string]string{"template.yaml": oneFunction}, "no such directory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run0(t, tiny(Check{ID: "a", Run: func(*T) { panic("not to be run") }}), in(submission(t, test.files)))
			assert.Equal(t, Failed, r.Verdict, r.Error)
			assert.Equal(t, Failed, r.Build.Verdict)
			assert.Contains(t, r.Build.Output, test.output)
			assert.Equal(t, Skipped, r.Checks[0].Verdict)
		})
	}
}

func TestALessonThatIsNotThereIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	own, dir := t.TempDir(), t.TempDir()
	r := run0(t, tiny(Check{ID: "a"}), in(dir), keeping(own))
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, filepath.Join(dir, tinyID)+": there is no such directory; --dir says where the numbered lesson directories are", r.Error)
	assert.Equal(t, Skipped, r.Build.Verdict)
	assert.Equal(t, []Result{{ID: "a", Severity: Must, Verdict: Skipped}}, r.Checks)
	assert.Empty(t, left(t, own), "nothing was begun")
}

func TestARunThatIsCancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	done := make(chan LessonResult, 1)
	go func() {
		done <- Run(ctx, tiny(
			Check{ID: "hangs", Run: func(t *T) { echo(t, todo{Hang: file}).Answered() }},
			Check{ID: "passes", Run: func(*T) {}},
		), Options{Root: module, Dir: lessons, State: own, Open: s.open, Seed: 1})
	}()
	var pid int
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(string(data))
		return err == nil
	}, patience, 5*time.Millisecond, "the function was never invoked")
	require.NoError(t, syscall.Kill(pid, 0), "the function's process is under way")
	assert.Len(t, left(t, filepath.Join(own, "run")), 2, "a directory and its lock")

	cancel(errors.New("interrupted by the user"))
	select {
	case r := <-done:
		assert.Equal(t, Errored, r.Verdict, "only what ran to its end can have passed")
		assert.Equal(t, "interrupted by the user", r.Error)
		assert.Equal(t, Errored, r.Checks[0].Verdict)
		assert.Contains(t, r.Checks[0].Error, "interrupted by the user")
		assert.Equal(t, Passed, r.Checks[1].Verdict)
	case <-time.After(patience):
		require.Fail(t, "the run goes on")
	}
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH, "the function's process is gone")
	assert.Empty(t, left(t, filepath.Join(own, "run")))
	assert.Equal(t, int32(1), s.closed.Load())
}

func TestARunThatIsCancelledBeforeItBeginsIsAnError(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Run(ctx, tiny(Check{ID: "a", Run: func(*T) {}}), Options{Root: module, Dir: lessons, State: own, Open: newSpy().open})
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, Skipped, r.Checks[0].Verdict)
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestTwoRunsOfALessonAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	var group sync.WaitGroup
	verdicts := make([]LessonResult, 3)
	for n := range verdicts {
		group.Go(func() {
			verdicts[n] = run0(t, tiny(Check{ID: "a", Run: func(t *T) { echo(t, todo{Calls: 1}).Answered() }}), keeping(own))
		})
	}
	group.Wait()
	for _, r := range verdicts {
		assert.Equal(t, Passed, r.Verdict, "%+v", r)
	}
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestACheckThatEndsItsGoroutineHasNotPassed(t *testing.T) {
	t.Parallel()
	ended := make(chan Result)
	go func() {
		result := Result{Verdict: Errored}
		defer func() { ended <- result }()
		c := Check{Run: func(*T) { runtime.Goexit() }} // as FailNow of package testing does
		verdictOf(newT(context.Background(), c, 1, nil), c, &result)
	}()
	assert.Equal(t, Errored, (<-ended).Verdict)
}
