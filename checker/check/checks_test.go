package check

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/stack"
)

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

func TestSkipWaitsLeavesOutWhatOrdersAWait(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(
		Check{ID: "waits", Waits: "a deadline", Run: func(*T) { panic("this one is not to be run") }},
		Check{ID: "does-not", Run: func(*T) {}},
	), func(o *Options) { o.SkipWaits = true })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	assert.Equal(t, []Verdict{Skipped, Passed}, []Verdict{r.Checks[0].Verdict, r.Checks[1].Verdict})
}
