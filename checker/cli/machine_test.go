package cli_test

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/cli"
)

// asleep is how long a test stops the checker: longer than any function may take in lesson 1.
const asleep = 4 * time.Second

// TestStopped stops the checker for a while, as Ctrl-Z does, or with it all that it has started, as a
// laptop that sleeps. Deadlines pass meanwhile. That is nobody's fault, so all is as it would have been.
func TestStopped(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	for name, test := range map[string]struct {
		moment func(*testing.T, *exec.Cmd) // waits until it is time
		all    bool
	}{
		"the checker during the build":           {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "go") }, false},
		"all during the build":                   {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "go") }, true},
		"the checker when functions start":       {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "bootstrap") }, false},
		"all when functions start":               {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "bootstrap") }, true},
		"the checker while a deadline runs down": {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "bootstrap"); <-time.After(time.Second) }, false},
		"all while a deadline runs down":         {func(t *testing.T, cmd *exec.Cmd) { awaitChild(t, cmd, "bootstrap"); <-time.After(time.Second) }, true},
		"the checker at a random moment":         {func(*testing.T, *exec.Cmd) { <-time.After(random(0, 3*time.Second)) }, false},
		"all at a random moment":                 {func(*testing.T, *exec.Cmd) { <-time.After(random(0, 3*time.Second)) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.edit(t, "solutions")
			cmd := d.command(t, program, "check", "--dir", "solutions", "1")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			require.NoError(t, cmd.Start())
			test.moment(t, cmd)
			wake := stop(t, cmd, test.all)
			<-time.After(asleep)
			wake()
			require.NoError(t, cmd.Wait(), "%s", &out)
			assert.Contains(t, out.String(), "17 of 17 requirements met")
			d.nothingLeft(t, name)
		})
	}
}

// stop stops a program, and with all also what it has started, until wake. What stood still already, such
// as a function between two invocations, is left alone.
func stop(t *testing.T, cmd *exec.Cmd, all bool) (wake func()) {
	t.Helper()
	require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP)) // first, so that it starts no more
	var others []*process.Process
	if all {
		others = running(&process.Process{Pid: int32(cmd.Process.Pid)})
	}
	for _, p := range others {
		_ = p.Suspend() // it may just have ended
	}
	return func() {
		for _, p := range others {
			_ = p.Resume()
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
	}
}

// awaitChild waits until a program has started another one of this name. A function in namespaces of its own
// cannot be known by its directory.
func awaitChild(t *testing.T, cmd *exec.Cmd, name string) {
	t.Helper()
	require.Eventually(t, func() bool {
		children, _ := (&process.Process{Pid: int32(cmd.Process.Pid)}).Children() // none is an error
		return slices.ContainsFunc(children, func(p *process.Process) bool {
			found, _ := p.Name()
			return found == name
		})
	}, patience, 10*time.Millisecond, "no process %s", name)
}

// running are the processes that a process has started, and those have, less those that are stopped.
func running(p *process.Process) []*process.Process {
	children, _ := p.Children() // none is an error
	var all []*process.Process
	for _, child := range children {
		if status, err := child.Status(); err == nil && !slices.Contains(status, process.Stop) {
			all = append(all, child)
		}
		all = append(all, running(child)...)
	}
	return all
}

// What the tests find nothing of, they would find if it were there.
func TestAFunctionIsFoundByItsDirectory(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	cmd := d.command(t, program, "check", "--dir", "solutions", "1")
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	require.Eventually(t, func() bool {
		found, err := processesOf(d.dir)
		return err == nil && slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, " /var/task/bootstrap in ") })
	}, patience, 10*time.Millisecond)
}

// TestAtOnce checks in several terminals at once, and edits meanwhile. Each sees either what was before
// the edit, or what was after it.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	program, err := realChecker()
	require.NoError(t, err)
	d := newDesk(t)
	var all errgroup.Group
	run := func(want int, words string, args ...string) {
		cmd := d.command(t, program, args...)
		all.Go(func() error {
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				return err
			}
			assert.Equal(t, want, cmd.ProcessState.ExitCode(), "%v\n%s", args, out)
			assert.Contains(t, string(out), words, "%v", args)
			return nil
		})
	}
	for range times(t, 2) {
		run(cli.ExitPassed, "17 of 17 requirements met", "check", "--dir", "solutions", "1")
		run(cli.ExitFailed, "1 of 17 requirements met", "check", "1")
		<-time.After(random(0, time.Second))
		d.edit(t, "solutions")
		d.edit(t, "lessons")
	}
	run(cli.ExitPassed, "17 of 17 requirements met", "check", "--dir", "solutions", "1")
	require.NoError(t, all.Wait())
	d.nothingLeft(t, "several checks at once")
}
