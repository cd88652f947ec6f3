package check

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARunThatIsCancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	table, invoked := make(chan string, 1), make(chan *Function, 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	done := make(chan LessonResult, 1)
	go func() {
		done <- Run(ctx, tiny(
			Check{ID: "hangs", Run: func(t *T) {
				table <- t.Table("ItemsTable").Name()
				invoked <- t.Function("EchoFunction")
				echo(t, todo{Calls: 1, Hang: true}).Answered()
			}},
			Check{ID: "passes", Run: func(*T) {}},
		), Options{Root: module, Dir: lessons, State: own, Open: s.open, Seed: 1})
	}()
	f := <-invoked
	require.Eventually(t, func() bool { return f.Connections() > 0 }, patience, 5*time.Millisecond, "the function was never invoked")
	name := <-table
	require.NotEmpty(t, functionsOf(t, name), "the function's process is under way")
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
	assert.Empty(t, functionsOf(t, name), "the function's process is gone")
	assert.Empty(t, left(t, filepath.Join(own, "run")))
	assert.Equal(t, int32(1), s.closed.Load())
}

// functionsOf are the processes that this one has started with the name of a table in a variable.
func functionsOf(t *testing.T, table string) []int32 {
	t.Helper()
	children, err := (&process.Process{Pid: int32(os.Getpid())}).Children() //nolint:gosec // process ids fit
	require.NoError(t, err)
	var pids []int32
	for _, child := range children {
		// One that ends meanwhile has none.
		if environ, _ := child.Environ(); slices.Contains(environ, "TABLE_NAME="+table) {
			pids = append(pids, child.Pid)
		}
	}
	return pids
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
