package handin

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// What a zip may be, and list. The list is read into memory, whatever its files have.
const (
	maxZip     = 1 << 30  // bytes
	maxEntries = 100_000  // files and directories
	maxList    = 32 << 20 // bytes
)

// errList says that a zip's list of files is more than anybody hands in.
var errList = errors.New("it lists more files than anybody hands in")

func openZip(learner, at string) Submission {
	f, err := os.Open(at)
	if err != nil {
		return refuse(learner, err.Error())
	}
	archive, err := readZip(f)
	if err != nil {
		_ = f.Close() // it was only read
		return refuse(learner, err.Error())
	}
	return Submission{Learner: learner, files: archive, close: f.Close}
}

// readZip reads a zip's list of files. The errors say why the zip is not taken.
func readZip(f *os.File) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxZip {
		return nil, fmt.Errorf("its zip is more than %d MB", maxZip>>20)
	}
	list := &limited{from: f, left: maxList}
	archive, err := zip.NewReader(list, info.Size())
	if err != nil {
		return nil, fmt.Errorf("its zip cannot be read: %w", err)
	}
	list.left = -1
	if len(archive.File) > maxEntries {
		return nil, fmt.Errorf("its zip lists %d files; up to %d are taken", len(archive.File), maxEntries)
	}
	for _, f := range archive.File {
		// Some of Windows' tools write its separators, which climb as well.
		written := f.Name
		f.Name = strings.ReplaceAll(f.Name, `\`, "/")
		if !filepath.IsLocal(strings.TrimSuffix(f.Name, "/")) {
			return nil, fmt.Errorf("its zip climbs out of the submission: it has a file %q", written)
		}
	}
	return archive, nil
}

// limited is a file of which left bytes may be read, all reads together; any number if it is negative. Until then, it is
// for one goroutine.
type limited struct {
	from io.ReaderAt
	left int64
}

func (l *limited) ReadAt(p []byte, off int64) (int, error) {
	if l.left < 0 {
		return l.from.ReadAt(p, off)
	}
	if l.left < int64(len(p)) {
		return 0, errList
	}
	n, err := l.from.ReadAt(p, off)
	l.left -= int64(n)
	return n, err
}
