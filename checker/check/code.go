package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"example.com/serverless-patterns/checker/sam"
)

// withoutCode are the functions whose CodeUri leads to no directory. What is in one is the go command's to say.
func withoutCode(t *sam.Template, dir string) (problems sam.Problems) {
	for _, f := range t.Functions {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.CodeUri))); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		message := fmt.Sprintf("CodeUri leads to %s, and there is no such directory", f.CodeUri)
		if meant := sam.Nearest(path.Clean(f.CodeUri), directories(dir)); meant != "" {
			message += fmt.Sprintf("; did you mean %q?", meant)
		}
		problems = append(problems, sam.Problem{File: t.File, Line: f.Line, Column: 1, Path: "Resources." + f.LogicalID, Message: message})
	}
	return problems
}

// directories are those of a lesson, by their names.
func directories(dir string) (names []string) {
	entries, _ := os.ReadDir(dir) // the template was read from there
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
