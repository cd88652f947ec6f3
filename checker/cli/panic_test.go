package cli_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/cli"
)

// broken is a file that the checker does not survive.
type broken struct{}

func (broken) Write([]byte) (int, error) { panic("out of tea") }

// A panic must neither look like success nor, by Go's own exit status, like code that does not build.
func TestAPanicIsAFaultOfTheChecker(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	exit := cli.Run(t.Context(), cli.Process{Args: []string{"list"}, Dir: courseDir, Program: courseDir, Stdout: broken{}, Stderr: &said})
	assert.Equal(t, cli.ExitFault, exit)
	assert.Contains(t, said.String(), "checker: a fault of the checker, please report it: out of tea")
	assert.Contains(t, said.String(), "broken.Write", "where it was")
}
