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
	all, others, err := Find(folder)
	require.NoError(t, err)
	assert.Equal(t, []string{"notes.txt"}, others)
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
	_, _, err = Find(folder)
	require.ErrorContains(t, err, "submissions of one name")
	_, _, err = Find(t.TempDir())
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

func TestAMissingLessonSaysWhereItMayBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files, links []string
		want         string
	}{
		"nothing":     {nil, nil, ""},
		"a link":      {nil, []string{"lessons"}, ", but it has lessons (a link, which is not followed)"},
		"a zip":       {[]string{"README.md", "work.zip"}, nil, ", but it has work.zip (an archive, which is not opened beside other files)"},
		"other name":  {[]string{"01-Handler/main.go"}, nil, ", but it has 01-Handler (a directory of another name)"},
		"solutions":   {[]string{"solutions/01-handler/main.go"}, nil, ", but it has solutions/01-handler (the reference, which is nobody's answer)"},
		"too deep":    {[]string{"a/b/c/d/e/01-handler/main.go"}, nil, " in its first 5 levels of directories"},
		"hidden":      {[]string{".old/01-handler/main.go"}, nil, ""},
		"many others": {[]string{"a.7z", "b.tgz", "c.RAR", "d.gz", "e.tar"}, nil, ", but it has a.7z (an archive, which is not opened beside other files), b.tgz (an archive, which is not opened beside other files), c.RAR (an archive, which is not opened beside other files), and 2 more like these"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			ann := filepath.Join(folder, "ann")
			require.NoError(t, os.Mkdir(ann, 0o700))
			for _, f := range c.files {
				at := filepath.Join(ann, filepath.FromSlash(f))
				require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o700))
				require.NoError(t, os.WriteFile(at, nil, 0o600))
			}
			for _, l := range c.links {
				require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(ann, l)))
			}
			all, _, err := Find(folder)
			require.NoError(t, err)
			_, err = all[0].Take(zippedLesson, t.TempDir())
			require.ErrorIs(t, err, ErrMissing)
			require.EqualError(t, err, "the submission has no directory 01-handler"+c.want)
			require.NoError(t, Close(all))
		})
	}
}

func TestWhichOfSeveralIsTakenIsSaid(t *testing.T) {
	t.Parallel()
	taken, _, err := takeZip(t, zipOf(t,
		[2]string{"repo/old/01-handler/template.yaml", "old"}, [2]string{"repo/lessons/01-handler/template.yaml", "new"}))
	require.NoError(t, err)
	assert.Equal(t, []string{"repo/old/01-handler: of several directories of the lesson, repo/lessons/01-handler is taken"}, taken.Left)
}

func TestAnArchiveThatIsNoZipIsSomebodys(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "ann.tar.gz"), nil, 0o600))
	all, others, err := Find(folder)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Empty(t, others)
	_, err = all[0].Take(zippedLesson, t.TempDir())
	require.ErrorContains(t, err, "unpack it")
	require.NotErrorIs(t, err, ErrMissing)
}
