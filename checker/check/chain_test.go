package check

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

func TestChains(t *testing.T) {
	t.Parallel()
	checks := []Check{{ID: "a"}, {ID: "b"}, {ID: "c", After: "a"}, {ID: "d", After: "c"}, {ID: "e", After: "b"}, {ID: "f", Alone: true}, {ID: "g", After: "f"}}
	assert.Equal(t, [][]int{{0, 2, 3}, {1, 4}, {6}}, chains(checks, func(Check) bool { return true }))
	assert.Equal(t, [][]int{{0}, {1}, {3}}, chains(checks, func(c Check) bool { return c.ID < "c" || c.ID == "d" }), "one that is not wanted leaves nothing")
	assert.Empty(t, chains(checks, func(Check) bool { return false }))
}

// visits are what the checks of a chain found, each time that they were run.
type visits struct {
	mu    sync.Mutex
	warm  map[string][]bool
	names map[string][]string // of the table
}

// visit invokes the echo function, and notes whether it was warm.
func (v *visits) visit(t *T) *Reply {
	reply := echo(t, todo{Calls: 1, Return: []byte(`{"statusCode":200}`)})
	v.mu.Lock()
	defer v.mu.Unlock()
	v.warm[t.check.ID] = append(v.warm[t.check.ID], !reply.ColdStart)
	v.names[t.check.ID] = append(v.names[t.check.ID], t.Table("ItemsTable").Name())
	return reply
}

func newVisits() *visits { return &visits{warm: map[string][]bool{}, names: map[string][]string{}} }

func verdicts(r LessonResult) (all []Verdict) {
	for _, c := range r.Checks {
		all = append(all, c.Verdict)
	}
	return all
}

func TestAChainGoesOnOnTheStackOfWhatHasPassed(t *testing.T) {
	t.Parallel()
	v, own, s := newVisits(), t.TempDir(), newSpy()
	r := run0(t, tiny(
		Check{ID: "first", Run: func(t *T) {
			v.visit(t).Status(200)
			t.Table("ItemsTable").Put(stack.Item{"id": "kettle"})
			t.Inject("", wire.Deny()) // and nobody heals it
		}},
		Check{ID: "apart", Run: func(t *T) { v.visit(t).Status(200) }},
		Check{ID: "second", After: "first", Run: func(t *T) {
			reply := v.visit(t)
			if reply.Calls()[0].Status != 200 {
				t.Fail(Finding{Got: "a fault of the check before"})
			}
		}},
		Check{ID: "third", After: "second", Run: func(t *T) {
			v.visit(t)
			if t.Table("ItemsTable").Find("id", "kettle") == nil {
				t.Fail(Finding{Got: "nothing of the first check"})
			}
		}},
	), keeping(own), with(s))
	assert.Equal(t, []Verdict{Passed, Passed, Passed, Passed}, verdicts(r), "%+v", r)
	assert.Equal(t, map[string][]bool{"first": {false}, "apart": {false}, "second": {true}, "third": {true}}, v.warm)
	assert.Equal(t, v.names["first"], v.names["third"])
	assert.NotEqual(t, v.names["first"], v.names["apart"])
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}

func TestWhatDoesNotPassOnAnothersStackIsRunOnItsOwn(t *testing.T) {
	t.Parallel()
	v := newVisits()
	r := run0(t, tiny(
		Check{ID: "first", Run: func(t *T) { t.Table("ItemsTable").Put(stack.Item{"id": "kettle"}) }},
		Check{ID: "disturbed", After: "first", Run: func(t *T) {
			v.visit(t)
			if len(t.Table("ItemsTable").Items()) > 0 {
				t.Fail(Finding{Got: "items of another check"})
			}
		}},
		Check{ID: "wrong", After: "disturbed", Run: func(t *T) { v.visit(t).Status(404) }},
		Check{ID: "behind", After: "wrong", Run: func(t *T) { v.visit(t).Status(200) }},
	))
	assert.Equal(t, []Verdict{Passed, Passed, Failed, Passed}, verdicts(r), "%+v", r)
	assert.Equal(t, map[string][]bool{"disturbed": {false, false}, "wrong": {true, false}, "behind": {false}}, v.warm)
	assert.NotEqual(t, v.names["wrong"][0], v.names["wrong"][1])
	assert.Contains(t, r.Checks[2].Finding.Evidence[0], v.names["wrong"][1], "what is told is of its own stack")
}

func TestACheckThatAsksForSomethingElseHasAStackOfItsOwn(t *testing.T) {
	t.Parallel()
	v := newVisits()
	r := run0(t, tiny(
		Check{ID: "first", Run: func(t *T) { v.visit(t) }},
		Check{ID: "small", After: "first", Run: func(t *T) {
			t.MaxTimeout(time.Second)
			v.visit(t)
		}},
		Check{ID: "behind", After: "small", Run: func(t *T) { v.visit(t) }},
		Check{ID: "looks-at-nothing", After: "behind", Run: func(*T) {}},
		Check{ID: "last", After: "looks-at-nothing", Run: func(t *T) { v.visit(t) }},
	))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.Equal(t, map[string][]bool{"first": {false}, "small": {false}, "behind": {false}, "last": {false}}, v.warm)
}

func TestAStackThatACheckHasAlteredIsNotHandedOn(t *testing.T) {
	t.Parallel()
	v := newVisits()
	r := run0(t, tiny(
		Check{ID: "later", Run: func(t *T) {
			v.visit(t)
			t.Advance(time.Hour)
		}},
		Check{ID: "longer", After: "later", Run: func(t *T) {
			v.visit(t)
			t.Function("EchoFunction").FullTimeout()
		}},
		Check{ID: "last", After: "longer", Run: func(t *T) { v.visit(t) }},
	))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.Equal(t, map[string][]bool{"later": {false}, "longer": {false}, "last": {false}}, v.warm)
}

func TestWhatWasNotPassedLeavesNothing(t *testing.T) {
	t.Parallel()
	v := newVisits()
	r := run0(t, tiny(
		Check{ID: "first", Run: func(t *T) { v.visit(t) }},
		Check{ID: "skipped", After: "first", Run: func(t *T) {
			v.visit(t)
			panic(hopeless("INIT does not end"))
		}},
		Check{ID: "slow", After: "skipped", Run: func(t *T) {
			v.visit(t)
			t.notes.timedOut = true
		}},
		Check{ID: "last", After: "slow", Run: func(t *T) { v.visit(t) }},
	))
	assert.Equal(t, []Verdict{Passed, Skipped, Passed, Passed}, verdicts(r), "%+v", r)
	assert.Equal(t, map[string][]bool{"first": {false}, "skipped": {true}, "slow": {false}, "last": {false}}, v.warm)
}

func TestTheOneCheckThatIsWantedHasAStackOfItsOwn(t *testing.T) {
	t.Parallel()
	v := newVisits()
	r := run0(t, tiny(
		Check{ID: "first", Run: func(t *T) { v.visit(t) }},
		Check{ID: "second", After: "first", Run: func(t *T) { v.visit(t) }},
	), only("second"))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.Equal(t, map[string][]bool{"second": {false}}, v.warm)
}

func TestNoStackOfAChainIsLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	own, s := t.TempDir(), newSpy()
	var tables []string
	r := Run(ctx, tiny(
		Check{ID: "first", Run: func(t *T) { tables = append(tables, t.Table("ItemsTable").Name()) }},
		Check{ID: "interrupted", After: "first", Run: func(t *T) {
			cancel()
			echo(t, todo{Return: []byte(`{}`)})
		}},
		Check{ID: "never", After: "interrupted", Run: func(t *T) { tables = append(tables, t.Table("ItemsTable").Name()) }},
	), Options{Root: module, Dir: lessons, State: own, Seed: 1, Open: func(context.Context, []backend.Service) (backend.Backend, error) { return s, nil }})
	require.Equal(t, Errored, r.Verdict)
	assert.Len(t, tables, 1)
	assert.Empty(t, left(t, filepath.Join(own, "run")))
}
