package handin

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSubmissionsComeInSeveralForms(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, dir := range []string{"clone/lessons/01-handler", "lessons-alone/01-handler", ".git", "_old", "one-zip"} {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, dir), 0o755))
	}
	write := func(name string, texts ...[2]string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), zipOf(t, texts...), 0o600))
	}
	write("one-zip/submission.zip", [2]string{"repo-main/lessons/01-handler/template.yaml", ""})
	write("zipped.zip", [2]string{"01-handler/template.yaml", ""})
	require.NoError(t, os.WriteFile(filepath.Join(folder, "notes.txt"), nil, 0o600))
	all, err := Find(folder)
	require.NoError(t, err)
	var names []string
	for _, s := range all {
		names = append(names, s.Learner)
		_, err := s.Take(zippedLesson, t.TempDir())
		require.NoError(t, err, s.Learner)
	}
	require.NoError(t, Close(all))
	assert.Equal(t, []string{"clone", "lessons-alone", "one-zip", "zipped"}, names)

	require.NoError(t, os.Mkdir(filepath.Join(folder, "ZIPPED.x"), 0o755))
	write("clone.zip")
	_, err = Find(folder)
	require.ErrorContains(t, err, "submissions of one name")
	_, err = Find(t.TempDir())
	require.ErrorContains(t, err, "has no submissions")
}

// failing is a file system of a machine with a fault.
type failing struct{ err error }

func (f failing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: f.err}
}

func TestAFaultOfTheMachineIsNotTheSubmissions(t *testing.T) {
	t.Parallel()
	_, err := Submission{files: failing{syscall.EMFILE}}.Take(zippedLesson, t.TempDir())
	require.ErrorIs(t, err, ErrMachine)
	_, err = Submission{files: failing{fs.ErrPermission}}.Take(zippedLesson, t.TempDir())
	require.ErrorContains(t, err, "the submission cannot be read")
	require.NotErrorIs(t, err, ErrMachine)
}
