package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAWatchIsMeasuredFromTheSave has a shell in the place of watch: it finds something before it is at rest, which does not
// count, and again when a file is there.
func TestAWatchIsMeasuredFromTheSave(t *testing.T) {
	t.Parallel()
	c := &Copy{Root: t.TempDir()}
	watching := shell(`trap 'echo > interrupted; exit 1' INT; echo ✗ FAIL; echo Save a file of the lesson, please.
		while ! test -e saved; do sleep 0.01; done; echo ✗ FAIL; echo > found; while :; do sleep 0.01; done`)
	watching.mark = failMark
	saved := false
	took, err := c.whileWatched(t.Context(), watching, func() error {
		saved = true
		assert.NoFileExists(t, filepath.Join(c.Root, "found"))
		return os.WriteFile(filepath.Join(c.Root, "saved"), nil, 0o600)
	})
	require.NoError(t, err)
	assert.True(t, saved)
	assert.Positive(t, took)
	assert.FileExists(t, filepath.Join(c.Root, "interrupted"), "it is not left running")

	for _, script := range []string{"echo early >&2; exit 1", "echo Save a file of the lesson; sleep 0.1; echo early >&2; exit 1"} {
		ends := shell(script)
		ends.mark = failMark
		_, err = c.whileWatched(t.Context(), ends, func() error { return nil })
		require.ErrorContains(t, err, "ended early:")
		require.ErrorContains(t, err, "early\n")
	}
}
