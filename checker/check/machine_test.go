package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
)

func TestErrorsThatAnyProgramMaySayWhatToDo(t *testing.T) {
	t.Parallel()
	of := func(e syscall.Errno) error {
		return fmt.Errorf("cannot keep it: %w", &fs.PathError{Op: "write", Path: "/a", Err: e})
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{of(syscall.ENOSPC), "cannot keep it: write /a: no space left on device\nThere is no space left there. Make room"},
		{of(syscall.EDQUOT), "Make room"},
		{of(syscall.EMFILE), "ulimit -n"},
		{of(syscall.EAGAIN), "ulimit -u"},
		{of(syscall.ENOMEM), "Close other programs"},
		{of(syscall.EROFS), "can write to"},
		{of(syscall.EACCES), "can write to"},
	} {
		assert.Contains(t, withNext(test.err), test.want, test.err)
	}
	for _, err := range []error{errors.New("other"), os.NewSyscallError("connect", syscall.EACCES), context.Canceled} {
		assert.Equal(t, err.Error(), withNext(err))
	}
}

func TestAProcessWithoutThreadsIsNotTheCodes(t *testing.T) {
	t.Parallel()
	died := func(outcome sandbox.Outcome, lines ...string) *sandbox.Invocation {
		return &sandbox.Invocation{Outcome: outcome, Log: lines}
	}
	const few = "runtime: failed to create new OS thread (have 6 already; errno=11)"
	const many = "runtime: failed to create new OS thread (have 1021 already; errno=11)"
	require.ErrorIs(t, starved(died(sandbox.Exited, "INIT", few, "fatal error: newosproc")), syscall.EAGAIN)
	assert.NoError(t, starved(died(sandbox.Exited, many)), "Lambda would not give it more, either")
	assert.NoError(t, starved(died(sandbox.Exited, "exit")))
	assert.NoError(t, starved(died(sandbox.Answered, few)), "it was only logged")
	assert.NoError(t, starved(died(sandbox.Exited, "it said: "+few)))
}

func TestADirectoryWithALineBreakCannotBeBuiltIn(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "a", Run: func(*T) {}}), func(o *Options) { o.Root = "/home/a\nb" })
	assert.Equal(t, Errored, r.Verdict)
	assert.Equal(t, `"/home/a\nb": the go command cannot build in a directory with a line break in its name. Move or rename it`, r.Error)
}

func TestAMachineTalksToItself(t *testing.T) {
	t.Parallel()
	require.NoError(t, loopback(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, loopback(ctx), "an interrupt is no fault of the machine")
}

func TestWhetherADirectoryCanBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, writable(dir))
	assert.Empty(t, left(t, dir))
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.ErrorContains(t, writable(file), file)
}

// What keeps the checker from writing keeps the functions from it, too.
func TestAFailureWhereNothingCanBeWrittenIsNotTheCodes(t *testing.T) {
	t.Parallel()
	s := newSpy()
	defer s.Close()
	r := &run{backend: s, still: watchStandstill()}
	defer r.still.end()
	dir := filepath.Join(t.TempDir(), "a")
	result, _ := r.one(t.Context(), Check{ID: "a", Run: func(t *T) {
		if err := os.Remove(dir + "-1"); err != nil {
			panic(err)
		}
		t.Fail(Finding{Got: "nothing"})
	}}, dir, nil, false)
	assert.Equal(t, Errored, result.Verdict)
	assert.Nil(t, result.Finding)
	assert.Contains(t, result.Error, dir)
}

func TestAffordable(t *testing.T) {
	t.Parallel()
	n := affordable(8)
	assert.GreaterOrEqual(t, n, 1)
	assert.LessOrEqual(t, n, 8)
	assert.Equal(t, 1, affordable(1))
}
