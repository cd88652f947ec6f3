package containers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
)

// lockPause is between two tries for the lock. A start takes seconds.
const lockPause = 50 * time.Millisecond

// lock waits until no other check of this user starts a container, and returns the function that
// lets the next one. The system gives up the lock of a process that dies.
func lock(ctx context.Context, name string, progress func(string)) (unlock func(), err error) {
	dir, err := lockDir()
	if err != nil {
		return nil, fmt.Errorf("there is no place for a lock between checks: %w; make the directory writable, or set TMPDIR", err)
	}
	path := filepath.Join(dir, name+".lock")
	l := flock.New(path)
	locked, err := l.TryLock()
	if err == nil && !locked {
		progress("Waiting for another check that is starting the containers")
		locked, err = l.TryLockContext(ctx, lockPause)
	}
	if err != nil || !locked {
		_ = l.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("stopped waiting for another check that is starting the containers: %w", context.Cause(ctx))
		}
		return nil, fmt.Errorf("the lock %s between checks cannot be taken: %w; remove the file and check again", path, err)
	}
	// The file stays: removed, it would let a third check in while a second waits for the old one.
	return func() { _ = l.Close() }, nil
}

// lockDir is a directory that all checks of this user agree on, even where there is no home
// directory or it is read-only.
func lockDir() (string, error) {
	cache, noCache := os.UserCacheDir()
	if noCache == nil {
		dir := filepath.Join(cache, "serverless-patterns")
		if noCache = os.MkdirAll(dir, 0o700); noCache == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(os.TempDir(), "serverless-patterns-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", errors.Join(noCache, err)
	}
	return dir, nil
}
