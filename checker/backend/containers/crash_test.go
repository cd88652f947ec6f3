package containers

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moment is how long after the first container is there a start is disturbed. Until both services answer it takes
// some seconds.
func moment() time.Duration { return rand.N(1500 * time.Millisecond) }

// aboutProcesses lets a test run beside others, and not with -short: what it is about is in other processes.
func aboutProcesses(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("not run with -short")
	}
	t.Parallel()
}

// starting is a process that is about to start both containers, of which one is there.
func (f fleet) starting(t *testing.T, env ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := helper(t, f.label, append(env, helperBothEnv+"=1")...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(f.all(t)) > 0 }, patience, 5*time.Millisecond, "no container was started")
	return cmd, &out
}

// works opens both services, and requires that there is one container of each, which runs, and nothing else.
func (f fleet) works(t *testing.T) {
	t.Helper()
	b, err := f.open(t.Context(), bothServices)
	require.NoError(t, err)
	require.NoError(t, b.Close())
	all := f.all(t)
	require.Len(t, all, 2)
	for _, c := range all {
		assert.Equal(t, "running", c.State)
	}
	assert.NotEqual(t, all[0].Service, all[1].Service)
}

func TestInterruptedWhileStartingBothNothingIsLeft(t *testing.T) {
	aboutProcesses(t)
	f := newFleet(t)
	for _, after := range []time.Duration{0, moment()} {
		cmd, out := f.starting(t)
		time.Sleep(after)
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.Error(t, cmd.Wait(), "after %v it had ended by itself: %s", after, out)
		assert.Contains(t, out.String(), "interrupt", "after %v", after)
		assert.Empty(t, f.all(t), "after %v", after)
	}
}

func TestAfterACrashWhileStartingTheNextRunWorksAndDownLeavesNothing(t *testing.T) {
	aboutProcesses(t)
	f := newFleet(t)
	after := moment()
	t.Log("after ", after)
	cmd, out := f.starting(t)
	time.Sleep(after)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait(), "%s", out)
	f.works(t)
	removed, err := f.down(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, removed)
	assert.Empty(t, f.all(t))
}

// relay is the way to the Docker engine, until it is cut.
type relay struct {
	net.Listener
	mu    sync.Mutex
	ended bool
	open  []net.Conn
}

func newRelay(t *testing.T, engine string) *relay {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "docker.sock"))
	require.NoError(t, err)
	r := &relay{Listener: l}
	t.Cleanup(r.cut)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", engine)
			if err != nil || !r.keep(in, out) {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
	return r
}

func (r *relay) keep(connections ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = append(r.open, connections...)
	return !r.ended
}

// cut ends the engine, as it looks from here.
func (r *relay) cut() {
	_ = r.Close() // and the socket is gone
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	for _, c := range r.open {
		_ = c.Close()
	}
}

func TestAnEngineThatGoesAwayWhileStartingIsSaidAndTheNextRunWorks(t *testing.T) {
	aboutProcesses(t)
	f := newFleet(t)
	engine, ok := strings.CutPrefix(f.dial(t).docker.DaemonHost(), "unix://")
	if !ok {
		t.Skip("not run, because Docker has no socket here")
	}
	if runtime.GOOS != "linux" {
		t.Skip("not run, because paths of sockets are short on other systems")
	}
	after := moment()
	r := newRelay(t, engine)
	cmd, out := f.starting(t, "DOCKER_HOST=unix://"+r.Addr().String())
	time.Sleep(after)
	r.cut()
	err := cmd.Wait()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "after %v: %s", after, out)
	assert.Equal(t, "the Docker engine went away while containers were being started: there is no Docker socket at unix://"+r.Addr().String()+
		": install Docker, or start it, or set DOCKER_HOST\n", out.String(), "after %v", after)
	f.works(t)
}
