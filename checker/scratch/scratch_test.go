package scratch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tests stand for those of a package.
type tests func() int

func (t tests) Run() int { return t() }

func TestTheDirectoryIsThereForTheTestsAlone(t *testing.T) {
	var dir string
	var ended bool
	code, err := run(tests(func() int {
		assert.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
		return 0
	}), &dir, func() { ended = true; assert.DirExists(t, dir) })
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.True(t, ended)
	assert.NoDirExists(t, dir)
}

func TestWhatIsLeftRunningIsAFailure(t *testing.T) {
	var dir string
	stop := make(chan struct{})
	_, err := run(tests(func() int {
		go func() { <-stop }()
		return 0
	}), &dir, nil)
	close(stop)
	require.ErrorContains(t, err, "found unexpected goroutines")
	assert.NoDirExists(t, dir)
}

// What is left by a test that failed is no news.
func TestAFailureIsKept(t *testing.T) {
	var dir string
	stop := make(chan struct{})
	defer close(stop)
	code, err := run(tests(func() int {
		go func() { <-stop }()
		return 2
	}), &dir, nil)
	require.NoError(t, err)
	assert.Equal(t, 2, code)
}
