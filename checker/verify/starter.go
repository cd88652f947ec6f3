package verify

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

// onlyCode leaves out of a directory what a build has no use for.
type onlyCode struct{ fs.FS }

func (o onlyCode) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }), err
}

// starterFiles are the files that a learner edits.
func starterFiles(l course.Lesson, place course.Place) (map[string]string, error) {
	root := os.DirFS(filepath.Join(place.Root, "lessons", l.ID))
	files := map[string]string{}
	err := fs.WalkDir(onlyCode{root}, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == "README.md" {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	})
	return files, err
}

func starterProblems(l course.Lesson, place course.Place, starter bank.Answer) []string {
	files, err := starterFiles(l, place)
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	kept := starter.Files()
	for name, text := range files {
		if kept[name] != text {
			all = append(all, fmt.Sprintf("lessons/%s/%s is not what starter.txtar has: `bin/checker verify --update` takes it over", l.ID, name))
		}
		delete(kept, name)
	}
	for name := range kept {
		all = append(all, fmt.Sprintf("lessons/%s/%s is missing; starter.txtar has it", l.ID, name))
	}
	slices.Sort(all)
	return all
}

func updateStarter(l course.Lesson, place course.Place, starter bank.Answer) (bank.Answer, error) {
	files, err := starterFiles(l, place)
	if err != nil {
		return starter, err
	}
	data := bank.FormatStarter(starter, files)
	if err := os.WriteFile(filepath.Join(sourceDir(l, place), "starter.txtar"), data, 0o600); err != nil {
		return starter, err
	}
	return bank.ParseStarter(data)
}

// sourceDir is where a lesson's bank is written.
func sourceDir(l course.Lesson, place course.Place) string {
	return filepath.Join(place.Root, "checker", "course", fmt.Sprintf("lesson%02d", l.Number))
}
