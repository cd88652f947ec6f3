package handin

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// depth is how far below a submission's top lesson directories are looked for: clone/clone/lessons/01-handler in a zip that
// has everything in one directory.
const depth = 5

// maxClues is how many clues are given. A clone has links and archives of its own.
const maxClues = 3

// archives are the ends of the names of what may have a submission in it that nobody sees.
var archives = []string{".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"}

func isArchive(name string) bool { return slices.Contains(archives, strings.ToLower(path.Ext(name))) }

// there is what a submission has of a lesson.
type there struct {
	// found are the lesson's directories: the one that is least deep first, and of these the one in lessons.
	found []string
	// clues are what the lesson may be in, or be called, if it was not found.
	clues []string
	// deep tells whether there are directories that were too deep to be looked into.
	deep bool
}

// hint goes on after "the submission has no directory 01-handler".
func (t there) hint() string {
	switch n := len(t.clues); {
	case n == 0 && t.deep:
		return fmt.Sprintf(" in its first %d levels of directories", depth)
	case n == 0:
		return ""
	case n > maxClues:
		return fmt.Sprintf(", but it has %s, and %d more like these", strings.Join(t.clues[:maxClues], ", "), n-maxClues)
	default:
		return ", but it has " + strings.Join(t.clues, ", ")
	}
}

// search looks for a lesson, such as 01-handler, in a submission.
func search(files fs.FS, lesson string) (t there, err error) {
	number, _, _ := strings.Cut(lesson, "-")
	clue := func(name, what string) { t.clues = append(t.clues, short(name)+" ("+what+")") }
	err = fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case !e.IsDir():
			switch {
			case e.Type()&fs.ModeSymlink != 0:
				clue(name, "a link, which is not followed")
			case isArchive(base):
				clue(name, "an archive, which is not opened beside other files")
			}
			return nil
		case base == lesson:
			t.found = append(t.found, name)
			return fs.SkipDir
		case name == ".":
			return nil
		case strings.HasPrefix(base, "."), base == "node_modules":
			return fs.SkipDir
		case base == "solutions":
			if info, err := fs.Stat(files, path.Join(name, lesson)); err == nil && info.IsDir() {
				clue(path.Join(name, lesson), "the reference, which is nobody's answer")
			}
			return fs.SkipDir
		case strings.HasPrefix(base, number+"-"):
			clue(name, "a directory of another name")
		case strings.Count(name, "/") >= depth-1:
			t.deep = true
			return fs.SkipDir
		}
		return nil
	})
	slices.SortStableFunc(t.found, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return inLessons(b) - inLessons(a)
	})
	return t, err
}

func inLessons(name string) int {
	if path.Base(path.Dir(name)) == "lessons" {
		return 1
	}
	return 0
}

// short is a name as a record has room for it.
func short(name string) string {
	if len(name) > maxName {
		name = name[:maxName] + "…"
	}
	return strings.ToValidUTF8(name, "�")
}
