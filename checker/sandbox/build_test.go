package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func build(t *testing.T, s Source) (map[string]string, error) {
	t.Helper()
	b := &Builder{Root: module, Cache: filepath.Join(cache, "builds")}
	return b.Build(t.Context(), s, t.TempDir())
}

func run1(t *testing.T, binary string) *Invocation {
	t.Helper()
	return invoke(t, deploy(t, func(c *Config) { c.Binary = binary }), request{Do: "echo", Text: "the probe"})
}

func TestFunctionsWithTheSameNameAreKeptApart(t *testing.T) {
	t.Parallel()
	built, err := build(t, Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe", "other/probe"}})
	require.NoError(t, err)
	assert.Equal(t, "the probe", decode[string](t, run1(t, built["probe"])))
	assert.Equal(t, "the other one", decode[string](t, run1(t, built["other/probe"])))
}

func TestACompileErrorIsTheCompilersOwn(t *testing.T) {
	t.Parallel()
	_, err := build(t, Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"broken"}})
	var failed *BuildError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Output, filepath.Join(functions, "broken", "main.go")+":3:15: undefined: undefined")
}

func TestWhatIsNotAFunctionIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	for function, want := range map[string]string{
		"library": "a Lambda function in Go is a `package main`; none is here",
		"absent":  "the template's CodeUri leads here, but there is no such directory",
	} {
		_, err := build(t, Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{function}})
		var failed *BuildError
		require.ErrorAs(t, err, &failed)
		assert.Contains(t, failed.Output, want)
	}
}

func TestADirectoryOutsideTheModule(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "with a space and ü")
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	source := Source{Dir: dir, Place: functions, Functions: []string{"probe"}}

	write("probe/main.go", `package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func() (string, error) { return answer, nil }) }
`)
	write("probe/answer.go", "package main\n\nconst answer = `from outside`\n")
	built, err := build(t, source)
	require.NoError(t, err)
	assert.Equal(t, "from outside", decode[string](t, run1(t, built["probe"])))

	// A later build that fails returns nothing of the earlier one, and names the user's own file.
	write("probe/answer.go", "package main\n\nconst answer = 1 +\n")
	built, err = build(t, source)
	var failed *BuildError
	require.ErrorAs(t, err, &failed)
	assert.Empty(t, built)
	assert.Contains(t, failed.Output, filepath.Join(dir, "probe", "answer.go")+":4:1: syntax error")

	write("probe/answer.go", "package main\n")
	_, err = build(t, source)
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Output, "undefined: answer", "the course's own files do not count")

	write("probe/answer.go", "package main\n\nimport \"nowhere.example/answer\"\n")
	_, err = build(t, source)
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Output, filepath.Join(dir, "probe", "answer.go")+":3:8: no required module provides package")
}

// The go command says that the main module does not contain the package, which is true and no help.
func TestAModuleOfTheLearnersOwnIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"probe/main.go": "package main\n\nfunc main() {}\n",
		"probe/go.mod":  "module probe\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	at := &located{dir: dir, place: functions}
	const said = "main module (example.com/serverless-patterns) does not contain package example.com/serverless-patterns/" + functions + "/probe\n"
	assert.Equal(t, functions+"/probe/go.mod: the course is one module, and this file makes another one of its directory: remove it\n",
		at.modules([]string{"probe"}, said))
	assert.Empty(t, at.modules([]string{"probe"}, "probe/main.go:3:1: undefined: x"))
	require.NoError(t, os.Remove(filepath.Join(dir, "probe", "go.mod")))
	assert.Empty(t, at.modules([]string{"probe"}, said))
}

func TestTheUsersGoSettingsDoNotMatter(t *testing.T) {
	t.Setenv("GOOS", "plan9")
	t.Setenv("GOARCH", "arm")
	t.Setenv("GOFLAGS", "-tags=nonsense -mod=mod")
	t.Setenv("GOWORK", "/nowhere/go.work")
	built, err := build(t, Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe"}})
	require.NoError(t, err)
	assert.Equal(t, "the probe", decode[string](t, run1(t, built["probe"])))
}

func TestBuildsCanBeInterrupted(t *testing.T) {
	t.Parallel()
	b := &Builder{Root: module, Cache: filepath.Join(cache, "interrupted")}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := b.Build(ctx, Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe"}}, t.TempDir())
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAFunctionThatIsTheSameElsewhereIsNotLinkedAgain(t *testing.T) {
	t.Parallel()
	const same, other = "package main\n\nfunc main() {}\n", "package main\n\nfunc main() { println() }\n"
	alike := ""
	build := func(changed string) (map[string]string, string) {
		dir, state := t.TempDir(), t.TempDir()
		for name, text := range map[string]string{"same": same, "changed": changed} {
			require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name, "main.go"), []byte(text), 0o600))
		}
		b := &Builder{Root: module, Cache: state, Alike: alike}
		built, err := b.Build(t.Context(), Source{Dir: dir, Place: functions, Functions: []string{"same", "changed"}}, t.TempDir())
		require.NoError(t, err)
		return built, state
	}
	before, state := build(same)
	alike = state
	after, _ := build(other)
	file := func(path string) os.FileInfo {
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info
	}
	assert.True(t, os.SameFile(file(before["same"]), file(after["same"])), "it is the file that was built before")
	assert.False(t, os.SameFile(file(before["changed"]), file(after["changed"])))
}

func TestWhatIsWarmIsNotCompiledAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module tiny.example\n\ngo 1.25\n",
		"f/main.go":     "package main\n\nimport \"tiny.example/lib\"\n\nfunc main() { println(lib.Text) }\n",
		"lib/lib.go":    fmt.Sprintf("package lib\n\nconst Text = %q\n", rand.Text()), // which no cache has
		"broken/f/f.go": "package main\n\nfunc main() { undefined() }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	b := &Builder{Root: dir}
	compiled := func() string { // by a build that says what it would do
		cmd := exec.CommandContext(t.Context(), "go", slices.Concat([]string{"build", "-n"}, ReleaseFlags, []string{"-o", t.TempDir() + "/", "./f"})...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, string(out), "/link ")
		return string(out)
	}
	require.Contains(t, compiled(), "-p tiny.example/lib ")
	require.NoError(t, b.Warm(t.Context(), t.TempDir(), "./f/..."))
	assert.NotContains(t, compiled(), "-p tiny.example/lib ")

	err := b.Warm(t.Context(), t.TempDir(), "./broken/...")
	var failed *BuildError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Output, "undefined: undefined")
}

func TestBatches(t *testing.T) {
	t.Parallel()
	assert.Equal(t, [][]string{{"a", "b"}, {"x/a"}, {"y/a"}}, batches([]string{"a", "x/a", "b", "y/a"}))
}

func TestOldBinariesArePruned(t *testing.T) {
	t.Parallel()
	cache := filepath.Join(t.TempDir(), "course [v2]") // a path, and not a pattern
	require.NoError(t, os.Mkdir(cache, 0o755))
	old := time.Now().Add(-time.Hour)
	for n := range maxKept + 3 {
		kept := filepath.Join(cache, fmt.Sprintf("lesson-%03d", n))
		require.NoError(t, os.Mkdir(kept, 0o755))
		require.NoError(t, os.WriteFile(kept+".lock", nil, 0o600))
		used := old.Add(time.Duration(n) * time.Second)
		require.NoError(t, os.Chtimes(kept+".lock", used, used))
	}
	busy := flock.New(filepath.Join(cache, "lesson-001.lock"))
	require.NoError(t, busy.Lock())
	defer busy.Close()
	prune(cache)
	assert.NoDirExists(t, filepath.Join(cache, "lesson-000"))
	assert.DirExists(t, filepath.Join(cache, "lesson-001"), "it is in use")
	assert.NoDirExists(t, filepath.Join(cache, "lesson-002"))
	assert.DirExists(t, filepath.Join(cache, "lesson-003"))
}

func TestTheBuildsMemoryIsTheUsersToDecide(t *testing.T) {
	t.Parallel()
	ours := []string{"GOGC=off", "GOMEMLIMIT=512MiB"}
	for name, test := range map[string]struct {
		environ []string
		want    []string
	}{
		"nothing set": {[]string{"HOME=/home/me"}, ours},
		"set to ''":   {[]string{"GOGC=", "GOMEMLIMIT="}, ours},
		"GOGC":        {[]string{"GOGC=50"}, nil},
		"GOMEMLIMIT":  {[]string{"HOME=/home/me", "GOMEMLIMIT=200MiB"}, nil},
	} {
		assert.Equal(t, test.want, memoryForSpeed(test.environ), name)
	}
}
