package containers

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pingAt(t *testing.T, ctx context.Context, socket string) error {
	docker, err := client.New(client.WithHost("unix://" + socket))
	require.NoError(t, err)
	defer docker.Close()
	return ping(ctx, docker)
}

func TestWhyThereIsNoEngine(t *testing.T) {
	dir := t.TempDir()

	t.Run("no socket", func(t *testing.T) {
		err := pingAt(t, t.Context(), filepath.Join(dir, "none"))
		require.ErrorContains(t, err, "there is no Docker socket at unix://"+dir)
		assert.NotContains(t, err.Error(), "\n")
	})
	t.Run("nobody listens", func(t *testing.T) {
		path := filepath.Join(dir, "dead")
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		require.NoError(t, err)
		l.SetUnlinkOnClose(false) // as a daemon that was killed leaves it
		require.NoError(t, l.Close())
		require.ErrorContains(t, pingAt(t, t.Context(), path), "is not running: start Docker")
	})
	t.Run("permission denied", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("not run as root, whom nothing is denied; the next test has the client's words")
		}
		path := filepath.Join(dir, "closed")
		l, err := net.Listen("unix", path)
		require.NoError(t, err)
		defer l.Close()
		require.NoError(t, os.Chmod(path, 0))
		require.ErrorContains(t, pingAt(t, t.Context(), path), "permission denied at the Docker socket")
	})
	t.Run("permission denied, in the client's words", func(t *testing.T) {
		err := explain("unix:///docker.sock", errors.New("permission denied while trying to connect to the docker API at unix:///docker.sock"))
		require.ErrorContains(t, err, "permission denied at the Docker socket unix:///docker.sock")
	})
	t.Run("anything else, on one line", func(t *testing.T) {
		err := explain("tcp://docker:2375", errors.New("first\nsecond"))
		require.EqualError(t, err, "the Docker engine at tcp://docker:2375 does not work: first; see what `docker info` says")
	})
}

func TestAvailableSaysInOneLineWhatIsMissing(t *testing.T) {
	socket := "unix://" + filepath.Join(t.TempDir(), "none")
	out, err := helper(t, "available", "DOCKER_HOST="+socket, "HOME="+t.TempDir(), "XDG_RUNTIME_DIR=").CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "there is no Docker socket at "+socket+": install Docker, or start it, or set DOCKER_HOST\n", string(out))
}

func TestAvailableDoesNotWaitForAnEngineThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hangs")
	l, err := net.Listen("unix", path) // accepts, and says nothing
	require.NoError(t, err)
	defer l.Close()
	began := time.Now()
	out, err := helper(t, "available", "DOCKER_HOST=unix://"+path).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, errNoAnswer.Error()+"\n", string(out))
	assert.Less(t, time.Since(began), 10*availableLimit)
}

func TestAnEngineOnAnotherMachineIsOfNoUse(t *testing.T) {
	t.Parallel()
	for _, here := range []string{"unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375", "tcp://[::1]:2375", "npipe:////./pipe/docker_engine", ""} {
		require.NoError(t, reachable(here), here)
	}
	for _, elsewhere := range []string{"tcp://docker:2375", "https://10.0.0.7:2376", "ssh://me@example.com"} {
		require.ErrorContains(t, reachable(elsewhere), "the Docker engine at "+elsewhere+" is on another machine", elsewhere)
	}
}
