package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/cli"
)

// realChecker is the program as make builds it: signals are its main's affair.
var realChecker = sync.OnceValues(func() (string, error) {
	path := filepath.Join(filepath.Dir(courseDir), "checker")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./checker")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// desk is a learner's place: a copy of the course of one's own, and a directory for temporary files.
type desk struct{ dir, course, tmp string }

func newDesk(t *testing.T) desk {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	d := desk{dir: dir, course: filepath.Join(dir, "course"), tmp: filepath.Join(dir, "tmp")}
	t.Cleanup(func() { endProcesses(d.dir) })
	require.NoError(t, copyCourse(d.course))
	require.NoError(t, os.Mkdir(d.tmp, 0o755))
	return d
}

// command runs a program in the course. It has no standard input, and is in a process group of its own,
// as a shell's jobs are.
func (d desk) command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = d.course
	cmd.Env = append(os.Environ(), "TMPDIR="+d.tmp, "SERVERLESS_PATTERNS_BACKEND=embedded")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// edit changes a function, so that it has to be compiled and linked anew.
func (d desk) edit(t *testing.T, lessons string) {
	t.Helper()
	path := filepath.Join(d.course, lessons, "01-handler", "get-item", "main.go")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = fmt.Fprintf(file, "\nvar _ = %d\n", rand.Uint64()>>1)
	require.NoError(t, errors.Join(err, file.Close()))
}

// nothingLeft asserts that no files and no processes of runs are left.
func (d desk) nothingLeft(t *testing.T, when string) {
	t.Helper()
	assert.NoError(t, noProcesses(d.dir), when)
	assert.NoError(t, noRuns(d.course), when)
	assert.NoError(t, noBuilds(d.tmp), when)
}

// random is a moment between two others.
func random(from, to time.Duration) time.Duration {
	return from + rand.N(to-from)
}

// times is how often a test with chance in it is repeated: CHECKER_RUNS, or else a number that suits
// every day.
func times(t *testing.T, otherwise int) int {
	t.Helper()
	text := os.Getenv("CHECKER_RUNS")
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// TestInterrupts stops checks at random moments. They leave nothing behind.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	signals := map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM, "SIGHUP": syscall.SIGHUP}
	for name, s := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const from, to = 0 * time.Second, 4 * time.Second
			var all errgroup.Group
			all.SetLimit(5)
			for n := range times(t, 10) {
				d := newDesk(t)
				d.edit(t, "solutions")
				// The moments are spread over the time that a check takes.
				share := (to - from) / time.Duration(times(t, 10))
				moment := random(from+time.Duration(n)*share, from+time.Duration(n+1)*share)
				all.Go(func() error { d.interrupt(t, program, s, moment); return nil })
			}
			_ = all.Wait() // failures are asserted
		})
	}
}

// interrupt stops a check after a while. How it ends is the same at any moment.
func (d desk) interrupt(t *testing.T, program string, s syscall.Signal, after time.Duration) {
	when := fmt.Sprintf("%v after %v", s, after)
	cmd := d.command(t, program, "check", "--dir", "solutions", "1")
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Start(); err != nil {
		t.Errorf("%s: %v", when, err)
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // its state says how it ended
	}()
	select {
	case <-ended:
		assert.Zero(t, cmd.ProcessState.ExitCode(), "%s: it had ended by then\n%s%s", when, &out, &talk)
		return
	case <-time.After(after):
	}
	sent := time.Now()
	_ = cmd.Process.Signal(s) // it may have ended in this moment
	<-ended
	// Seconds, where a check that goes on would take minutes: as many tests as this one starts are a busy machine.
	assert.Less(t, time.Since(sent), patience/2, "%s: it took long to end", when)
	d.nothingLeft(t, when)
	state := cmd.ProcessState
	switch {
	case state.Success() && strings.Contains(out.String(), "All of it would work"):
		return // it was just about to end
	case state.Sys().(syscall.WaitStatus).Signaled() && out.Len() == 0:
		return // before the program listened to signals, which it does before it says anything
	}
	assert.Equal(t, interrupted, state.ExitCode(), "%s: %v\n%s%s", when, state, &out, &talk)
	assert.Equal(t, "checker: interrupted\n", withoutNotice(talk.String()), when)
	assert.NotContains(t, out.String(), "ERROR", when)
}

const interrupted = cli.ExitFault

// withoutNotice removes what is said of a slow build.
func withoutNotice(talk string) string {
	var rest strings.Builder
	for line := range strings.Lines(talk) {
		if !strings.HasPrefix(line, "Building the functions of ") {
			rest.WriteString(line)
		}
	}
	return rest.String()
}

// TestInterruptedFirstBuild stops the long build of a first check, with the compilers at work.
func TestInterruptedFirstBuild(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	cmd := d.command(t, program, "check", "--dir", "solutions", "1")
	cmd.Env = append(cmd.Env, "GOCACHE="+filepath.Join(d.dir, "empty-cache"))
	var talk bytes.Buffer
	cmd.Stderr = &talk
	require.NoError(t, cmd.Start())
	d.await(t, "compile -o")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	assert.Equal(t, interrupted, cmd.ProcessState.ExitCode())
	assert.Equal(t, "checker: interrupted\n", withoutNotice(talk.String()))
	d.nothingLeft(t, "during the first build")
}

// await waits until the desk has a process whose program or arguments have these words.
func (d desk) await(t *testing.T, words string) {
	t.Helper()
	require.Eventually(t, func() bool {
		found, err := processesOf(d.dir)
		return err == nil && strings.Contains(strings.Join(found, "\n"), words)
	}, patience, 10*time.Millisecond, "no process with %q", words)
}

// TestKilled kills the checker, which can then do nothing more. The kernel ends the processes, and the
// next run removes the files.
func TestKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other kernels do not kill what a killed process leaves")
	}
	program, err := realChecker()
	require.NoError(t, err)
	kill := func(t *testing.T, d desk, moment func()) {
		t.Helper()
		cmd := d.command(t, program, "check", "--dir", "solutions", "1")
		require.NoError(t, cmd.Start())
		moment()
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		assert.NoError(t, noProcesses(d.dir))
	}
	cleaned := func(t *testing.T, d desk) {
		t.Helper()
		out, err := d.command(t, program, "check", "--dir", "solutions", "--only", "answer", "1").CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.NoError(t, noRuns(d.course))
	}

	t.Run("during the checks", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		kill(t, d, func() { d.await(t, "bootstrap") })
		require.Error(t, noRuns(d.course), "there is nothing to remove")
		cleaned(t, d)
	})
	t.Run("at random moments", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for range times(t, 4) {
			d.edit(t, "solutions")
			kill(t, d, func() { <-time.After(random(0, 2500*time.Millisecond)) })
		}
		cleaned(t, d)
	})
	t.Run("during the first build", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		cmd := d.command(t, program, "check", "--dir", "solutions", "1")
		cmd.Env = append(cmd.Env, "GOCACHE="+filepath.Join(d.dir, "empty-cache"))
		require.NoError(t, cmd.Start())
		d.await(t, "compile -o")
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		assert.NoError(t, noProcesses(d.dir))
	})
}

// TestRunsAgree checks the solution several times in a row.
func TestRunsAgree(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	for n := range times(t, 3) {
		out, err := d.command(t, program, "check", "--dir", "solutions", "1").CombinedOutput()
		require.NoError(t, err, "run %d\n%s", n+1, out)
	}
}
