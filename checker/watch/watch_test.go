package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/check"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

// bench is a loop at work on a directory with one file, whose text is the verdict.
type bench struct {
	t      *testing.T
	file   string
	states chan State
	again  chan struct{}
	slow   chan struct{} // told by each run of a file that says "slow", which then waits to be abandoned
	last   chan State
	cancel context.CancelFunc
}

func newBench(t *testing.T, text string, once bool) *bench {
	t.Helper()
	b := &bench{
		t: t, file: filepath.Join(t.TempDir(), "lesson", "main.go"), states: make(chan State, 1000), again: make(chan struct{}),
		slow: make(chan struct{}), last: make(chan State, 1),
	}
	require.NoError(t, os.Mkdir(filepath.Dir(b.file), 0o755))
	b.save(text)
	l := &Loop{Dir: filepath.Dir(b.file), Check: b.check, Tell: func(s State) { b.states <- s }, Again: b.again, Once: once, Interval: time.Millisecond}
	ctx, cancel := context.WithCancel(t.Context())
	b.cancel = cancel
	go func() { b.last <- l.Run(ctx) }()
	t.Cleanup(cancel)
	return b
}

func (b *bench) save(text string) {
	b.t.Helper()
	require.NoError(b.t, os.WriteFile(b.file, []byte(text), 0o600))
}

// check says what the file says.
func (b *bench) check(ctx context.Context, built func(check.BuildResult), checked func(check.Result)) check.LessonResult {
	text, err := os.ReadFile(b.file)
	if err != nil {
		return check.LessonResult{Verdict: check.Errored, Error: err.Error()}
	}
	build := check.BuildResult{Verdict: check.Passed}
	if string(text) == "slow" {
		b.slow <- struct{}{}
		<-ctx.Done()
		return check.LessonResult{Verdict: check.Errored, Error: "interrupted"}
	}
	built(build)
	r := check.Result{ID: string(text), Verdict: check.Verdict(text)}
	checked(r)
	return check.LessonResult{Verdict: check.Verdict(text), Build: build, Checks: []check.Result{r}}
}

// until returns the first state that is as wanted.
func (b *bench) until(what string, wanted func(State) bool) State {
	b.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case s := <-b.states:
			if wanted(s) {
				return s
			}
		case <-limit:
			require.FailNow(b.t, "not seen: "+what)
		}
	}
}

func (b *bench) verdict(v check.Verdict) State {
	b.t.Helper()
	return b.until(string(v), func(s State) bool { return s.Ended() && s.Result.Verdict == v })
}

func (b *bench) over() State {
	b.t.Helper()
	select {
	case s := <-b.last:
		return s
	case <-time.After(patience):
		require.FailNow(b.t, "the loop goes on")
		panic("not reached")
	}
}

func TestASaveIsCheckedAndToldAsItIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t, "failed", false)
	begun := <-b.states
	assert.Equal(t, State{Run: 1}, begun)
	assert.NotNil(t, (<-b.states).Build)
	found := <-b.states
	assert.Equal(t, "failed", found.Results[0].ID)
	assert.False(t, found.Ended())
	assert.False(t, b.verdict(check.Failed).Passed())

	b.save("passed")
	s := b.verdict(check.Passed)
	assert.Equal(t, 2, s.Run)
	assert.Equal(t, []string{b.file}, s.Changed)
	assert.True(t, s.Passed())
	b.cancel()
	assert.Equal(t, s, b.over())
}

func TestASaveDuringARunAbandonsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, "slow", false)
	<-b.slow
	b.save("failed")
	s := b.until("an end", State.Ended)
	assert.Equal(t, 2, s.Run, "what the first run found is told, of a file that is no more")
	assert.Equal(t, check.Failed, s.Result.Verdict)
}

func TestAFileThatIsEmptyForAMomentIsNotChecked(t *testing.T) {
	t.Parallel()
	b := newBench(t, "failed", false)
	b.verdict(check.Failed)
	require.NoError(t, os.Remove(b.file))
	b.save("")
	b.save("passed")
	assert.Equal(t, check.Passed, b.until("an end", State.Ended).Result.Verdict)
}

func TestADirectoryMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, "passed", false)
	b.verdict(check.Passed)
	away := filepath.Dir(b.file) + ".away"
	require.NoError(t, os.Rename(filepath.Dir(b.file), away))
	assert.Contains(t, b.verdict(check.Errored).Result.Error, "no such file")
	require.NoError(t, os.Rename(away, filepath.Dir(b.file)))
	b.verdict(check.Passed)
}

func TestARunCanBeAskedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, "failed", false)
	b.verdict(check.Failed)
	b.again <- struct{}{}
	s := b.verdict(check.Failed)
	assert.Equal(t, 2, s.Run)
	assert.Empty(t, s.Changed)
}

func TestOnceEndsWhenTheLessonIsPassed(t *testing.T) {
	t.Parallel()
	b := newBench(t, "failed", true)
	b.verdict(check.Failed)
	b.save("passed")
	assert.True(t, b.over().Passed())
}

func TestTheEndOfTheContextAbandonsTheRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, "slow", true)
	<-b.slow
	b.cancel()
	assert.False(t, b.over().Ended())
}
