package handin

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// What is taken of a lesson's directory. Lessons have some ten files of some kilobytes.
const (
	maxFiles = 500      // and directories
	maxFile  = 4 << 20  // bytes
	maxTaken = 16 << 20 // bytes, together
	maxLeft  = 50       // files that are named of those that are not taken
	maxName  = 200      // bytes of such a name
)

// Why files are left where they are.
const (
	isModule = "the module is the course's own"
	isObject = "functions are in Go alone"
	isLink   = "links are not followed"
)

// unwanted are the files that would decide something else than the function's behaviour: which module it is, or code
// that is not Go. Assembly can include any file of this machine, and objects are linked as they are.
var unwanted = map[string]string{
	"go.mod": isModule, "go.sum": isModule, "go.work": isModule, "go.work.sum": isModule, "modules.txt": isModule,
	".s": isObject, ".sx": isObject, ".syso": isObject, ".c": isObject, ".h": isObject, ".cc": isObject, ".cpp": isObject, ".cxx": isObject,
	".hh": isObject, ".hpp": isObject, ".hxx": isObject, ".m": isObject, ".f": isObject, ".for": isObject, ".f90": isObject,
	".swig": isObject, ".swigcxx": isObject, ".a": isObject, ".o": isObject, ".so": isObject,
}

// errTooLarge says that a lesson's directory is more than anybody needs for it.
var errTooLarge = errors.New("it is too large")

// Taken is a lesson's directory as it was taken.
type Taken struct {
	// Digest is of names and contents.
	Digest string
	// Left are the files that were not taken, with the reason: some of them, if they are many.
	Left []string
}

// take copies a directory of a submission into to, an existing directory: regular files up to limits, and nothing
// that is not for this lesson. Errors that wrap errTooLarge, or are of a zip, are the submission's.
func take(files fs.FS, dir, to string) (Taken, error) {
	var t Taken
	sum := sha256.New()
	count, room := 0, int64(maxTaken)
	err := fs.WalkDir(files, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
		target := filepath.Join(to, filepath.FromSlash(rel))
		switch why := notTaken(e); {
		case e.IsDir() && rel != "" && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.IsDir() && why != "":
			t.leave(rel, why)
			return nil
		}
		if count++; count > maxFiles {
			return fmt.Errorf("%w: it has more than %d files and directories", errTooLarge, maxFiles)
		}
		if e.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		fmt.Fprintf(sum, "%q\n", rel)
		n, err := copyFile(files, name, target, sum, min(room, maxFile))
		room -= n
		fmt.Fprintf(sum, "%d\n", n)
		return err
	})
	t.Digest = fmt.Sprintf("%x", sum.Sum(nil))
	return t, err
}

// leave notes that a file was not taken. A record has room for some of them.
func (t *Taken) leave(name, why string) {
	switch {
	case len(t.Left) == maxLeft:
		t.Left = append(t.Left, "and more")
	case len(t.Left) < maxLeft:
		t.Left = append(t.Left, short(name)+": "+why)
	}
}

func notTaken(e fs.DirEntry) string {
	name := strings.ToLower(e.Name())
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		return isLink
	case !e.Type().IsRegular():
		return "it is no regular file"
	case unwanted[name] != "":
		return unwanted[name]
	}
	return unwanted[path.Ext(name)]
}

// copyFile copies up to room bytes of a file, also into sum, and returns how many there were.
func copyFile(files fs.FS, name, to string, sum io.Writer, room int64) (int64, error) {
	in, err := files.Open(name)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(in, room+1))
	if n > room {
		err = fmt.Errorf("%w: %s is more than %d kB, or all files are more than %d kB", errTooLarge, path.Base(name), maxFile>>10, maxTaken>>10)
	}
	return n, errors.Join(err, out.Close())
}
