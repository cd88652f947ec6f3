package isolation_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox/isolation"
	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

func view(t *testing.T) isolation.View {
	t.Helper()
	dir := t.TempDir()
	if err := isolation.Available(dir); err != nil {
		require.Empty(t, os.Getenv("CI_REQUIRE_CONTAINERS"), "%v", err)
		t.Skip(err)
	}
	v := isolation.View{Task: filepath.Join(dir, "task"), Tmp: filepath.Join(dir, "tmp")}
	require.NoError(t, os.Mkdir(v.Task, 0o755))
	require.NoError(t, os.Mkdir(v.Tmp, 0o700))
	return v
}

// shell runs a script isolated, and returns what it has written to /tmp/out.
func shell(t *testing.T, v isolation.View, script string, env ...string) string {
	t.Helper()
	process, err := isolation.Start(isolation.Program{
		Path: "/bin/sh", Args: []string{"sh", "-c", "exec >/tmp/out 2>&1\n" + script}, Env: env, Output: os.Stderr,
	}, v)
	require.NoError(t, err)
	_, _ = process.Wait() // what the script says is what counts
	out, err := os.ReadFile(filepath.Join(v.Tmp, "out"))
	require.NoError(t, err)
	return string(out)
}

func TestTheUsersFilesAreNotThere(t *testing.T) {
	t.Parallel()
	v := view(t)
	assert.Equal(t, "/home /root gone\n", shell(t, v, `for d in /home /root /mnt /run /var/lib `+v.Task+`; do test -e $d && echo $d; done; echo "/home /root gone"`))
	assert.Equal(t, "bootstrap\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n", func() string {
		require.NoError(t, os.WriteFile(filepath.Join(v.Task, "bootstrap"), nil, 0o755))
		return shell(t, v, `/bin/ls; /bin/grep -E 'CapEff|NoNewPrivs' /proc/self/status`)
	}())
	left, err := os.ReadDir(v.Tmp)
	require.NoError(t, err)
	require.Len(t, left, 1, "what was mounted is seen by nobody else")
	assert.Equal(t, "out", left[0].Name())
}

func TestVariablesReachTheProgramOnly(t *testing.T) {
	t.Parallel()
	// GODEBUG would have the stage print its own initialisation.
	assert.Equal(t, "GODEBUG=inittrace=1\nPWD=/var/task\nTWO=a b=c\n",
		shell(t, view(t), "/usr/bin/env | /usr/bin/sort | /bin/grep -v ^_", "GODEBUG=inittrace=1", "TWO=a b=c"))
}

func TestAProgramThatCannotBeExecuted(t *testing.T) {
	t.Parallel()
	v := view(t)
	text := filepath.Join(v.Task, "bootstrap")
	for _, c := range []struct {
		name string
		mode os.FileMode
		want error
	}{
		{"it is text", 0o755, syscall.ENOEXEC},
		{"it is not executable", 0o644, syscall.EACCES},
	} {
		require.NoError(t, os.WriteFile(text, []byte("not a program"), c.mode), c.name)
		require.NoError(t, os.Chmod(text, c.mode))
		_, err := isolation.Start(isolation.Program{Path: "/var/task/bootstrap", Output: os.Stderr}, v)
		var failed *isolation.StartError
		require.ErrorAs(t, err, &failed, c.name)
		assert.Equal(t, isolation.Execute, failed.Step)
		assert.ErrorIs(t, err, c.want)
	}
}

func TestAStepThatFails(t *testing.T) {
	t.Parallel()
	v := view(t)
	v.Task += "-missing"
	_, err := isolation.Start(isolation.Program{Path: "/bin/sh", Output: os.Stderr}, v)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.EqualError(t, err, "opening "+v.Task+": no such file or directory")
}

func TestWhatStartsProcessesIsReplaced(t *testing.T) { // not beside others, whose starter it would kill
	v := view(t)
	assert.Equal(t, "before\n", shell(t, v, "echo before"))
	starters, err := exec.CommandContext(t.Context(), "pgrep", "-P", strconv.Itoa(os.Getpid()), "-f", "^"+stage.Starter+" ").Output()
	require.NoError(t, err, "there is one")
	for _, number := range strings.Fields(string(starters)) {
		pid, err := strconv.Atoi(number)
		require.NoError(t, err)
		if err := syscall.Kill(pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) { // another test has ended it
			require.NoError(t, err)
		}
	}
	assert.Equal(t, "after\n", shell(t, v, "echo after"))
}

func TestAnArgumentWithAZeroByte(t *testing.T) {
	t.Parallel()
	_, err := isolation.Start(isolation.Program{Path: "/bin/sh", Env: []string{"A=\x00"}, Output: os.Stderr}, view(t))
	assert.ErrorIs(t, err, syscall.EINVAL)
}

func TestAvailableIsFoundOutOnce(t *testing.T) {
	t.Parallel()
	first := isolation.Available(t.TempDir())
	assert.Equal(t, first, isolation.Available("/nonexistent"))
}
