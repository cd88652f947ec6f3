package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newMakeDesk is a desk with a checker that make takes for up to date.
func newMakeDesk(t *testing.T) desk {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("not run, because there is no make: ", err)
	}
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	require.NoError(t, os.Mkdir(filepath.Join(d.course, "checker"), 0o755)) // its sources are not needed
	require.NoError(t, copyFile(program, filepath.Join(d.course, "bin", "checker")))
	return d
}

// make runs make and returns what it printed, and its status.
func (d desk) make(t *testing.T, args ...string) (out, talk string, status int) {
	t.Helper()
	cmd := d.command(t, "make", args...)
	// The tests may themselves be run by make.
	cmd.Env = append(cmd.Env, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// noMarks asserts that make has left none of its marks.
func (d desk) noMarks(t *testing.T) {
	t.Helper()
	marks, err := filepath.Glob(filepath.Join(d.course, ".workshop", "make-failed-*"))
	require.NoError(t, err)
	assert.Empty(t, marks)
}

func TestMakeListsItsTargets(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	out, talk, status := d.make(t)
	assert.Zero(t, status)
	assert.Empty(t, withoutNotice(talk))
	for _, target := range []string{"make lesson-1 check ", "make lesson-1 serve ", "make check ", "make serve ", "make setup ", "make test ", "make verify ", "make lint ", "make bench ", "make doctor ", "make down "} {
		assert.Contains(t, out, target)
	}
}

func TestMakeAddsNothingToAFailure(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for _, targets := range [][]string{{"lesson-1", "check"}, {"check", "lesson-1"}, {"lesson-1"}, {"check"}} {
		out, talk, status := d.make(t, append(targets, "ONLY=answer")...)
		assert.NotZero(t, status, targets)
		assert.Empty(t, withoutNotice(talk), targets)
		assert.Equal(t, 1, strings.Count(out, "Lesson 1: "), "%v\n%s", targets, out)
		assert.Contains(t, out, "✗ FAIL", targets)
		assert.NotContains(t, out, "make:", targets)
		d.noMarks(t)
	}
}

func TestMakeVerifyProvesTheLessonsThatAreNamed(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	// What it is asked for is enough: a proof takes minutes.
	program := filepath.Join(d.course, "bin", "checker")
	require.NoError(t, os.Remove(program))
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\necho asked for \"$@\"\nexit 1\n"), 0o755))
	for want, targets := range map[string][]string{
		"asked for verify --pristine --backend embedded 1\n": {"verify", "lesson-1", "BACKEND=embedded"},
		"asked for verify --pristine 1 3\n":                  {"lesson-1", "lesson-3", "verify"},
		"asked for verify --pristine\n":                      {"verify"},
	} {
		out, _, status := d.make(t, targets...)
		assert.Equal(t, 2, status, targets)
		assert.Equal(t, want, out, targets)
	}
}

func TestMakeOfALessonThatIsNotThere(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for _, targets := range [][]string{{"lesson-99", "check"}, {"lesson-99"}, {"lesson-x"}} {
		out, talk, status := d.make(t, targets...)
		assert.NotZero(t, status, targets)
		assert.Empty(t, out, targets)
		name := strings.TrimPrefix(targets[0], "lesson-")
		assert.Regexp(t, `^checker: there is no lesson "`+name+`"; there are: 1 \(01-handler\), 2 \(02-api-gateway\), .*\nSee checker --help.\n$`, talk, targets)
	}
	d.noMarks(t)
}

func TestMakePassesAfterAFailure(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	_, _, status := d.make(t, "lesson-1", "check", "ONLY=answer")
	assert.NotZero(t, status)
	out, talk, status := d.make(t, "lesson-1", "check", "DIR=solutions")
	assert.Zero(t, status, "%s%s", out, talk)
	assert.Empty(t, withoutNotice(talk))
	assert.Contains(t, out, "17 of 17 requirements met")
	out, talk, status = d.make(t, "lesson-1", "DIR=solutions", "ONLY=answer", "SEED=7")
	assert.Zero(t, status, "%s%s", out, talk)
	assert.Empty(t, withoutNotice(talk))
	d.noMarks(t)
}

func TestMakeTakesADirectoryWithASpace(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	away := filepath.Join(d.dir, "away from home")
	require.NoError(t, os.CopyFS(away, os.DirFS(filepath.Join(d.course, "solutions"))))
	out, talk, status := d.make(t, "lesson-1", "check", "DIR="+away, "ONLY=answer")
	assert.Zero(t, status, "%s%s", out, talk)
}

// TestMakeInterrupted presses Ctrl-C: the terminal sends the signal to make, its shell and the checker.
func TestMakeInterrupted(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for range times(t, 4) {
		d.edit(t, "solutions")
		cmd := d.command(t, "make", "lesson-1", "check", "DIR=solutions")
		cmd.Env = append(cmd.Env, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		require.NoError(t, cmd.Start())
		<-time.After(random(100*time.Millisecond, 2*time.Second))
		require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
		require.Error(t, cmd.Wait(), "%s", &out)
		d.nothingLeft(t, "make was interrupted: "+out.String())
		d.noMarks(t)
	}
	out, talk, status := d.make(t, "lesson-1", "check", "DIR=solutions", "ONLY=answer")
	assert.Zero(t, status, "%s%s", out, talk)
}

// TestMakeWatchEndsQuietly presses Ctrl-C, which is how a watch without a screen ends.
func TestMakeWatchEndsQuietly(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	cmd := d.command(t, "make", "lesson-1", "watch", "PLAIN=1", "BACKEND=embedded")
	cmd.Env = append(cmd.Env, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	readUntil(t, out, "Ctrl-C ends this.")
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	require.Error(t, cmd.Wait(), "make ends by the signal")
	assert.Empty(t, withoutNotice(talk.String()))
	d.nothingLeft(t, "make watch was interrupted")
	d.noMarks(t)
}

func TestMakeAsksWhichLesson(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for _, verb := range []string{"watch", "hint", "diff", "reset", "solution", "serve"} {
		out, talk, status := d.make(t, verb)
		assert.NotZero(t, status, verb)
		assert.Empty(t, out, verb)
		assert.Contains(t, talk, "Which lesson? For example: make lesson-1 "+verb, verb)
	}
}

func TestMakeDoesNotKnowAMistypedVerb(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for _, targets := range [][]string{{"lesson-1", "chek"}, {"hnit", "lesson-1"}} {
		out, talk, status := d.make(t, targets...)
		assert.NotZero(t, status, targets)
		assert.Empty(t, out, targets)
		assert.Contains(t, talk, ". After a lesson comes one of: check watch hint", targets)
	}
}

// TestMakeAddsNothingToAnError is for verbs that fail otherwise than check.
func TestMakeAddsNothingToAnError(t *testing.T) {
	t.Parallel()
	d := newMakeDesk(t)
	for _, args := range [][]string{{"hint", "ONLY=nothing"}, {"reset", "RESTORE=nothing"}, {"diff"}, {"watch", "DIR=nothing"}} {
		_, talk, status := d.make(t, append([]string{"lesson-1"}, args...)...)
		assert.NotZero(t, status, args)
		assert.NotContains(t, talk, "make:", args)
		assert.NotEmpty(t, talk, args)
		d.noMarks(t)
	}
}
