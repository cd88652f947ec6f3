package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/check"
)

// goEnvironment is what the go command needs of the developer's own environment. Scripts have no home.
var goEnvironment = sync.OnceValues(func() ([]string, error) {
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	if err := json.Unmarshal(out, &values); err != nil {
		return nil, err
	}
	var list []string
	for name, value := range values {
		list = append(list, name+"="+value)
	}
	return list, nil
})

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") == "1",
		Setup: func(e *testscript.Env) error {
			environ, err := goEnvironment()
			if err != nil {
				return err
			}
			e.Vars = append(e.Vars, environ...)
			program, err := exec.LookPath("checker")
			if err != nil {
				return err
			}
			e.Values[servedKey{}] = map[string]*served{}
			e.Setenv("CHECKER", program) // for scripts without a PATH
			e.Setenv("COURSE", courseDir)
			e.Setenv("DOCKER_HOST", os.Getenv("DOCKER_HOST"))
			e.Setenv("SERVERLESS_PATTERNS_BACKEND", "embedded") // scripts about auto say so
			e.Setenv("SERVERLESS_PATTERNS_IDLE", "0")           // and no process goes on after the tests
			e.Setenv("REALHOME", os.Getenv("HOME"))             // where checks of this user share a lock
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"course":    ownCourse,
			"exits":     exits,
			"nothing":   nothingLeft,
			"last":      last,
			"document":  document,
			"plain":     plain,
			"quiet":     quiet,
			"says":      says,
			"untouched": untouched,

			"serve":     serveCommand,
			"await":     awaitCommand,
			"request":   requestCommand,
			"interrupt": interruptCommand,
			"replace":   replaceCommand,
		},
	})
}

// condition knows [containers], which fails where CI requires them, and [namespaces], [networks] and
// [ports], in which other machines are played.
func condition(name string) (bool, error) {
	switch name {
	case "containers":
		err := containers.Available(context.Background())
		if err != nil && os.Getenv("CI_REQUIRE_CONTAINERS") == "1" {
			return false, fmt.Errorf("containers are required here: %w", err)
		}
		return err == nil, nil
	case "networks":
		return runtime.GOOS == "linux" && exec.Command("unshare", "-rn", "ip", "link", "set", "lo", "up").Run() == nil, nil
	case "ports":
		return runtime.GOOS == "linux" && exec.Command("unshare", "-rn", "sh", "-ec", "echo 40000-40010 >/proc/sys/net/ipv4/ip_local_reserved_ports").Run() == nil, nil
	case "namespaces":
		return runtime.GOOS == "linux" && exec.Command("unshare", "-rm", "sh", "-ec", "mount -t tmpfs none /run").Run() == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// ownCourse makes a copy of the course for this script alone, and goes there.
func ownCourse(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.MkAbs("own course")
	ts.Check(copyCourse(dir))
	ts.Defer(func() { endProcesses(dir) })
	ts.Setenv("COURSE", dir)
	ts.Check(ts.Chdir(dir))
}

// exits N program args… runs a program that must end with this status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS program [args…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// nothing is left of the runs in the script's own course: no files, no processes.
func nothingLeft(ts *testscript.TestScript, _ bool, _ []string) {
	for _, err := range []error{noRuns(ts.Getenv("COURSE")), noProcesses(ts.Getenv("WORK")), noBuilds(ts.Getenv("TMPDIR"))} {
		ts.Check(err)
	}
}

// last requires that texts are in stdout in this order, each for the last time.
func last(ts *testscript.TestScript, _ bool, args []string) {
	out := ts.ReadFile("stdout")
	at := 0
	for _, text := range args {
		n := strings.LastIndex(out, text)
		if n < at {
			ts.Fatalf("%q is not where it should be", text)
		}
		at = n
	}
}

// document requires that a file is one result document and nothing else, and writes what there is to
// compare in it, line by line, to a file: document FILE SUMMARY [FINDINGS].
func document(ts *testscript.TestScript, _ bool, args []string) {
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	decoder.DisallowUnknownFields()
	var d check.Document
	ts.Check(decoder.Decode(&d))
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("there is more than the document: %v", err)
	}
	var summary, findings strings.Builder
	fmt.Fprintf(&summary, "schema %s\nbackend %s\nseed %d\nverdict %s\n", d.Schema, d.Backend, d.Seed, d.Verdict)
	for _, l := range d.Lessons {
		fmt.Fprintf(&summary, "lesson %s %d %s, build %s\n", l.Lesson, l.Number, l.Verdict, l.Build.Verdict)
		if c := l.Confirmation; c != nil {
			fmt.Fprintf(&summary, "confirmation %s on %s: %s%s\n", c.Verdict, c.Backend, c.Reason, c.Error)
		}
		for _, c := range l.Checks {
			fmt.Fprintf(&summary, "check %s %s %s\n", c.ID, c.Severity, c.Verdict)
			if c.Requirement == "" || (c.Verdict == check.Failed) != (c.Finding != nil) {
				ts.Fatalf("check %s is not complete", c.ID)
			}
			if c.Finding != nil {
				fmt.Fprintf(&findings, "%s: %s\n", c.ID, c.Finding.Did)
			}
		}
	}
	for n, text := range []string{summary.String(), findings.String()} {
		if n+1 < len(args) {
			ts.Check(os.WriteFile(ts.MkAbs(args[n+1]), []byte(text), 0o600))
		}
	}
}

// quiet requires that nothing is on stderr but the notice of a slow build.
func quiet(ts *testscript.TestScript, _ bool, _ []string) {
	if talk := withoutNotice(ts.ReadFile("stderr")); talk != "" {
		ts.Fatalf("stderr is not empty: %s", talk)
	}
}

// says requires a text in stdout, wherever its lines are broken: says TEXT.
func says(ts *testscript.TestScript, neg bool, args []string) {
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if strings.Contains(flat(ts.ReadFile("stdout")), flat(args[0])) == neg {
		ts.Fatalf("%q is what stdout should say: %v", args[0], !neg)
	}
}

// plain requires that neither stdout nor stderr has escape sequences.
func plain(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"stdout", "stderr"} {
		if strings.Contains(ts.ReadFile(name), "\x1b") {
			ts.Fatalf("%s has escape sequences: %q", name, ts.ReadFile(name))
		}
	}
}

// untouched requires that a directory holds these files and no others.
func untouched(ts *testscript.TestScript, _ bool, args []string) {
	var files []string
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, entry.Name())
		}
		return err
	}))
	if !slices.Equal(files, args[1:]) {
		ts.Fatalf("the files in %s are %q", args[0], files)
	}
}
