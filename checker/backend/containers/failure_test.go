package containers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWrongImageNameIsSaidWithWhatToDo(t *testing.T) {
	f := newFleet(t)
	var progress journal
	const image = "127.0.0.1:1/no/such-image:1" // a registry where nothing listens
	_, err := f.open(t.Context(), Options{DynamoDBImage: image, Progress: progress.note})
	require.ErrorContains(t, err, "the image "+image+" of DynamoDB Local is not on this machine and cannot be pulled")
	require.ErrorContains(t, err, "`docker pull "+image+"`")
	assert.Contains(t, progress.String(), image+" is not on this machine yet")
	assert.Empty(t, f.all(t))
}

func TestAMissingPinnedImageNamesBothWaysToGetIt(t *testing.T) {
	t.Setenv(DynamoDBImageEnv, "")
	hint := dynamoDBLocal(Options{}).hint
	assert.Contains(t, hint, "`make images`")
	assert.Contains(t, hint, "`docker pull "+DefaultDynamoDBImage+"`")
}

func TestAContainerThatStopsShowsItsLogAndIsRemoved(t *testing.T) {
	f := newFleet(t)
	s := dynamoDBLocal(Options{})
	s.args = []string{"-jar", "Missing.jar"}
	began := time.Now()
	_, err := f.dial(t).ensure(t.Context(), s)
	require.ErrorContains(t, err, "DynamoDB Local ("+s.image+") did not come up: it stopped (exited, exit code 1)")
	require.ErrorContains(t, err, "Unable to access jarfile Missing.jar")
	assert.Less(t, time.Since(began), s.startLimit/2, "the limit was waited for, although the container had stopped")
	assert.Empty(t, f.all(t))
}

func TestAContainerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	f := newFleet(t)
	s := dynamoDBLocal(Options{})
	s.args = append(s.args, "-port", "8001")
	s.startLimit = 3 * time.Second
	_, err := f.dial(t).ensure(t.Context(), s)
	require.ErrorContains(t, err, "did not answer within 3s")
	require.ErrorContains(t, err, "8001", "the log is not shown")
	assert.Empty(t, f.all(t))
}

func TestCancelledWhileStartingNothingIsLeft(t *testing.T) {
	f := newFleet(t)
	e := f.dial(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opened := make(chan error, 1)
	go func() {
		s := dynamoDBLocal(Options{})
		s.args = append(s.args, "-port", "8001") // never ready, so that the cancellation is never late
		_, err := e.ensure(ctx, s)
		opened <- err
	}()
	require.Eventually(t, func() bool { return len(f.all(t)) == 1 }, patience, 20*time.Millisecond, "no container was started")
	cancel()
	select {
	case err := <-opened:
		require.ErrorIs(t, err, context.Canceled)
	case <-time.After(patience):
		t.Fatal("Open did not return after its context was cancelled")
	}
	assert.Empty(t, f.all(t))
}

func TestCancelledBeforeAnythingNothingIsStarted(t *testing.T) {
	f := newFleet(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.open(ctx, Options{})
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, f.all(t))
}

func TestTheLockIsWaitedForAsLongAsTheContext(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	unlock, err := lock(t.Context(), "course", func(string) {})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	var progress journal
	_, err = lock(ctx, "course", func(s string) { progress.note(s); cancel() })
	require.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, progress.String(), "Waiting for another check")

	unlock()
	unlock, err = lock(t.Context(), "course", func(string) { t.Error("waited for a lock that was free") })
	require.NoError(t, err)
	unlock()
}

func TestTheLockNeedsNoHomeDirectory(t *testing.T) {
	notADirectory := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(notADirectory, nil, 0o600))
	temp := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", notADirectory)
	t.Setenv("HOME", notADirectory)
	t.Setenv("TMPDIR", temp)
	dir, err := lockDir()
	require.NoError(t, err)
	assert.Equal(t, temp, filepath.Dir(dir))
}

func TestWhatToDoAboutAContainerThatCannotBeStarted(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"driver failed programming external connectivity on endpoint x: Error starting userland proxy: all ports are allocated": "no port is free on this machine",
		"driver failed programming external connectivity: listen tcp4 127.0.0.1:32768: bind: address already in use":            "no port is free on this machine",
		"write /var/lib/docker/tmp/x: no space left on device":                                                                  "the disk is full",
	} {
		assert.Contains(t, remedy(errors.New(words)), want, words)
	}
	assert.Empty(t, remedy(errors.New("anything else")))
}
