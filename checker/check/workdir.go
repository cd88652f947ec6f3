package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	// One at a time: a sweep must not find the lock of a run that is about to take it.
	gate := flock.New(filepath.Clean(runs) + ".lock")
	if err := gate.Lock(); err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", runs, err)
	}
	defer gate.Close()
	sweep(runs)
	path, err := os.MkdirTemp(runs, "run-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a working directory: %w", err)
	}
	w := &Workdir{Path: path, lock: flock.New(path + ".lock")}
	switch ok, err := w.lock.TryLock(); {
	case err != nil:
		return nil, errors.Join(fmt.Errorf("cannot lock the working directory %s: %w", path, err), w.lock.Close(), os.RemoveAll(path))
	case !ok:
		return nil, errors.Join(fmt.Errorf("cannot lock the working directory %s: somebody else has its lock", path), w.lock.Close(), os.RemoveAll(path))
	}
	return w, nil
}

// Remove deletes the directory.
func (w *Workdir) Remove() error {
	err := os.RemoveAll(w.Path)
	return errors.Join(err, os.Remove(w.lock.Path()), w.lock.Close())
}

// sweep removes what dead runs left: files that nobody has locked. Whoever makes a run holds the gate, so
// a directory without a lock is of a run that died before it had one. It is a kindness: what cannot be
// removed stays.
func sweep(runs string) {
	// Not filepath.Glob: runs may have a [ in it.
	all, err := fs.Glob(os.DirFS(runs), "run-*")
	if err != nil {
		return
	}
	for _, name := range all {
		path := filepath.Join(runs, name)
		dir, isLock := strings.CutSuffix(path, ".lock")
		if !isLock {
			if _, err := os.Lstat(path + ".lock"); errors.Is(err, fs.ErrNotExist) {
				_ = os.RemoveAll(path)
			}
			continue
		}
		lock := flock.New(path)
		if ok, err := lock.TryLock(); err != nil || !ok {
			continue // alive
		}
		_ = os.RemoveAll(dir)
		_ = os.Remove(path)
		_ = lock.Close()
	}
}
