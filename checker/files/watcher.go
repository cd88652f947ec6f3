// Package files is what is done with files that people and several programs have in hand at the same time: it tells which
// have changed, to whoever does something again when they are saved, and replaces them as a whole.
package files

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Watcher tells which files have changed, by looking. Notices of the system would be faster, and do not come on
// network mounts, in containers, or from the other side of WSL. It belongs to one goroutine at a
// time.
type Watcher struct {
	dirs  []string
	files map[string]stamp // by path
}

// stamp is what a file looked like. A file whose time or size is another is read: git, and editors, touch files that
// stay the same.
type stamp struct {
	modified time.Time
	size     int64
	sum      [sha256.Size]byte
}

// NewWatcher remembers what the files below the directories are now.
func NewWatcher(dirs []string) *Watcher {
	w := &Watcher{dirs: dirs}
	w.Look()
	return w
}

// Also looks below these directories too, from now on.
func (w *Watcher) Also(dirs []string) {
	var more []string
	for _, dir := range dirs {
		if !slices.Contains(w.dirs, dir) {
			more = append(more, dir)
		}
	}
	if len(more) == 0 {
		return
	}
	w.dirs = append(w.dirs, more...)
	for path, s := range NewWatcher(more).files {
		if _, known := w.files[path]; !known {
			w.files[path] = s
		}
	}
}

// Look returns the files that have been changed, made or removed since it last looked, sorted. What cannot be read
// counts as it was: the compiler says more of it.
func (w *Watcher) Look() (changed []string) {
	now := map[string]stamp{}
	for _, dir := range w.dirs {
		_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // it is gone, or not ours to read
			case entry.IsDir() && path != dir && skipped(entry.Name()):
				return fs.SkipDir
			case !entry.Type().IsRegular():
				return nil
			}
			if _, seen := now[path]; seen {
				return nil // in a directory below another
			}
			before, known := w.files[path]
			s, err := look(path, entry, before)
			if err != nil {
				return nil //nolint:nilerr // as above
			}
			now[path] = s
			if !known || s.sum != before.sum {
				changed = append(changed, path)
			}
			return nil
		})
	}
	for path := range w.files {
		if _, still := now[path]; !still {
			changed = append(changed, path)
		}
	}
	w.files = now
	slices.Sort(changed)
	return changed
}

func look(path string, entry fs.DirEntry, before stamp) (stamp, error) {
	info, err := entry.Info()
	if err != nil {
		return stamp{}, err
	}
	s := stamp{modified: info.ModTime(), size: info.Size(), sum: before.sum}
	if !before.modified.IsZero() && before.modified.Equal(s.modified) && before.size == s.size {
		return s, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return stamp{}, err
	}
	s.sum = sha256.Sum256(data)
	return s, nil
}

// skipped are directories that have nothing to do with functions, and may have very many files.
func skipped(name string) bool { return strings.HasPrefix(name, ".") || name == "node_modules" }
