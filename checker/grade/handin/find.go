package handin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Errors of [Submission.Take]. Whoever looks for them meets what wraps them.
var (
	// ErrMissing is of a submission without the lesson.
	ErrMissing = errors.New("the submission has no directory")
	// ErrMachine is no fault of the submission.
	ErrMachine = errors.New("this machine cannot read or keep submissions")
)

// faults are this machine's.
var faults = []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM}

// Submission is what one learner has handed in. It is safe for concurrent use until it is closed.
type Submission struct {
	Learner string
	files   fs.FS
	close   func() error
	refused string // why it is not taken as a whole; "" if it is
}

// Find opens the submissions in a folder, by name: each sub-folder is one, and so is each zip. A sub-folder with nothing
// but one zip in it is that zip. Close each of them. It also returns the names of the files that are nobody's, without
// those that begin with a dot or an underscore.
func Find(folder string) (all []Submission, others []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the folder of submissions: %w", err)
	}
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
		case isArchive(name):
			s = refuse(name, "it is an archive that is no zip: unpack it into a folder of this learner's")
		default:
			others = append(others, name)
			continue
		}
		if other, ok := seen[s.Learner]; ok {
			_ = s.Close()
			return nil, nil, errors.Join(fmt.Errorf("%s and %s are submissions of one name: rename one", other, name), Close(all))
		}
		seen[s.Learner] = name
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s has no submissions: it is to have a sub-folder or a zip for each learner", folder)
	}
	return all, others, nil
}

// Close lets go of the files of all of them.
func Close(all []Submission) error {
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

// Take copies the directory of a lesson, such as 01-handler, into to, an existing directory. An error that wraps
// [ErrMissing] says that there is none, and one that wraps [ErrMachine] nothing of the submission; any other says why the
// submission is not taken, which is its own fault.
func (s Submission) Take(lesson, to string) (Taken, error) {
	if s.refused != "" {
		return Taken{}, errors.New(s.refused)
	}
	there, err := search(s.files, lesson)
	switch {
	case isFault(err):
		return Taken{}, fmt.Errorf("%w: %w", ErrMachine, err)
	case err != nil:
		return Taken{}, fmt.Errorf("the submission cannot be read: %w", err)
	case len(there.found) == 0:
		return Taken{}, fmt.Errorf("%w %s%s", ErrMissing, lesson, there.hint())
	}
	dir := there.found[0]
	t, err := take(s.files, dir, to)
	for _, other := range there.found[1:] {
		t.leave(other, "of several directories of the lesson, "+short(dir)+" is taken")
	}
	switch {
	case isFault(err):
		return Taken{}, fmt.Errorf("%w: %w", ErrMachine, err)
	case err != nil:
		return Taken{Left: t.Left}, fmt.Errorf("%s cannot be taken: %w", dir, err)
	}
	return t, nil
}

func isFault(err error) bool {
	return slices.ContainsFunc(faults, func(fault error) bool { return errors.Is(err, fault) })
}
