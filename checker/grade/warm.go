package grade

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/sandbox"
)

// slow is how long compiling what lessons share is silent.
const slow = 3 * time.Second

// compileShared compiles what the lessons' solutions are made of, beside the submissions' own packages, so that it is
// nobody's time and memory that are spent on it: with an empty build cache it takes minutes. It runs outside of
// enclosures, and fetches modules, which no submission can.
func (g *grading) compileShared(ctx context.Context, work string) error {
	if g.Slow != nil {
		defer time.AfterFunc(slow, g.Slow).Stop()
	}
	dir := filepath.Join(work, "shared")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	var packages []string
	for _, l := range g.Lessons {
		packages = append(packages, "./solutions/"+l.ID+"/...")
	}
	builder := sandbox.Builder{Root: g.Place.Root}
	if err := builder.Warm(ctx, dir, packages...); err != nil {
		return fmt.Errorf("the reference solutions do not build on this machine, so no submission can: %w", err)
	}
	return nil
}

// ownSettings are where the go command of this user keeps builds and modules, and which Go it is, as entries of an
// environment. In enclosures, it does not read its own settings.
func ownSettings(ctx context.Context, environ []string) ([]string, error) {
	names := []string{"GOCACHE", "GOMODCACHE", "GOTOOLCHAIN"}
	cmd := exec.CommandContext(ctx, "go", append([]string{"env"}, names...)...)
	cmd.Env = environ
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the go command, which builds submissions, does not say where it keeps builds: %w", err)
	}
	values := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(values) != len(names) {
		return nil, fmt.Errorf("the go command, which builds submissions, does not say where it keeps builds, but %q", out)
	}
	for n, name := range names {
		values[n] = name + "=" + values[n]
	}
	return values, nil
}
