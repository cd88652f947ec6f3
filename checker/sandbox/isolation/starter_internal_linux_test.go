package isolation

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

// isSelf starts a program by a starter of its own, which finds the small program in dir, and tells what has started it.
func isSelf(t *testing.T, dir string) bool {
	t.Helper()
	s := starter{dir: dir}
	defer func() { _ = unix.Close(s.socket) }() // ends it
	said, report, err := os.Pipe()
	require.NoError(t, err)
	defer said.Close()
	task, tmp := t.TempDir(), t.TempDir()
	pid, err := s.start([]string{stage.Name, task, tmp, "100", "/bin/sh", "3", "sh", "-c", "echo done >/tmp/said"}, os.Stderr, report)
	require.NoError(t, err)
	require.NoError(t, report.Close())
	process, err := os.FindProcess(pid)
	require.NoError(t, err)
	_, err = process.Wait()
	require.NoError(t, err)
	wrote, err := os.ReadFile(filepath.Join(tmp, "said"))
	require.NoError(t, err)
	assert.Equal(t, "done\n", string(wrote))
	return s.isSelf
}

func TestTheSmallProgramStartsProcessesAndThisOneIfItCannot(t *testing.T) { // not beside the one that kills what starts processes
	if err := Available(t.TempDir()); err != nil {
		require.Empty(t, os.Getenv("CI_REQUIRE_CONTAINERS"), "%v", err)
		t.Skip(err)
	}
	built := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(built, small), "./checker-stage")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.False(t, isSelf(t, built))

	assert.True(t, isSelf(t, t.TempDir()), "there is none")
	for what, program := range map[string]string{
		"it is of another version":  "#!/bin/sh\nexit 0\n",
		"it is not for this system": "\x7fELF of another machine",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, small), []byte(program), 0o755))
		assert.True(t, isSelf(t, dir), what)
	}
}
