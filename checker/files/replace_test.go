package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/files"
)

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a new", "directory", "file")
	text := func(n int) string { return strings.Repeat(string(rune('a'+n)), 100_000) }
	require.NoError(t, files.Replace(path, []byte(text(0))))
	var writers sync.WaitGroup
	for n := range 5 {
		writers.Go(func() {
			for range 20 {
				assert.NoError(t, files.Replace(path, []byte(text(n))))
			}
		})
	}
	for range 100 {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text(int(data[0]-'a')), string(data))
	}
	writers.Wait()
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestWhatCannotBeReplacedStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a directory")
	require.NoError(t, os.MkdirAll(filepath.Join(path, "that is not empty"), 0o755))
	require.ErrorContains(t, files.Replace(path, nil), "cannot write "+path)
	require.ErrorContains(t, files.Replace(filepath.Join(path, "\x00"), nil), "cannot write ")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing is left beside it")
}
