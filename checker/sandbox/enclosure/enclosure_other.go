//go:build !linux

package enclosure

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

func unavailable() error {
	return fmt.Errorf("%w: %s has no namespaces", ErrUnavailable, runtime.GOOS)
}

// Run says that only Linux has enclosures of this kind.
func Run(*exec.Cmd) error { return unavailable() }

// Enter says that only Linux has enclosures of this kind.
func Enter(string, Limits) error { return unavailable() }

// Watch returns when the context ends: there is nothing to look at.
func (l Limits) Watch(ctx context.Context, _ string) string {
	<-ctx.Done()
	return ""
}
