package grade_test

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever runs the tests as root has those of an ordinary user run, too.
func TestTheSameAsAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("this is an ordinary user already")
	}
	program, err := os.Executable()
	require.NoError(t, err)
	const user = 1000
	cmd := exec.CommandContext(t.Context(), program, "-test.v", "-test.run=^TestHostileSubmissionsHarmNobody$")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: 0, Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	var forbidden *os.PathError
	if errors.As(err, &forbidden) {
		t.Skip(err)
	}
	require.NoError(t, err, string(out))
	assert.NotContains(t, string(out), "SKIP")
}
