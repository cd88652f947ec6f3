package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
)

const root = "../.."

// place is the course that these tests are part of.
func place(t *testing.T) course.Place {
	t.Helper()
	abs, err := filepath.Abs(root)
	require.NoError(t, err)
	return course.Place{Root: abs, State: filepath.Join(abs, ".workshop")}
}

// It sets the environment, so it does not run beside others.
func TestTheCopyIsOfTheCourseAndNotOfWhatTheUserMadeOfIt(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("MAKEFLAGS", "n")
	t.Setenv("ONLY", "deadline")
	lesson := course.Lessons()[0]
	c, err := newCopy(place(t), lesson)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })

	functions, err := c.functions("lessons")
	require.NoError(t, err)
	assert.Equal(t, []string{"get-item"}, trimmed(functions))
	for name, text := range c.bank.Starter.Files() {
		got, err := os.ReadFile(filepath.Join(c.Root, "lessons", lesson.ID, name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
	for _, absent := range []string{".git", ".workshop", "bin"} {
		assert.NoFileExists(t, filepath.Join(c.Root, absent))
		assert.NoDirExists(t, filepath.Join(c.Root, absent))
	}
	packages, err := c.answers()
	require.NoError(t, err)
	assert.Len(t, packages, 2+len(c.bank.Right)+len(c.bank.Mistakes))
	for _, p := range packages {
		assert.FileExists(t, filepath.Join(c.Root, p, "main.go"))
	}
	environ := c.environ("GOCACHE=/elsewhere")
	assert.Contains(t, environ, "GOCACHE=/elsewhere")
	assert.Contains(t, environ, "TMPDIR="+c.temporary())
	assert.False(t, slices.ContainsFunc(environ, func(e string) bool {
		return strings.HasPrefix(e, "MAKE") || strings.HasPrefix(e, "ONLY=")
	}))

	require.NoError(t, c.Close())
	assert.Empty(t, left(t, tmp))
}

func trimmed(functions []string) []string {
	return each(functions, func(f string) string { return strings.TrimSuffix(f, "/") })
}

func TestACopyThatCannotBeMadeLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	_, err := newCopy(course.Place{Root: t.TempDir()}, course.Lessons()[0])
	require.ErrorContains(t, err, "cannot make a copy of the course")
	assert.Empty(t, left(t, tmp))
}

func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	return each(entries, func(e os.DirEntry) string { return e.Name() })
}

// TestAnInterruptLeavesNothing interrupts the real program while it measures: a build, and a checker.
func TestAnInterruptLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, started := range map[string]string{
		"while it builds": "checker-bench-*/tmp/go-build*", // the go command's
		"while it checks": "checker-bench-*/tmp/checking",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmp, err := filepath.EvalSymlinks(t.TempDir())
			require.NoError(t, err)
			checker := filepath.Join(t.TempDir(), "checker")
			require.NoError(t, os.WriteFile(checker, []byte("#!/bin/sh\necho > \"$TMPDIR/checking\"\nexec sleep 600\n"), 0o700))
			program, err := os.Executable()
			require.NoError(t, err)
			cmd := exec.CommandContext(t.Context(), program, "save", "--checker", checker)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+tmp)
			require.NoError(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill() })

			require.Eventually(t, func() bool {
				found, err := filepath.Glob(filepath.Join(tmp, started))
				return err == nil && len(found) > 0
			}, 3*time.Minute, 5*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
			_ = cmd.Wait() // its status is what counts
			assert.Equal(t, 130, cmd.ProcessState.ExitCode())
			assert.Empty(t, left(t, tmp))
			assert.Eventually(t, func() bool { return len(running(t, tmp)) == 0 }, 30*time.Second, 20*time.Millisecond)
		})
	}
}

// running are the processes whose temporary files would be in a directory.
func running(t *testing.T, tmp string) []int32 {
	t.Helper()
	all, err := process.Processes()
	require.NoError(t, err)
	var found []int32
	for _, p := range all {
		environ, _ := p.Environ() // one that ends meanwhile has none
		if slices.ContainsFunc(environ, func(e string) bool { return strings.HasPrefix(e, "TMPDIR="+tmp) }) {
			found = append(found, p.Pid)
		}
	}
	return found
}
