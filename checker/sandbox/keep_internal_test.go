package sandbox

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALockThatWasPrunedIsNotHad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept.lock")
	pruned, err := lockKept(t.Context(), path)
	require.NoError(t, err)
	defer pruned.Close()
	is := func(lock *flock.Flock) bool {
		found, err := isAt(path, lock)
		require.NoError(t, err)
		return found
	}
	assert.True(t, is(pruned))

	require.NoError(t, os.Remove(path))
	assert.False(t, is(pruned), "nobody finds it")
	other, err := lockKept(t.Context(), path)
	require.NoError(t, err, "it does not wait for one that was pruned")
	defer other.Close()
	assert.False(t, is(pruned), "others find another")
	assert.True(t, is(other))
	again, err := flock.New(path).TryLock()
	require.NoError(t, err)
	assert.False(t, again, "one at a time has it")
}
