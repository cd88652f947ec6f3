package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCancellingKillsTheProcess(t *testing.T) {
	t.Parallel()
	var alive func() []string
	f := deploy(t, func(c *Config) { alive = marked(c) })
	invoke(t, f, request{Do: "count"})
	assert.Len(t, alive(), 1)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := f.Invoke(ctx, []byte(`{"Do":"sleep","Millis":60000}`))
	require.ErrorIs(t, err, context.Canceled)
	assertNone(t, alive)
}

func TestCloseEndsChildrenToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		hidden  string
		without bool
	}{
		{name: "isolated"},
		{name: "in a session of its own, isolated", hidden: "hidden"},
		{name: "without isolation", without: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var alive func() []string
			f := deploy(t, func(config *Config) {
				alive = marked(config)
				config.WithoutIsolation = c.without
			})
			if !c.without {
				requireIsolation(t, f)
			}
			invoke(t, f, request{Do: "child", Text: c.hidden})
			assert.Len(t, alive(), 2)
			f.Close()
			assertNone(t, alive)
			_, err := f.Invoke(t.Context(), []byte(`{}`))
			require.ErrorIs(t, err, ErrClosed)
		})
	}
}

// A checker that is killed cannot clean up: the kernel does it.
func TestEverythingEndsWithTheChecker(t *testing.T) {
	t.Parallel()
	if mark := os.Getenv("SANDBOX_TEST_MARK"); mark != "" {
		f := deploy(t, env("MARK", mark))
		invoke(t, f, request{Do: "child", Text: "hidden"})
		fmt.Println("ready")
		select {}
	}
	requireIsolation(t, deploy(t))
	mark := rand.Text()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program, "-test.run=^TestEverythingEndsWithTheChecker$")
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_MARK="+mark, "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := make([]byte, len("ready\n"))
	_, err = out.Read(said)
	require.NoError(t, err)
	require.Equal(t, "ready\n", string(said))
	alive := func() []string { return processesWith("MARK=" + mark) }
	require.Len(t, alive(), 3, "the program, the function, and its child")
	require.NoError(t, cmd.Process.Kill())
	assertNone(t, alive)
}

func TestEachEnvironmentHasATmpOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		one, other := deploy(t, func(c *Config) { c.WithoutIsolation = without }), deploy(t, func(c *Config) { c.WithoutIsolation = without })
		invoke(t, one, request{Do: "write", Text: "one"})
		i := invoke(t, other, request{Do: "read"})
		assert.Contains(t, i.Error().Message, "no such file")
	}
}
