// Package doctor looks at this machine: what the checker can use, and what it does not enforce here
// although Lambda does.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"go/version"
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
	daemon := docker(ctx)
	facts := []Fact{goCommand(ctx, place), state(place), daemon}
	if daemon.OK {
		facts = append(facts, images(ctx))
	}
	return append(facts, enforced(), isolated(place))
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
	f.Text = strings.TrimPrefix(strings.TrimSpace(string(out)), "go version ")
	has, _, _ := strings.Cut(f.Text, " ")
	if wants := wantedGo(place.Root); wants != "" && version.IsValid(has) && version.Compare(has, wants) < 0 {
		f.Text += fmt.Sprintf(", and the course's go.mod asks for %s. Install a newer Go from https://go.dev/dl, "+
			"or let Go fetch it: go env -u GOTOOLCHAIN, where there is a network", wants)
		return f
	}
	f.OK = true
	return f
}

// wantedGo is the version that go.mod asks for, as go1.26.0; "" if it asks for none.
func wantedGo(root string) string {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "" // whoever looked for the course has read it
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "go" {
			return "go" + fields[1]
		}
	}
	return ""
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
	f.OK, f.Text = true, "answers: lessons that have passed are checked again on DynamoDB Local and ElasticMQ"
	return f
}

// images says whether the containers' images are there.
func images(ctx context.Context) Fact {
	f := Fact{Name: "Images", OK: true}
	all, err := containers.Images(ctx, containers.Options{})
	if err != nil {
		f.OK, f.Text = false, err.Error()
		return f
	}
	var each []string
	for _, i := range all {
		f.OK = f.OK && i.Here
		each = append(each, sentence(i))
	}
	f.Text = strings.Join(each, "; ")
	if !f.OK {
		f.Text += ". `make setup` fetches what is missing, and the first check that needs it does; `make images` builds both, without a registry"
	}
	return f
}

func sentence(i containers.Image) string {
	const mb = 1_000_000
	size := fmt.Sprintf("%d MB", (i.Bytes+mb-1)/mb)
	switch {
	case i.Here:
		return fmt.Sprintf("%s is here (%s)", i.Name, size)
	case i.Problem != nil:
		line, _, _ := strings.Cut(i.Problem.Error(), "\n")
		return fmt.Sprintf("%s is not here, and its registry does not say how large it is (%s)", i.Name, line)
	default:
		return fmt.Sprintf("%s is not here, %s to fetch", i.Name, size)
	}
}

// enforced says what of Lambda is the same on every machine, and what on none.
func enforced() Fact {
	return Fact{Name: "Lambda", OK: true, Text: fmt.Sprintf("on %s/%s, enforced as on Lambda: deadline, kill, freeze between invocations, "+
		"payload limits, MemorySize, the permissions in Policies; not enforced: the CPU share that goes with MemorySize", runtime.GOOS, runtime.GOARCH)}
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
