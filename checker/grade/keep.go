package grade

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func (g *grading) file(r Record) string {
	return filepath.Join(g.Records, r.Learner, r.Lesson+".json")
}

// kept returns the record of an earlier run, if it follows from the same.
func (g *grading) kept(r Record) (Record, bool) {
	data, err := os.ReadFile(g.file(r))
	var earlier Record
	if err != nil || json.Unmarshal(data, &earlier) != nil || earlier.Digest == "" || earlier.Digest != r.Digest ||
		earlier.Learner != r.Learner || earlier.Lesson != r.Lesson {
		return r, false
	}
	return earlier, true
}

// keep writes a record, as a whole or not at all.
func (g *grading) keep(r Record) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(g.file(r), data)
}

// writeWhole replaces a file by another.
func writeWhole(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("cannot keep results: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-")
	if err != nil {
		return fmt.Errorf("cannot keep results: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot keep results: %w", err), ignoreMissing(os.Remove(f.Name())))
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
