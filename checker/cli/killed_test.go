package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKilledWhileFilesAreReplaced kills reset and solution at any moment: what the learner has written is then either where it
// was, or saved as a whole, and the next reset works.
func TestKilledWhileFilesAreReplaced(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	lesson := filepath.Join(d.course, "lessons", "01-handler")
	mine := "package main // mine\n"
	for range times(t, 12) {
		require.NoError(t, os.WriteFile(filepath.Join(lesson, "get-item", "mine.go"), []byte(mine), 0o600))
		before := filesBelow(t, lesson)
		cmd := d.command(t, program, "solution", "1")
		require.NoError(t, cmd.Start())
		<-time.After(random(0, 60*time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()

		kept := []map[string]string{filesBelow(t, lesson)}
		saved, err := filepath.Glob(filepath.Join(d.course, ".workshop", "saved", "01-handler", "[0-9]*"))
		require.NoError(t, err)
		for _, dir := range saved {
			kept = append(kept, filesBelow(t, dir))
		}
		require.Contains(t, kept, before)
		require.NoError(t, d.command(t, program, "reset", "1").Run())
	}
}

// filesBelow are the texts of a learner's files, by path.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name()[0] == '.' || entry.Name() == "README.md" {
			return err
		}
		text, err := os.ReadFile(path)
		all[path[len(dir):]] = string(text)
		return err
	}))
	return all
}
