package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox"
)

// What a save writes must get into the binary, also without debug information: that is what shows that it
// was compiled and linked.
func TestEachSaveGivesAnotherBinary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const text = "package main\n\nfunc main() { print(\"as before\") }\n"
	path := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/saved\n\ngo 1.26\n"), 0o600))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	saves := 41
	source, err := openSource(path, &saves)
	require.NoError(t, err)

	var binaries [][]byte
	for _, want := range []string{"save 42 of process", "save 43 of process"} {
		require.NoError(t, source.Save())
		build := exec.Command("go", append(append([]string{"build"}, sandbox.ReleaseFlags...), "-o", "saved")...)
		build.Dir = dir
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false")
		out, err := build.CombinedOutput()
		require.NoError(t, err, string(out))
		binary, err := os.ReadFile(filepath.Join(dir, "saved"))
		require.NoError(t, err)
		assert.Contains(t, string(binary), want)
		binaries = append(binaries, binary)
		said, err := exec.Command(filepath.Join(dir, "saved")).CombinedOutput()
		require.NoError(t, err)
		assert.Equal(t, "as before", string(said))
	}
	assert.NotEqual(t, binaries[0], binaries[1])

	now, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, text, string(now[:len(text)]), "what was there stays")
	assert.NotContains(t, string(now), "save 42", "and is followed by one save only")

	again, err := openSource(path, &saves)
	require.NoError(t, err)
	assert.Equal(t, text, string(again.original), "a save is not taken for the file's own text")
}
