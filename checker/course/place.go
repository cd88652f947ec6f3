package course

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Place is where the course is on this machine.
type Place struct {
	// Root is the directory of the course's go.mod.
	Root string
	// State is where the checker keeps files between runs: .workshop in Root. Git ignores it.
	State string
}

// ErrNotFound says that the course was not found.
var ErrNotFound = errors.New("the course was not found: run the checker inside its directory, or build it there with make")

// FindPlace looks for the course in a directory and those above it, and then beside the program itself.
func FindPlace(from, program string) (Place, error) {
	for _, start := range []string{from, filepath.Dir(program)} {
		for dir := start; ; dir = filepath.Dir(dir) {
			if isCourse(dir) {
				return Place{Root: dir, State: filepath.Join(dir, ".workshop")}, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return Place{}, ErrNotFound
}

func isCourse(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "module" {
			return fields[1] == Module
		}
	}
	return false
}

// Lessons returns the directory that --dir names: the course's lessons by default. A relative one is
// looked for from where the user is, and then in the course.
func (p Place) Lessons(dir string) (string, error) {
	if dir == "" {
		return filepath.Join(p.Root, "lessons"), nil
	}
	candidates := []string{dir}
	if !filepath.IsAbs(dir) {
		candidates = append(candidates, filepath.Join(p.Root, dir))
	}
	for _, candidate := range candidates {
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("--dir %s: there is no such directory", dir)
}

// IsOwn tells whether a directory is the course's own lessons, where the learner works.
func (p Place) IsOwn(dir string) bool {
	a, errA := os.Stat(dir)
	b, errB := os.Stat(filepath.Join(p.Root, "lessons"))
	return errA == nil && errB == nil && os.SameFile(a, b)
}
