package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/sam"
)

// Copy is a copy of the course in a temporary directory, with its lessons as they are at the beginning.
type Copy struct {
	Root string // of the course
	tmp  string // of everything; Root is in it

	lesson course.Lesson
	bank   bank.Bank
	saves  int
}

// newCopy copies the course. Close removes the copy.
func newCopy(from course.Place, lesson course.Lesson) (c *Copy, err error) {
	tmp, err := os.MkdirTemp("", "checker-bench-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a copy of the course: %w", err)
	}
	c = &Copy{tmp: tmp}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("cannot make a copy of the course: %w", err), c.Close())
		}
	}()
	// What the go command and the checker write is in there, too.
	if c.tmp, err = filepath.EvalSymlinks(tmp); err != nil {
		return c, err
	}
	c.Root = filepath.Join(c.tmp, "course")
	if err := os.Mkdir(c.temporary(), 0o700); err != nil {
		return c, err
	}
	for _, name := range []string{"go.mod", "go.sum", "Makefile", "lessons", "solutions", "checker"} {
		if err := copyTree(filepath.Join(from.Root, name), filepath.Join(c.Root, name)); err != nil {
			return c, err
		}
	}
	return c, c.take(lesson)
}

// take makes a lesson the one that is measured.
func (c *Copy) take(lesson course.Lesson) (err error) {
	c.lesson = lesson
	if c.bank, err = bank.Load(lesson.Files); err != nil {
		return err
	}
	// The starter, whatever the user has made of it.
	return c.bank.Starter.Write(c.lessonDir("lessons"))
}

// functions are those of the lesson in lessons, solutions, or any other: directories below the lesson's.
func (c *Copy) functions(in string) (all []string, err error) {
	template, err := sam.Load(filepath.Join(c.lessonDir(in), "template.yaml"))
	if err != nil {
		return nil, err
	}
	for _, f := range template.Functions {
		if !slices.Contains(all, f.CodeUri) {
			all = append(all, f.CodeUri)
		}
	}
	return all, nil
}

// of is the same copy, with another lesson measured.
func (c *Copy) of(lesson course.Lesson) (*Copy, error) {
	other := *c
	return &other, other.take(lesson)
}

// Close removes the copy.
func (c *Copy) Close() error {
	// Programs that were killed may still be ending, and write a last file.
	for range 3 {
		if os.RemoveAll(c.tmp) == nil {
			return nil
		}
	}
	return os.RemoveAll(c.tmp)
}

// temporary is the TMPDIR of all programs that are measured.
func (c *Copy) temporary() string { return filepath.Join(c.tmp, "tmp") }

// lessonDir is the lesson's directory in lessons, solutions, or any other.
func (c *Copy) lessonDir(in string) string { return filepath.Join(c.Root, in, c.lesson.ID) }

// source is the main.go of the first function.
func (c *Copy) source(in string) (*Source, error) {
	functions, err := c.functions(in)
	if err != nil {
		return nil, err
	}
	return openSource(filepath.Join(c.lessonDir(in), filepath.FromSlash(functions[0]), "main.go"), &c.saves)
}

// answers writes every answer of the bank, and the solution, each into a directory of its own, and returns
// the functions to build, relative to Root.
func (c *Copy) answers() ([]string, error) {
	functions, err := c.functions("solutions")
	if err != nil {
		return nil, err
	}
	all := append([]bank.Answer{{Name: "solution"}, c.bank.Starter}, append(slices.Clone(c.bank.Right), c.bank.Mistakes...)...)
	var packages []string
	for n, a := range all {
		dir := filepath.Join("answers", fmt.Sprint(n))
		if a.Name != c.bank.Starter.Name {
			if err := copyTree(c.lessonDir("solutions"), filepath.Join(c.Root, dir)); err != nil {
				return nil, err
			}
		}
		if err := a.Write(filepath.Join(c.Root, dir)); err != nil {
			return nil, err
		}
		for _, f := range functions {
			packages = append(packages, "./"+filepath.ToSlash(filepath.Join(dir, f)))
		}
	}
	return packages, nil
}

// environ is the environment of the programs that are measured: the user's own, in which the go command
// finds its caches, without what make has put there, and with temporary files in the copy.
func (c *Copy) environ(more ...string) []string {
	environ := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "MAKE") || slices.Contains([]string{"MFLAGS", "N", "COLD", "BACKEND", "ONLY", "DIR", "SEED"}, name)
	})
	return append(append(environ, "TMPDIR="+c.temporary(), "GOTMPDIR="+c.temporary()), more...)
}

// copyTree copies regular files. Hidden ones, such as what a lesson's owner has built, stay behind.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case path != from && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
}
