package check

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
)

// spy is a backend that can be watched, and that can be gone.
type spy struct {
	backend.Backend
	gone   atomic.Pointer[error]
	closed atomic.Int32
}

func newSpy() *spy { return &spy{Backend: embedded.New()} }

func (s *spy) open(context.Context, []backend.Service) (backend.Backend, error) { return s, nil }

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
