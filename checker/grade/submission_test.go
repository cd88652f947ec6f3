package grade_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

const (
	root   = "../.."
	lesson = "01-handler"
)

// room is a folder of submissions.
type room struct {
	t      *testing.T
	folder string
}

// add makes a submission with the solution, and more files.
func (r room) add(learner string, files map[string]string) string {
	r.t.Helper()
	require.NoError(r.t, os.CopyFS(filepath.Join(r.folder, learner, "lessons", lesson), os.DirFS(filepath.Join(root, "solutions", lesson))))
	return r.plant(learner, files)
}

// plant writes files into a submission.
func (r room) plant(learner string, files map[string]string) string {
	r.t.Helper()
	dir := filepath.Join(r.folder, learner)
	for name, text := range files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(r.t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(r.t, os.WriteFile(target, []byte(text), 0o600))
	}
	return dir
}

// zip hands in a zip of empty files with these names.
func (r room) zip(learner string, names ...string) {
	r.t.Helper()
	f, err := os.Create(filepath.Join(r.folder, learner+".zip"))
	require.NoError(r.t, err)
	w := zip.NewWriter(f)
	for _, name := range names {
		_, err := w.Create(name)
		require.NoError(r.t, err)
	}
	require.NoError(r.t, w.Close())
	require.NoError(r.t, f.Close())
}

// options are those of a run over the room, whose one check sees INIT and an answer.
func (r room) options() grade.Options {
	r.t.Helper()
	program, err := os.Executable()
	require.NoError(r.t, err)
	l, err := course.Find(lesson)
	require.NoError(r.t, err)
	dir, err := filepath.Abs(root)
	require.NoError(r.t, err)
	return grade.Options{
		Place: course.Place{Root: dir}, Lessons: []course.Lesson{l}, Folder: r.folder, Records: filepath.Join(r.t.TempDir(), "records"),
		Program: program, Worker: []string{worker}, Environ: os.Environ(), Seed: 1, Only: l.Checks[0].ID, Limits: limits, AtOnce: runtime.NumCPU(),
	}
}

// run grades the room, and returns the records by learner.
func run(t *testing.T, o grade.Options) map[string]grade.Record {
	t.Helper()
	book, err := grade.Run(t.Context(), o)
	if errors.Is(err, enclosure.ErrUnavailable) && os.Getenv("CI_REQUIRE_CONTAINERS") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
	all := map[string]grade.Record{}
	for _, r := range book.Records {
		all[r.Learner] = r
	}
	return all
}

// explained is what a record says of its outcome.
func explained(r grade.Record) string {
	text := r.Why
	if l := r.Checked(); l != nil {
		text += l.Build.Output
		if f := l.FirstFailure(); f != nil {
			text += fmt.Sprintf("%+v", *f.Finding)
		}
	}
	return text
}

// copy copies a directory that may not be there.
func (r room) copy(from, to string) {
	r.t.Helper()
	if _, err := os.Stat(from); err == nil {
		require.NoError(r.t, os.CopyFS(to, os.DirFS(from)))
	}
}

// pack makes a zip of a directory that may not be there.
func (r room) pack(to, at, dir string) {
	r.t.Helper()
	inside := r.t.TempDir()
	r.copy(dir, filepath.Join(inside, filepath.FromSlash(at)))
	f, err := os.Create(to)
	require.NoError(r.t, err)
	w := zip.NewWriter(f)
	require.NoError(r.t, w.AddFS(os.DirFS(inside)))
	require.NoError(r.t, w.Close())
	require.NoError(r.t, f.Close())
}
