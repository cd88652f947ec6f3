package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shell is a program in place of those that are measured.
func shell(script string, exit ...int) program {
	return program{name: "/bin/sh", args: []string{"-c", script}, environ: os.Environ(), exit: exit}
}

func TestAProgramThatDoesNotDoWhatItShouldIsNotMeasured(t *testing.T) {
	t.Parallel()
	c := &Copy{Root: t.TempDir()}
	for name, test := range map[string]struct {
		program program
		mark    string
		problem string // "" is none
	}{
		"as it should":      {program: shell("exit 1", 0, 1)},
		"another status":    {program: shell("echo on stdout; echo on stderr >&2; exit 3", 0, 1), problem: "exit status 3\non stdout\non stderr\n"},
		"killed":            {program: shell("kill -9 $$", 0), problem: "signal: killed"},
		"with its mark":     {program: shell("echo before; echo ✗ FAIL; exec sleep 600"), mark: failMark},
		"without its mark":  {program: shell("echo all is well", 0), mark: failMark, problem: "ended without the text"},
		"not to be started": {program: program{name: "/nowhere/checker"}, problem: "no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.program.mark = test.mark
			r, err := c.run(t.Context(), test.program)
			if test.problem != "" {
				require.ErrorContains(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			assert.Positive(t, r.took)
			assert.Less(t, r.took, 5*time.Minute, "it is not waited for once its mark is there")
		})
	}
}

func TestAnInterruptEndsAProgramWithItsGroup(t *testing.T) {
	t.Parallel()
	c := &Copy{Root: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		// A shell that does not care, and a child that notes that it was asked to end.
		_, err := c.run(ctx, shell(`trap "" TERM; sh -c 'trap "echo > interrupted; exit" INT; echo > ready; while :; do sleep 0.05; done'`))
		ended <- err
	}()
	exists := func(name string) func() bool {
		return func() bool { _, err := os.Stat(filepath.Join(c.Root, name)); return err == nil }
	}
	require.Eventually(t, exists("ready"), time.Minute, 5*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	assert.True(t, exists("interrupted")())
}

func TestAPartThatFailsLeavesTheOthersTheirRows(t *testing.T) {
	t.Parallel()
	var told string
	b := &bench{report: &Report{}, tell: func(format string, args ...any) { told += fmt.Sprintf(format, args...) }}
	fails := part{func(*bench, context.Context) error { return errors.New("51 answers judged, 6 problems") }, []Row{verifyOne}}
	works := part{func(b *bench, _ context.Context) error { b.add(invocation); return nil }, []Row{invocation}}
	require.NoError(t, b.measure(t.Context(), "verify", fails))
	require.NoError(t, b.measure(t.Context(), "invocation", works))
	assert.Equal(t, "measuring verify: 51 answers judged, 6 problems", told)
	require.Len(t, b.report.Rows, 2)
	assert.Equal(t, "it failed; see the error above the table", b.report.Rows[0].Why)
	assert.Empty(t, b.report.Rows[1].Why)

	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.measure(interrupted, "verify", fails), context.Canceled)
}
