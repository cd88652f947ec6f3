package check

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

// turns counts who waits for a turn, and who has ended it.
type turns struct{ begun, ended atomic.Int32 }

func (c *turns) turn() (end func()) {
	c.begun.Add(1)
	return func() { c.ended.Add(1) }
}

// onTwo runs a lesson on a first backend and on another one.
func onTwo(t *testing.T, l Lesson, first *spy, other backend.Opener, c *turns, changes ...func(*Options)) (r, there LessonResult, builds int) {
	t.Helper()
	o := Options{Root: module, Dir: lessons, State: state, Open: first.open, Seed: 1, Built: func(BuildResult) { builds++ }}
	for _, change := range changes {
		change(&o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	all := RunOn(ctx, l, o, Other{Open: other, Turn: c.turn})
	require.Len(t, all, 2)
	assert.Equal(t, c.begun.Load(), c.ended.Load())
	return all[0], all[1], builds
}

func TestALessonIsCheckedElsewhereWhateverCameOfItBefore(t *testing.T) {
	t.Parallel()
	first, second := newSpy(), newSpy()
	var runs, told atomic.Int32
	l := tiny(
		Check{ID: "differs", Run: func(t *T) {
			if runs.Add(1) == 2 {
				t.Fail(Finding{Got: "what is so elsewhere"})
			}
		}},
		Check{ID: "fails", Run: func(t *T) { t.Fail(Finding{Got: "what is so everywhere"}) }},
		Check{ID: "invokes", Run: func(t *T) { echo(t, todo{}).Answered() }},
	)
	c := &turns{}
	r, there, builds := onTwo(t, l, first, second.open, c, func(o *Options) { o.Checked = func(Result) { told.Add(1) } })
	assert.Equal(t, 1, builds)
	assert.Equal(t, int32(3), told.Load(), "of the first backend only")
	verdicts := func(r LessonResult) (all []Verdict) {
		assert.Empty(t, r.Error)
		assert.Equal(t, Passed, r.Build.Verdict)
		assert.Equal(t, Failed, r.Verdict)
		for _, c := range r.Checks {
			all = append(all, c.Verdict)
		}
		return all
	}
	assert.Equal(t, []Verdict{Passed, Failed, Passed}, verdicts(r))
	assert.Equal(t, []Verdict{Failed, Failed, Passed}, verdicts(there))
	assert.Equal(t, int32(1), first.closed.Load())
	assert.Equal(t, int32(1), second.closed.Load())
	assert.Equal(t, int32(1), c.ended.Load())
}

func TestABackendElsewhereThatCannotBeOpenedIsItsOwnError(t *testing.T) {
	t.Parallel()
	r, there, _ := onTwo(t, tiny(Check{ID: "a", Run: func(*T) {}}), newSpy(),
		func(context.Context, []backend.Service) (backend.Backend, error) { return nil, errors.New("no Docker") }, &turns{})
	assert.Equal(t, Passed, r.Verdict)
	assert.Equal(t, Errored, there.Verdict)
	assert.Equal(t, "no Docker", there.Error)
	assert.Equal(t, []Result{{ID: "a", Severity: Must, Verdict: Skipped}}, there.Checks)
}

func TestNothingIsOpenedElsewhereForCodeThatDoesNotBuild(t *testing.T) {
	t.Parallel()
	dir := submission(t, map[string]string{"template.yaml": oneFunction, "echo/main.go": "package main\n\nfunc main() { undefinedThing() }\n"})
	c := &turns{}
	r, there, _ := onTwo(t, tiny(Check{ID: "a"}), newSpy(), func(context.Context, []backend.Service) (backend.Backend, error) {
		panic("not to be opened")
	}, c, in(dir), keeping(t.TempDir()))
	assert.Equal(t, Failed, r.Build.Verdict)
	assert.Equal(t, r, there)
	assert.Zero(t, c.begun.Load())
}
