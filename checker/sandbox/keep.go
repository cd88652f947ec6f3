package sandbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// maxKept is how many lessons' binaries are kept between builds: more than a course has, and room for
// --dir. A lesson's take some 10 MB.
const maxKept = 40

// linkOrCopy puts the binary where later builds cannot reach it.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// begin fills an empty directory of kept binaries from another cache, which nobody builds into now. It is a kindness:
// what cannot be had is built, and the go command looks at each of them before it takes it for up to date.
func begin(kept, cache string, s Source) {
	if entries, err := os.ReadDir(kept); cache == "" || err != nil || len(entries) > 0 {
		return
	}
	// Not a pattern with the names in it: they may have a [ in them.
	all, err := fs.Glob(os.DirFS(cache), "*/*/*")
	if err != nil {
		return
	}
	for _, name := range all {
		if !strings.HasPrefix(name, keptName(s)+"-") {
			continue
		}
		from := filepath.Join(cache, name)
		to := filepath.Join(kept, filepath.Base(filepath.Dir(from)), filepath.Base(from))
		if os.MkdirAll(filepath.Dir(to), 0o755) == nil {
			_ = linkOrCopy(from, to)
		}
	}
}

// lockKept waits for the lock at path. Who prunes removes locks that nobody has, and who waited for one of them has it then, while
// others make a new one: so it is only had if it is the one that others find.
func lockKept(ctx context.Context, path string) (*flock.Flock, error) {
	for {
		lock := flock.New(path)
		_, err := lock.TryLockContext(ctx, 20*time.Millisecond)
		found := false
		if err == nil {
			found, err = isAt(path, lock)
		}
		if found {
			return lock, nil
		}
		if err := errors.Join(err, lock.Close()); err != nil {
			return nil, err
		}
	}
}

// isAt tells whether a lock is that of the file which is at path now.
func isAt(path string, lock *flock.Flock) (bool, error) {
	had, err := lock.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(had, there), err
}

// prune removes the oldest kept binaries over maxKept. It is a kindness: what cannot be removed stays, and
// what is in use is left alone.
func prune(cache string) {
	locks, err := fs.Glob(os.DirFS(cache), "*.lock")
	if err != nil || len(locks) <= maxKept {
		return
	}
	age := func(lock string) int64 {
		info, err := os.Stat(filepath.Join(cache, lock))
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(locks, func(a, b string) int { return int(min(max(age(a)-age(b), -1), 1)) })
	for _, name := range locks[:len(locks)-maxKept] {
		path := filepath.Join(cache, name)
		lock := flock.New(path)
		if ok, err := lock.TryLock(); err != nil || !ok {
			continue
		}
		_ = os.RemoveAll(strings.TrimSuffix(path, ".lock"))
		_ = os.Remove(path)
		_ = lock.Close()
	}
}
