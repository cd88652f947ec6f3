package sandbox

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALockThatIsRemovedMeanwhileIsNotHad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept.lock")
	first := flock.New(path)
	require.NoError(t, first.Lock())
	had := make(chan *flock.Flock)
	go func() {
		lock, err := lockKept(t.Context(), path)
		assert.NoError(t, err)
		had <- lock
	}()
	// As prune does. Whether the other waits already does not matter.
	select {
	case <-had:
		require.Fail(t, "two have the lock")
	case <-time.After(100 * time.Millisecond):
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, first.Close())

	lock := <-had
	another, err := flock.New(path).TryLock()
	require.NoError(t, err)
	assert.False(t, another, "it is the one that others find")
	require.NoError(t, lock.Close())
}
