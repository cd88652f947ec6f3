// Package doctor looks at this machine: what the checker can use, and what it does not enforce here
// although Lambda does.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// Fact is something that was looked at.
type Fact struct {
	Name string
	OK   bool
	// Needed is set when no lesson can be checked without it.
	Needed bool
	// Text says what was found, or what to do about what was not.
	Text string
}

// Examine looks at everything. It changes nothing but for a file that it writes and removes.
func Examine(ctx context.Context, place course.Place) []Fact {
	return []Fact{goCommand(ctx, place), state(place), docker(ctx), enforced(), isolated(place)}
}

func goCommand(ctx context.Context, place course.Place) Fact {
	f := Fact{Name: "Go", Needed: true}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "version")
	cmd.Dir = place.Root // where go.mod decides on the toolchain
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.Text = fmt.Sprintf("`go version` fails: %v. Install Go 1.26 or newer from https://go.dev/dl", err)
		return f
	}
	f.OK, f.Text = true, strings.TrimPrefix(strings.TrimSpace(string(out)), "go version ")
	return f
}

func state(place course.Place) Fact {
	f := Fact{Name: ".workshop", Needed: true}
	err := os.MkdirAll(place.State, 0o755)
	if err == nil {
		probe := filepath.Join(place.State, fmt.Sprintf("doctor-%d", os.Getpid()))
		if err = os.WriteFile(probe, []byte("x"), 0o600); err == nil {
			err = os.Remove(probe)
		}
	}
	if err != nil {
		f.Text = fmt.Sprintf("cannot be written: %v. Builds and progress are kept there", err)
		return f
	}
	f.OK, f.Text = true, "builds and progress are kept in "+place.State
	return f
}

func docker(ctx context.Context) Fact {
	f := Fact{Name: "Docker"}
	if err := containers.Available(ctx); err != nil {
		f.Text = fmt.Sprintf("%v. Lessons are checked on the embedded backend alone", err)
		return f
	}
	f.OK, f.Text = true, "answers: --backend containers checks on DynamoDB Local"
	return f
}

// enforced says what of Lambda is the same on every machine, and what on none.
func enforced() Fact {
	return Fact{Name: "Lambda", OK: true, Text: fmt.Sprintf("on %s/%s, enforced as on Lambda: deadline, kill, freeze between invocations, "+
		"payload limits, MemorySize; not enforced: the CPU share that goes with MemorySize, the permissions in Policies", runtime.GOOS, runtime.GOARCH)}
}

// isolated says whether functions see Lambda's file system or this machine's.
func isolated(place course.Place) Fact {
	f := Fact{Name: "Isolation"}
	err := isolation.Available(place.State)
	if err == nil {
		f.OK, f.Text = true, "functions see a read-only /var/task, a /tmp of their own, and none of your files"
		return f
	}
	f.Text = fmt.Sprintf("%v. Functions see your files, and may write where you may", err)
	if errors.Is(err, os.ErrPermission) {
		f.Text += ". To allow it: sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu; " +
			"--security-opt seccomp=unconfined for a container"
	}
	return f
}
