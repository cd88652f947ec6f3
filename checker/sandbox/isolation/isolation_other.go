//go:build !linux

package isolation

import (
	"fmt"
	"os"
	"runtime"
)

// Available says that only Linux can isolate processes in the way of this package.
func Available(string) error {
	return fmt.Errorf("%w: %s has no namespaces", ErrUnavailable, runtime.GOOS)
}

// Start returns the error of [Available].
func Start(Program, View) (*os.Process, error) {
	return nil, &StartError{"starting", Available("")}
}

// AsNobody does nothing where nothing is isolated.
func AsNobody() {}

// LimitProcesses does nothing where nothing is isolated.
func LimitProcesses(int) {}
