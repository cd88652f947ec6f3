package isolation

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

var asNobody atomic.Bool

// AsNobody has all processes that are started from now on be nobody's on this machine, and not root's: limits on
// processes do not hold for root. This process must be root, and 65534 a user that it knows. It is for the whole life
// of the program.
func AsNobody() { asNobody.Store(true) }

// maxProcesses is the limit of an execution environment ("Lambda quotas": execution processes/threads).
const maxProcesses = 1024

var processes atomic.Int64

// LimitProcesses has the user of processes that are started from now on have at most n processes and threads, where it
// is one of them that wants another; those of this program count if the user is the same. By default it is as on Lambda.
// It is for the whole life of the program.
func LimitProcesses(n int) { processes.Store(int64(n)) }

var tried struct {
	sync.Once
	err error
}

// Available is nil where processes can be isolated; otherwise it says why they cannot. It tries once in
// the life of the program, which takes some milliseconds, in a directory below dir that is gone
// afterwards. It is safe for concurrent use.
func Available(dir string) error {
	tried.Do(func() {
		if err := try(dir); err != nil {
			tried.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	})
	return tried.err
}

func try(dir string) error {
	dir, err := os.MkdirTemp(dir, "isolation-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is empty
	v := View{Task: filepath.Join(dir, "task"), Tmp: filepath.Join(dir, "tmp")}
	if err := errors.Join(os.Mkdir(v.Task, 0o755), os.Mkdir(v.Tmp, 0o700)); err != nil {
		return err
	}
	// There is nothing to execute: if that is all that is wrong, the rest has worked.
	var failed *StartError
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	_, err = Start(Program{Path: filepath.Join(TaskRoot, "nothing"), Output: null}, v)
	if errors.As(err, &failed) && failed.Step == Execute && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Start starts a program isolated. It returns when the program is being executed; until then, errors are a
// [*StartError]. The process is a child of this one, in a process group of its own, and is killed with it. It is safe for
// concurrent use.
func Start(p Program, v View) (*os.Process, error) {
	said, report, err := os.Pipe()
	if err != nil {
		return nil, &StartError{"preparing", err}
	}
	defer said.Close()
	name := stage.Name
	if asNobody.Load() {
		name = stage.NameOfRoot
	}
	// Everything goes by arguments: the program's variables must not configure the stage, which is a Go
	// program too.
	most := cmp.Or(int(processes.Load()), maxProcesses)
	args := slices.Concat([]string{name, v.Task, v.Tmp, strconv.Itoa(most), p.Path, strconv.Itoa(len(p.Args))}, p.Args, p.Env)
	pid, err := stages.start(args, p.Output, report)
	_ = report.Close() // the child has its own
	if err != nil {
		return nil, &StartError{"making namespaces", err}
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, &StartError{"starting", err}
	}
	text, err := io.ReadAll(said)
	if err == nil && len(text) == 0 {
		return process, nil // closed by the execution of the program
	}
	_, _ = process.Wait() // it ends by itself; what it said says why
	return nil, startError(string(text), err)
}

// startError reads what the stage has reported: a step and an errno.
func startError(text string, err error) error {
	if err != nil {
		return &StartError{"starting", err}
	}
	step, number, _ := strings.Cut(text, "\x00")
	errno, err := strconv.Atoi(number)
	if err != nil {
		return &StartError{"starting", fmt.Errorf("not understood: %q", text)}
	}
	return &StartError{step, syscall.Errno(errno)}
}
