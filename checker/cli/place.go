package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"example.com/serverless-patterns/checker/course"
)

// locate finds the course. Where its .workshop cannot be written, as in a read-only checkout, builds and
// progress are kept in the user's cache directory, and a line says so.
func locate(p Process) (course.Place, error) {
	place, err := course.FindPlace(p.Dir, p.Program)
	if err != nil {
		return place, err
	}
	why := forbidden(place.State)
	if why == nil {
		return place, nil
	}
	instead, err := ownState(place.Root)
	if err != nil {
		return place, fmt.Errorf("builds and progress cannot be kept: neither in %s (%w), nor in a cache directory of this user (%w). "+
			"Make the first writable, or set HOME or XDG_CACHE_HOME to a directory that is", place.State, why, err)
	}
	fmt.Fprintf(p.Stderr, "checker: %s cannot be written (%v): builds and progress are kept in %s\n", place.State, why, instead)
	place.State = instead
	return place, nil
}

// ownState is a directory of this user for one copy of the course.
func ownState(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	dir := filepath.Join(cache, "serverless-patterns", fmt.Sprintf("%s-%x", filepath.Base(root), sum[:6]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, forbidden(dir)
}

// forbidden tells why this user must not write to a directory, or not make it. Other errors are left to
// whoever meets them.
func forbidden(dir string) error {
	err := unix.Access(dir, unix.W_OK|unix.X_OK)
	if errors.Is(err, fs.ErrNotExist) {
		err = unix.Access(filepath.Dir(dir), unix.W_OK|unix.X_OK)
	}
	if errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) {
		return err
	}
	return nil
}
