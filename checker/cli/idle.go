package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/serverless-patterns/checker/backend/containers"
)

// idleEnv is the environment variable for how long containers are kept that nobody uses, such as 30m; 0 keeps them.
const idleEnv = "SERVERLESS_PATTERNS_IDLE"

// idleCommand is run by watchIdle, and goes on after the check.
type idleCommand struct {
	After time.Duration `required:""`
}

// Run removes the containers when nobody has used them for a while.
func (c *idleCommand) Run(ctx context.Context) error { return containers.StopWhenIdle(ctx, c.After) }

// idleLimit is how long containers are kept that nobody uses; 0 is for good.
func idleLimit(p Process) (time.Duration, error) {
	text := variable(p.Environ, idleEnv)
	if text == "" {
		return containers.DefaultIdleLimit, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit < 0 {
		return 0, fmt.Errorf("%s=%s is no time: set it to one such as 30m, or to 0, which keeps containers until `checker down`", idleEnv, text)
	}
	return limit, nil
}

// watchIdle sees to it that a process watches the containers, which outlive this one. It has a session of its own, and
// of this one's environment only what tells where Docker is. That it cannot be started is no reason to fail a check.
func watchIdle(p Process, limit time.Duration) {
	if limit == 0 || containers.Watched() {
		return
	}
	cmd := exec.Command(p.Program, "idle", "--after", limit.String())
	cmd.Dir = string(os.PathSeparator)
	cmd.Env = slices.DeleteFunc(slices.Clone(p.Environ), func(entry string) bool { return !kept(entry) })
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if cmd.Start() == nil {
		_ = cmd.Process.Release() // fails for processes that have ended
	}
}

// kept are the variables by which Docker and the user's directories are found.
func kept(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return strings.HasPrefix(name, "DOCKER_") || strings.HasPrefix(name, "TESTCONTAINERS_") || strings.HasPrefix(name, "XDG_") ||
		slices.Contains([]string{"HOME", "PATH", "USER"}, name)
}
