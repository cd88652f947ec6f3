package grade

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// depth is how far below a submission's top lesson directories are looked for: clone/lessons/01-handler in a zip that
// has everything in one directory.
const depth = 3

// Submission is what one learner has handed in.
type Submission struct {
	Learner string
	files   fs.FS
	close   func() error
	refused string // why it is not taken as a whole; "" if it is
}

// Find opens the submissions in a folder, by name: each sub-folder is one, and so is each zip. A sub-folder with nothing
// but one zip in it is that zip. Names that begin with a dot or an underscore are nobody's. Close each of them.
func Find(folder string) ([]Submission, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("cannot read the folder of submissions: %w", err)
	}
	var all []Submission
	seen := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		var s Submission
		switch at := filepath.Join(folder, name); {
		case e.IsDir():
			s = openFolder(name, at)
		case e.Type().IsRegular() && strings.EqualFold(path.Ext(name), ".zip"):
			s = openZip(name[:len(name)-len(".zip")], at)
		case e.Type()&fs.ModeSymlink != 0:
			s = refuse(name, "it is a link, which is not followed")
		default:
			continue
		}
		if other, ok := seen[s.Learner]; ok {
			_ = s.Close()
			return nil, errors.Join(fmt.Errorf("%s and %s are submissions of one name: rename one", other, name), closeAll(all))
		}
		seen[s.Learner] = name
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no submissions: it is to have a sub-folder or a zip for each learner", folder)
	}
	return all, nil
}

func closeAll(all []Submission) error {
	var errs []error
	for _, s := range all {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Close lets go of the submission's files.
func (s Submission) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

func refuse(learner, why string) Submission { return Submission{Learner: learner, refused: why} }

func openFolder(learner, at string) Submission {
	if only := onlyZip(at); only != "" {
		return openZip(learner, only)
	}
	// Links that lead out of a root are not followed by it, whoever made them.
	root, err := os.OpenRoot(at)
	if err != nil {
		return refuse(learner, err.Error())
	}
	return Submission{Learner: learner, files: root.FS(), close: root.Close}
}

func onlyZip(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	if len(entries) != 1 || !entries[0].Type().IsRegular() || !strings.EqualFold(path.Ext(entries[0].Name()), ".zip") {
		return ""
	}
	return filepath.Join(dir, entries[0].Name())
}

// maxEntries is how many files and directories a zip may list.
const maxEntries = 100_000

func openZip(learner, at string) Submission {
	archive, err := zip.OpenReader(at)
	if err != nil {
		return refuse(learner, fmt.Sprintf("its zip cannot be read: %v", err))
	}
	if len(archive.File) > maxEntries {
		_ = archive.Close()
		return refuse(learner, fmt.Sprintf("its zip lists %d files; up to %d are taken", len(archive.File), maxEntries))
	}
	for _, f := range archive.File {
		// Windows' separators climb as well, on Windows.
		if name := strings.ReplaceAll(f.Name, `\`, "/"); !filepath.IsLocal(strings.TrimSuffix(name, "/")) {
			_ = archive.Close()
			return refuse(learner, fmt.Sprintf("its zip climbs out of the submission: it has a file %q", f.Name))
		}
	}
	return Submission{Learner: learner, files: archive, close: archive.Close}
}

// find returns the directory of a lesson in the submission: the one that is least deep, and of these the one in
// lessons. "" if there is none.
func (s Submission) find(lesson string) (string, error) {
	var found []string
	err := fs.WalkDir(s.files, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !e.IsDir():
			return nil
		case path.Base(name) == lesson:
			found = append(found, name)
			return fs.SkipDir
		case name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "solutions" || e.Name() == "node_modules"),
			strings.Count(name, "/") >= depth-1:
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(found, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return inLessons(b) - inLessons(a)
	})
	if len(found) == 0 {
		return "", nil
	}
	return found[0], nil
}

func inLessons(name string) int {
	if path.Base(path.Dir(name)) == "lessons" {
		return 1
	}
	return 0
}
