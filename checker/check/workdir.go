package check

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Workdir is where a run keeps its files. It is locked for as long as the run lives, so that what a
// killed run left behind can be told from the files of one that goes on.
type Workdir struct {
	Path string
	lock *flock.Flock
}

// NewWorkdir makes a directory below runs, and removes those of runs that are dead.
func NewWorkdir(runs string) (*Workdir, error) {
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make a working directory: %w", err)
	}
	sweep(runs)
	path, err := os.MkdirTemp(runs, "run-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a working directory: %w", err)
	}
	w := &Workdir{Path: path, lock: flock.New(path + ".lock")}
	if ok, err := w.lock.TryLock(); err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("cannot lock the working directory %s: %w", path, err), w.Remove())
	}
	return w, nil
}

// Remove deletes the directory.
func (w *Workdir) Remove() error {
	err := os.RemoveAll(w.Path)
	return errors.Join(err, os.Remove(w.lock.Path()), w.lock.Close())
}

// sweep removes what dead runs left. It is a kindness: what cannot be removed stays.
func sweep(runs string) {
	locks, err := filepath.Glob(filepath.Join(runs, "run-*.lock"))
	if err != nil {
		return
	}
	for _, path := range locks {
		lock := flock.New(path)
		if ok, err := lock.TryLock(); err != nil || !ok {
			continue // alive
		}
		_ = os.RemoveAll(path[:len(path)-len(".lock")])
		_ = os.Remove(path)
		_ = lock.Close()
	}
}
