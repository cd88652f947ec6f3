package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes a file whole or not at all, whoever writes it or reads it at the same moment, and makes its directory if
// need be. A program that is killed meanwhile may leave a hidden file beside it.
func Replace(path string, data []byte) error {
	err := replace(path, data)
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err // nobody has asked for the file beside it
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		if err = os.Rename(temporary.Name(), path); err == nil {
			return nil
		}
	}
	if gone := os.Remove(temporary.Name()); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
