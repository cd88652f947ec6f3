package check

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/scratch"
	"example.com/serverless-patterns/checker/stack"
)

const (
	module  = "../.."
	lessons = "testdata/lessons"
	tinyID  = "90-tiny"

	// patience is the deadline of everything that a test waits for.
	patience = 30 * time.Second
)

// state is a State that tests share, for the binaries that are kept there.
var state string

// closing is what ends with the tests.
var closing []func()

func TestMain(m *testing.M) {
	scratch.Main(m, &state, func() {
		for _, f := range closing {
			f()
		}
	})
}

// shared is the tiny lesson, deployed once for all tests that only look at it.
var shared = sync.OnceValues(func() (*stack.Stack, error) {
	dir := filepath.Join(lessons, tinyID)
	template, err := sam.Load(filepath.Join(dir, "template.yaml"))
	if err != nil {
		return nil, err
	}
	work := filepath.Join(state, "shared")
	if err := os.Mkdir(work, 0o755); err != nil {
		return nil, err
	}
	builder := &sandbox.Builder{Root: module, Cache: filepath.Join(state, "build")}
	binaries, err := builder.Build(context.Background(),
		sandbox.Source{Dir: dir, Place: "lessons/" + tinyID, Functions: codeURIs(template)}, work)
	if err != nil {
		return nil, err
	}
	b := embedded.New()
	s, err := stack.Deploy(context.Background(), stack.Options{
		Template: template, Binaries: binaries, Backend: b, Dir: work, Name: tinyID, Seed: 1,
	})
	if err != nil {
		return nil, err
	}
	closing = append(closing, func() {
		_ = s.Close()
		_ = b.Close()
	})
	return s, nil
})

// on is a T on the shared deployment.
func on(t *testing.T, c Check) *T {
	t.Helper()
	s, err := shared()
	require.NoError(t, err)
	return newT(t.Context(), c, 1, func(stack.Options) (*stack.Stack, error) { return s, nil })
}

// end runs f as the function of a check, and tells how the check ended.
func end(t *testing.T, c Check, f func(*T)) Result {
	t.Helper()
	c.Run = f
	result := Result{ID: c.ID, Severity: c.severity(), Verdict: Errored}
	under := on(t, c)
	verdictOf(under, c, &result)
	result.Measures = under.measures
	return result
}

// finding runs f as the function of a check that must fail, and returns why it did.
func finding(t *testing.T, c Check, f func(*T)) Finding {
	t.Helper()
	result := end(t, c, f)
	require.Equal(t, Failed, result.Verdict, result.Error)
	require.NotNil(t, result.Finding)
	return *result.Finding
}

// replyOf is a reply to an invocation that never was.
func replyOf(t *T, i *sandbox.Invocation) *Reply {
	f := t.Function("EchoFunction")
	return &Reply{t: t, did: "invoked EchoFunction with a test", function: f.function, Invocation: i}
}

// answering is an invocation that was answered with a payload.
func answering(payload string) *sandbox.Invocation {
	return &sandbox.Invocation{TraceID: "of no call", Outcome: sandbox.Answered, Payload: []byte(payload)}
}

// failing is an invocation with an error object.
func failing(outcome sandbox.Outcome, object string) *sandbox.Invocation {
	return &sandbox.Invocation{
		TraceID: "of no call", InitCompleted: true, Outcome: outcome, FunctionError: "Unhandled", Payload: []byte(object), Timeout: 3 * time.Second,
	}
}

// todo is the echo function's event.
type todo struct {
	Return json.RawMessage `json:",omitempty"`
	Log    []string        `json:",omitempty"`
	Calls  int             `json:",omitempty"`
	Error  string          `json:",omitempty"`
	Panic  string          `json:",omitempty"`
	Exit   int             `json:",omitempty"`
	Hang   bool            `json:",omitempty"`
}

// echo asks the echo function.
func echo(t *T, what todo) *Reply {
	data, err := json.Marshal(what)
	if err != nil {
		t.fault(err)
	}
	return t.Function("EchoFunction").Invoke(Event{Words: "a test", JSON: data})
}

// fixture is a lesson that each test deploys for itself. Its function is built once.
type fixture struct {
	id    string
	build func() (map[string]string, error)
}

// newFixture is a lesson below testdata, with its one function.
func newFixture(id, function string) fixture {
	return fixture{id, sync.OnceValues(func() (map[string]string, error) {
		work := filepath.Join(state, id)
		if err := os.Mkdir(work, 0o755); err != nil {
			return nil, err
		}
		builder := &sandbox.Builder{Root: module, Cache: filepath.Join(state, "build")}
		return builder.Build(context.Background(),
			sandbox.Source{Dir: filepath.Join(lessons, id), Place: "lessons/" + id, Functions: []string{function}}, work)
	})}
}

// on is a T on a deployment of its own, whose template is changed first.
func (f fixture) on(t *testing.T, c Check, changes ...string) *T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(lessons, f.id, "template.yaml"))
	require.NoError(t, err)
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if len(changes) > 0 {
		require.NotEqual(t, string(text), changed)
	}
	template, err := sam.Parse("template.yaml", []byte(changed))
	require.NoError(t, err)
	binaries, err := f.build()
	require.NoError(t, err)
	b := embedded.New()
	dir := t.TempDir()
	var deployed *stack.Stack
	t.Cleanup(func() {
		if deployed != nil {
			assert.NoError(t, deployed.Close())
		}
		assert.NoError(t, b.Close())
	})
	return newT(t.Context(), c, 1, func(o stack.Options) (s *stack.Stack, err error) {
		o.Template, o.Binaries, o.Backend, o.Dir, o.Name = template, binaries, b, dir, "lesson"
		deployed, err = stack.Deploy(t.Context(), o)
		return deployed, err
	})
}
