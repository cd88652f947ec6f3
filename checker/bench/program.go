package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/serverless-patterns/checker/sandbox"
)

// grace is how long a program that was interrupted may take to clean up behind itself.
const grace = 10 * time.Second

// program is something to run in the copy, and to time.
type program struct {
	name    string
	args    []string
	environ []string
	// exit are the statuses with which it may end.
	exit []int
	// mark is a text in its stdout; when it comes, the program is interrupted. "" waits for the end.
	mark string
}

// ran is how a program went.
type ran struct {
	// took is the time from the start to the exit, or to the mark.
	took   time.Duration
	stdout []byte
}

// run runs a program to its end or to its mark. It has a process group of its own, which is interrupted
// as a whole when the context ends.
func (c *Copy) run(ctx context.Context, p program) (ran, error) {
	all := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.name, p.args...)
	cmd.Dir = c.Root
	cmd.Env = p.environ
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	out := &watcher{mark: []byte(p.mark), found: cancel}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &stderr
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return ran{}, err
	}
	err := cmd.Wait()
	took := time.Since(begin)
	if cmd.ProcessState == nil || !cmd.ProcessState.Exited() || ctx.Err() != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it has left of its group
	}
	var exit *exec.ExitError
	switch {
	case all.Err() != nil:
		return ran{}, context.Cause(all)
	case !out.at.IsZero():
		return ran{took: out.at.Sub(begin), stdout: out.all}, nil
	case err != nil && !errors.As(err, &exit):
		return ran{}, fmt.Errorf("%s: %w", p, err)
	case p.mark != "":
		return ran{}, fmt.Errorf("%s ended without the text %q on stdout:\n%s%s", p, p.mark, out.all, stderr.Bytes())
	case !slices.Contains(p.exit, cmd.ProcessState.ExitCode()):
		return ran{}, fmt.Errorf("%s: %s\n%s%s", p, cmd.ProcessState, out.all, stderr.Bytes())
	}
	return ran{took: took, stdout: out.all}, nil
}

func (p program) String() string {
	return p.name[strings.LastIndexByte(p.name, '/')+1:] + " " + strings.Join(p.args, " ")
}

// watcher keeps what is written, and notes when the mark has come.
type watcher struct {
	mark  []byte
	found func()
	all   []byte
	at    time.Time
}

func (w *watcher) Write(data []byte) (int, error) {
	now := time.Now()
	w.all = append(w.all, data...)
	if w.at.IsZero() && len(w.mark) > 0 && bytes.Contains(w.all, w.mark) {
		w.at = now
		w.found()
	}
	return len(data), nil
}

// build is the bare go command with the flags that functions are released with.
func (c *Copy) build(out string, packages ...string) program {
	return program{
		name: "go", exit: []int{0},
		args:    slices.Concat([]string{"build"}, sandbox.ReleaseFlags, []string{"-o", out}, packages),
		environ: c.environ("CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false"),
	}
}

// check is `checker check` of the lesson, which must end with this status.
func (c *Copy) check(checker string, exit int, args ...string) program {
	return program{
		name: checker, exit: []int{exit},
		args:    append([]string{"check", fmt.Sprint(c.lesson.Number)}, args...),
		environ: c.environ("NO_COLOR=1"),
	}
}
