package check

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWorkdirIsThereUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	runs := filepath.Join(t.TempDir(), "state", "run")
	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.DirExists(t, w.Path)
	assert.Equal(t, runs, filepath.Dir(w.Path))
	require.NoError(t, os.WriteFile(filepath.Join(w.Path, "file"), nil, 0o600))
	require.NoError(t, w.Remove())
	assert.Empty(t, left(t, runs))
}

func TestTwoWorkdirsAreApart(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	first, err := NewWorkdir(runs)
	require.NoError(t, err)
	second, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.NotEqual(t, first.Path, second.Path)
	assert.DirExists(t, first.Path, "the second did not sweep the first")
	require.NoError(t, first.Remove())
	assert.DirExists(t, second.Path)
	require.NoError(t, second.Remove())
	assert.Empty(t, left(t, runs))
}

// leave makes the files of a run.
func leave(t *testing.T, runs, name string) string {
	t.Helper()
	path := filepath.Join(runs, name)
	require.NoError(t, os.MkdirAll(filepath.Join(path, "built"), 0o755))
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
	return path
}

func TestWhatADeadRunLeftIsSwept(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	dead := leave(t, runs, "run-1")
	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.NoDirExists(t, dead)
	assert.NoFileExists(t, dead+".lock")
	require.NoError(t, w.Remove())
}

func TestASweepDoesNotTakeThePathForAPattern(t *testing.T) {
	t.Parallel()
	runs := filepath.Join(t.TempDir(), "course [v2]", "run")
	dead := leave(t, runs, "run-1")
	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.NoDirExists(t, dead)
	require.NoError(t, w.Remove())
}

func TestADirectoryThatNeverGotItsLockIsSwept(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	dead := filepath.Join(runs, "run-1")
	require.NoError(t, os.MkdirAll(filepath.Join(dead, "built"), 0o755))
	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.NoDirExists(t, dead)
	require.NoError(t, w.Remove())
}

func TestWhatALiveRunHasIsNotSwept(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	live := leave(t, runs, "run-1")
	lock := flock.New(live + ".lock")
	ok, err := lock.TryLock()
	require.NoError(t, err)
	require.True(t, ok)

	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	assert.DirExists(t, filepath.Join(live, "built"))
	assert.FileExists(t, live+".lock")
	require.NoError(t, w.Remove())

	require.NoError(t, lock.Close()) // as the kernel does when a process dies
	w, err = NewWorkdir(runs)
	require.NoError(t, err)
	assert.NoDirExists(t, live)
	require.NoError(t, w.Remove())
	assert.Empty(t, left(t, runs))
}

func TestOtherFilesAreNotSwept(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(runs, "notes.lock"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(runs, "notes"), 0o755))
	w, err := NewWorkdir(runs)
	require.NoError(t, err)
	require.NoError(t, w.Remove())
	assert.Equal(t, []string{"notes", "notes.lock"}, left(t, runs))
}

func TestAWorkdirThatCannotBeMadeSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := NewWorkdir(filepath.Join(file, "run"))
	assert.ErrorContains(t, err, "cannot make a working directory")
}

// A sweep may come between the making of a lock's file and the locking of it.
func TestManyWorkdirsAtOnce(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 50 {
				w, err := NewWorkdir(runs)
				if err != nil {
					assert.Fail(t, err.Error())
					return
				}
				assert.DirExists(t, w.Path)
				assert.NoError(t, w.Remove())
			}
		})
	}
	group.Wait()
	assert.Empty(t, left(t, runs))
}
