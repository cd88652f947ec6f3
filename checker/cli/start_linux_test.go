package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bootstrapping is the line of a start's trace about the package that would look through all processes.
var bootstrapping = regexp.MustCompile(`init \S+/testcontainers-go/internal/core/bootstrap @.* (\d+) allocs`)

func TestAStartDoesNotLookThroughTheProcessesOfTheMachine(t *testing.T) {
	t.Parallel()
	checker, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	cmd := d.command(t, checker, "list")
	cmd.Env = append(cmd.Env, "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	trace := bootstrapping.FindSubmatch(out)
	require.NotNil(t, trace, "%s", out)
	allocations, err := strconv.Atoi(string(trace[1]))
	require.NoError(t, err)
	assert.Less(t, allocations, 100, "each process takes some 40")
}

func TestWhatTheCheckerStartsSeesTheProcessesOfTheMachine(t *testing.T) {
	t.Parallel()
	checker, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	bin, seen := filepath.Join(d.dir, "bin"), filepath.Join(d.dir, "environment")
	require.NoError(t, os.Mkdir(bin, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\nenv >'"+seen+"'\nexit 1\n"), 0o755)) //nolint:gosec // it is a program
	cmd := d.command(t, checker, "check", "1")
	cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "%s", out)
	environment, err := os.ReadFile(seen)
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(environment), "GOFLAGS=")
	for line := range strings.Lines(string(environment)) {
		assert.False(t, strings.HasPrefix(line, "HOST_PROC="), "%s", line)
	}
}
