package check

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

// second is a spy that has another name, by which a check can tell which look it is.
type second struct{ *spy }

func (second) Name() string { return "second" }

func confirming(s *spy, opened *atomic.Int32) func(*Options) {
	return func(o *Options) {
		o.Confirm = func(context.Context, []backend.Service) (backend.Backend, error) {
			opened.Add(1)
			return second{s}, nil
		}
	}
}

// looks tells at which look of a check it is. Checks are run again only if something stood still.
type looks struct{ n atomic.Int32 }

func (l *looks) second() bool { return l.n.Add(1) > 1 }

func TestALessonThatIsPassedIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	own, s := t.TempDir(), newSpy()
	var opened, ran atomic.Int32
	var told []Result
	r := run0(t, tiny(
		Check{ID: "a", Run: func(t *T) {
			ran.Add(1)
			echo(t, todo{Calls: 1, Return: []byte(`{"statusCode":200}`)}).Status(200)
		}},
		Check{ID: "b", Severity: Should, Run: func(t *T) { t.Fail(Finding{Got: "less"}) }},
	), keeping(own), confirming(s, &opened), func(o *Options) { o.Checked = func(r Result) { told = append(told, r) } })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	require.NotNil(t, r.Confirmation)
	assert.Equal(t, Confirmation{Backend: "second", Services: []backend.Service{backend.DynamoDB}, Verdict: Passed, Seconds: r.Confirmation.Seconds}, *r.Confirmation)
	assert.True(t, r.Confirmed())
	assert.EqualValues(t, 2, ran.Load())
	assert.Len(t, told, 2, "each result is told once")
	assert.EqualValues(t, 1, opened.Load())
	assert.EqualValues(t, 1, s.closed.Load())
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestALessonThatIsNotPassedIsNot(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Lesson{
		"failed":  tiny(Check{ID: "a", Run: func(t *T) { t.Fail(Finding{}) }}),
		"errored": tiny(Check{ID: "a", Run: func(*T) { panic("broken") }}),
		"skipped": tiny(Check{ID: "a", Waits: "long", Run: func(*T) {}}),
	} {
		var opened atomic.Int32
		r := run0(t, l, confirming(newSpy(), &opened), func(o *Options) { o.SkipWaits = true })
		assert.Zero(t, opened.Load(), name)
		assert.Nil(t, r.Confirmation, name)
		assert.False(t, r.Confirmed(), name)
	}
}

func TestALessonThatKeepsNothingInTablesAndQueuesHasNothingToConfirm(t *testing.T) {
	t.Parallel()
	dir := submission(t, map[string]string{"template.yaml": oneFunction, "echo/main.go": "package main\n\nfunc main() {}\n"})
	var opened atomic.Int32
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) {}}), in(dir), confirming(newSpy(), &opened), func(o *Options) { o.Likely = true })
	assert.Equal(t, Passed, r.Verdict, r.Error)
	assert.Nil(t, r.Confirmation)
	assert.Zero(t, opened.Load())
}

func TestWhereTheSecondLookSaysOtherwiseItIsTheLastWordAndBothAreKept(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	var must, should looks
	r := run0(t, tiny(
		Check{ID: "same", Run: func(*T) {}},
		Check{ID: "must", Run: func(t *T) {
			if must.second() {
				t.Fail(Finding{Got: "what the second says"})
			}
		}},
		Check{ID: "should", Severity: Should, Run: func(t *T) {
			if !should.second() {
				t.Fail(Finding{Got: "what the first says"})
			}
		}},
	), confirming(newSpy(), &opened))
	assert.Equal(t, Failed, r.Verdict)
	assert.False(t, r.Confirmed())
	require.NotNil(t, r.Confirmation)
	assert.Equal(t, Failed, r.Confirmation.Verdict)
	assert.Equal(t, "what the second says", r.FirstFailure().Finding.Got)
	require.Len(t, r.Confirmation.Disagreements, 2)
	first, other := r.Confirmation.Disagreements[0], r.Confirmation.Disagreements[1]
	assert.Equal(t, []Verdict{Passed, Failed, Failed, Passed}, []Verdict{first.First.Verdict, first.Second.Verdict, other.First.Verdict, other.Second.Verdict})
	assert.Equal(t, []Result{first.Second, other.Second}, r.Checks[1:])
	assert.Equal(t, "what the first says", other.First.Finding.Got)
}

func TestASecondBackendThatCannotBeOpenedIsNoFault(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) {}}), func(o *Options) {
		o.Confirm = func(context.Context, []backend.Service) (backend.Backend, error) { return nil, errors.New("no Docker") }
	})
	assert.Equal(t, Passed, r.Verdict)
	assert.False(t, r.Confirmed())
	assert.Equal(t, Confirmation{Services: []backend.Service{backend.DynamoDB}, Verdict: Skipped, Seconds: r.Confirmation.Seconds, Reason: "no Docker"}, *r.Confirmation)
}

func TestASecondBackendThatDiesLeavesTheFirstVerdict(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	var look looks
	s := newSpy()
	r := run0(t, tiny(
		Check{ID: "a", Requirement: "It answers", Run: func(*T) {
			if look.second() {
				gone := errors.New("the container was stopped")
				s.gone.Store(&gone)
			}
		}},
	), confirming(s, &opened))
	assert.Equal(t, Passed, r.Verdict)
	assert.Equal(t, Passed, r.Checks[0].Verdict)
	assert.Equal(t, Errored, r.Confirmation.Verdict)
	assert.Equal(t, "the container was stopped", r.Confirmation.Error)
	assert.Empty(t, r.Confirmation.Disagreements)
	assert.EqualValues(t, 1, s.closed.Load())
}

// Likely opens the second backend while the functions are built, and gives it up if it is not needed after all.
func TestWhatWillProbablyBeNeededIsOpenedEarly(t *testing.T) {
	t.Parallel()
	likely := func(o *Options) { o.Likely = true }
	t.Run("needed", func(t *testing.T) {
		t.Parallel()
		var opened atomic.Int32
		s := newSpy()
		r := run0(t, tiny(Check{ID: "a", Run: func(*T) {}}), confirming(s, &opened), likely)
		assert.True(t, r.Confirmed())
		assert.EqualValues(t, 1, opened.Load())
		assert.EqualValues(t, 1, s.closed.Load())
	})
	t.Run("not needed", func(t *testing.T) {
		t.Parallel()
		begun := make(chan struct{})
		var ended atomic.Bool
		r := run0(t, tiny(Check{ID: "a", Run: func(t *T) {
			<-begun
			t.Fail(Finding{})
		}}), likely, func(o *Options) {
			o.Confirm = func(ctx context.Context, _ []backend.Service) (backend.Backend, error) {
				close(begun)
				<-ctx.Done() // as a container that takes its time
				ended.Store(true)
				return nil, ctx.Err()
			}
		})
		assert.Equal(t, Failed, r.Verdict)
		assert.Empty(t, r.Error)
		assert.True(t, ended.Load(), "nothing goes on after the run")
	})
	t.Run("not needed, and open", func(t *testing.T) {
		t.Parallel()
		var opened atomic.Int32
		s := newSpy()
		r := run0(t, tiny(Check{ID: "a", Run: func(t *T) { t.Fail(Finding{}) }}), confirming(s, &opened), likely)
		assert.Equal(t, Failed, r.Verdict)
		assert.EqualValues(t, 1, s.closed.Load())
	})
}

func TestAnInterruptDuringTheSecondLookIsAnInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newSpy()
	r := Run(ctx, tiny(Check{ID: "a", Run: func(*T) {}}), Options{
		Root: module, Dir: lessons, State: state, Open: newSpy().open, Seed: 1,
		Confirm: func(context.Context, []backend.Service) (backend.Backend, error) {
			cancel()
			return second{s}, nil
		},
	})
	assert.Equal(t, Errored, r.Verdict)
	assert.EqualValues(t, 1, s.closed.Load())
}
