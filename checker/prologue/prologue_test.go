package prologue

import (
	"os"
	"testing"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProcessesAreHiddenUntilTheEnd(t *testing.T) {
	require.True(t, hidden, "the variable is not set where tests run")
	assert.Equal(t, none, os.Getenv(processes))
	End()
	_, isSet := os.LookupEnv(processes)
	assert.False(t, isSet)
	all, err := process.Pids()
	require.NoError(t, err)
	assert.Contains(t, all, int32(os.Getpid()))
}
