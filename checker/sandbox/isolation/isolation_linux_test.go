package isolation_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

func here(start func() error) error { return start() }

func view(t *testing.T) isolation.View {
	t.Helper()
	dir := t.TempDir()
	if err := isolation.Available(dir); err != nil {
		require.Empty(t, os.Getenv("CI_REQUIRE_CONTAINERS"), "%v", err)
		t.Skip(err)
	}
	v := isolation.View{Task: filepath.Join(dir, "task"), Tmp: filepath.Join(dir, "tmp"), Root: filepath.Join(dir, "root")}
	require.NoError(t, v.Directories())
	return v
}

// shell runs a script isolated, and returns what it has written to /tmp/out.
func shell(t *testing.T, v isolation.View, script string, env ...string) string {
	t.Helper()
	cmd := &exec.Cmd{Path: "/bin/sh", Args: []string{"sh", "-c", "exec >/tmp/out 2>&1\n" + script}, Env: env}
	require.NoError(t, isolation.Start(cmd, v, here))
	_ = cmd.Wait() // what the script says is what counts
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
	left, err := os.ReadDir(v.Root)
	require.NoError(t, err)
	assert.Empty(t, left, "what was mounted is seen by nobody else")
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
		err := isolation.Start(exec.Command("/var/task/bootstrap"), v, here)
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
	err := isolation.Start(exec.Command("/bin/sh"), v, here)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.EqualError(t, err, "mounting /var/task: no such file or directory")

	forked := errors.New("no more processes")
	err = isolation.Start(exec.Command("/bin/sh"), v, func(func() error) error { return forked })
	assert.ErrorIs(t, err, forked)
}

func TestAvailableIsFoundOutOnce(t *testing.T) {
	t.Parallel()
	first := isolation.Available(t.TempDir())
	assert.Equal(t, first, isolation.Available("/nonexistent"))
}
