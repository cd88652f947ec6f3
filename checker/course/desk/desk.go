// Package desk keeps the files that a learner works on: it puts a lesson's starter or its reference there, tells how
// they differ from the reference, and loses nothing.
//
// The invariant is that of [Desk.put], the one function that changes the learner's files: what is there is saved
// first, and no file is changed before all are saved. [Desk.Restore] brings it back.
//
// The texts of lessons, README.md, are not the learner's, and are left alone; so are hidden files. What is right or
// wrong in a lesson is not known here.
package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/files"
)

// Desk has the learner's files of one lesson.
type Desk struct {
	lesson   course.Lesson
	dir      string // lessons/03-sqs-partial-failures
	solution string
	savedIn  string // below .workshop
}

// At is the desk for a lesson of the course at a place.
func At(p course.Place, l course.Lesson) *Desk {
	return &Desk{
		lesson: l, dir: filepath.Join(p.Root, "lessons", l.ID), solution: filepath.Join(p.Root, "solutions", l.ID),
		savedIn: filepath.Join(p.State, "saved", l.ID),
	}
}

// Files are texts by their path with slashes, relative to the lesson's directory.
type Files map[string]string

// Mine are the learner's files.
func (d *Desk) Mine() (Files, error) { return read(d.dir) }

// Reference are the files of the reference solution.
func (d *Desk) Reference() (Files, error) { return read(d.solution) }

// Starter are the files that the lesson begins with.
func (d *Desk) Starter() (Files, error) {
	known, err := bank.Load(d.lesson.Files)
	if err != nil {
		return nil, err
	}
	return known.Starter.Files(), nil
}

// ErrSame says that there was nothing to do: the learner's files are what they were to become.
var ErrSame = errors.New("the files are the same already")

// Put saves the learner's files and puts others in their place. It returns the name that they are saved under, which
// is "" if there were none. The error is [ErrSame] if that would change nothing.
func (d *Desk) Put(files Files, now time.Time) (saved string, err error) { return d.put(files, now) }

// Restore puts saved files back, and saves those that are there. The error is an [*UnknownError] if there are none of
// this name.
func (d *Desk) Restore(name string, now time.Time) (saved string, err error) {
	all, err := d.Saved()
	if err != nil {
		return "", err
	}
	if !slices.Contains(all, name) {
		return "", &UnknownError{name, all}
	}
	files, err := read(filepath.Join(d.savedIn, name))
	if err != nil {
		return "", err
	}
	return d.put(files, now)
}

// UnknownError names saved files that there are not.
type UnknownError struct {
	Name  string
	Saved []string // what there is
}

func (e *UnknownError) Error() string {
	if len(e.Saved) == 0 {
		return fmt.Sprintf("nothing is saved as %q: of this lesson, nothing is saved at all", e.Name)
	}
	return fmt.Sprintf("nothing is saved as %q; there are: %s", e.Name, strings.Join(e.Saved, ", "))
}

// Saved are the names of what was saved, the oldest first.
func (d *Desk) Saved() ([]string, error) {
	entries, err := os.ReadDir(d.savedIn)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read what was saved: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// SavedIn is the directory of saved files.
func (d *Desk) SavedIn(name string) string { return filepath.Join(d.savedIn, name) }

// put changes the learner's files, once all that is there is saved. If it fails in the middle, what was saved can be
// restored.
func (d *Desk) put(files Files, now time.Time) (saved string, err error) {
	mine, err := d.Mine()
	if err != nil {
		return "", err
	}
	if maps.Equal(mine, files) {
		return "", ErrSame
	}
	if len(mine) > 0 {
		if saved, err = d.save(mine, now); err != nil {
			return "", fmt.Errorf("your files are as they were, because they cannot be saved: %w", err)
		}
	}
	for name := range mine {
		if _, stays := files[name]; !stays {
			err = errors.Join(err, os.Remove(filepath.Join(d.dir, filepath.FromSlash(name))))
		}
	}
	if err = errors.Join(err, write(d.dir, files)); err != nil {
		return saved, fmt.Errorf("cannot change all files: %w", err)
	}
	d.tidy(mine)
	return saved, nil
}

// save writes files into a new directory, whole or not at all.
func (d *Desk) save(files Files, now time.Time) (name string, err error) {
	if err := os.MkdirAll(d.savedIn, 0o755); err != nil {
		return "", err
	}
	temporary, err := os.MkdirTemp(d.savedIn, ".saving-")
	if err != nil {
		return "", err
	}
	if err := write(temporary, files); err != nil {
		return "", errors.Join(err, os.RemoveAll(temporary))
	}
	// Two in one second have two names: the directory of the first is not empty, so it cannot be replaced.
	for n := 1; ; n++ {
		name = now.Format("2006-01-02_15-04-05")
		if n > 1 {
			name += fmt.Sprintf("_%d", n)
		}
		err := os.Rename(temporary, d.SavedIn(name))
		switch {
		case err == nil:
			return name, nil
		case errors.Is(err, fs.ErrExist) && n < 1000:
		default:
			return "", errors.Join(err, os.RemoveAll(temporary))
		}
	}
}

// tidy removes the directories that have become empty. It is a kindness.
func (d *Desk) tidy(before Files) {
	for name := range before {
		for dir := filepath.Dir(filepath.FromSlash(name)); dir != "."; dir = filepath.Dir(dir) {
			if os.Remove(filepath.Join(d.dir, dir)) != nil {
				break // there is something in it
			}
		}
	}
}

func write(dir string, texts Files) error {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := files.Replace(path, []byte(texts[name])); err != nil {
			return err
		}
	}
	return nil
}

// read reads the files below dir that are a learner's. A directory that is not there has none.
func read(dir string) (Files, error) {
	files := Files{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(e.Name(), ".") && path != dir
		switch {
		case e.IsDir() && hidden:
			return fs.SkipDir
		case !e.Type().IsRegular() || hidden:
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == "README.md" {
			return err
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return Files{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", dir, err)
	}
	return files, nil
}
