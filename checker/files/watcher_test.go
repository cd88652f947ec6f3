package files

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheWatcherSeesWhatHasAnotherContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	write := func(name, text string) {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(path(name)), 0o755))
		require.NoError(t, os.WriteFile(path(name), []byte(text), 0o600))
	}
	write("a/main.go", "package main")
	write("b/main.go", "package main")
	w := NewWatcher([]string{dir, path("b")})
	assert.Empty(t, w.Look())

	write("a/main.go", "package other")
	assert.Equal(t, []string{path("a/main.go")}, w.Look())
	assert.Empty(t, w.Look())

	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(path("a/main.go"), later, later))
	assert.Empty(t, w.Look(), "it was only touched")

	// The same size, and another time.
	write("a/main.go", "package third")
	require.NoError(t, os.Chtimes(path("a/main.go"), later.Add(time.Hour), later.Add(time.Hour)))
	assert.Equal(t, []string{path("a/main.go")}, w.Look())

	write("a/new.go", "package main")
	require.NoError(t, os.RemoveAll(path("b")))
	assert.Equal(t, []string{path("a/new.go"), path("b/main.go")}, w.Look())

	// What has nothing to do with functions, and may be large.
	write(".git/HEAD", "ref")
	write("node_modules/a/main.go", "package main")
	require.NoError(t, os.Symlink(path("a/main.go"), path("link.go")))
	assert.Empty(t, w.Look())

	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "go.mod"), []byte("module m"), 0o600))
	w.Also([]string{other, dir})
	assert.Empty(t, w.Look())
	require.NoError(t, os.WriteFile(filepath.Join(other, "go.mod"), []byte("module other"), 0o600))
	assert.Equal(t, []string{filepath.Join(other, "go.mod")}, w.Look())
}
