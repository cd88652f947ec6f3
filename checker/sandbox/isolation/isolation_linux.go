package isolation

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

// capSysAdmin is what mounting takes. It holds in the new namespaces only, and until the program is
// executed.
const capSysAdmin = 21

// nobody is who processes are on this machine if [AsNobody] was called.
const nobody = 65534

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
	v := View{Task: filepath.Join(dir, "task"), Tmp: filepath.Join(dir, "tmp"), Root: filepath.Join(dir, "root")}
	if err := v.Directories(); err != nil {
		return err
	}
	// There is nothing to execute: if that is all that is wrong, the rest has worked.
	var failed *StartError
	err = Start(exec.Command(filepath.Join(TaskRoot, "nothing")), v, func(start func() error) error { return start() })
	if errors.As(err, &failed) && failed.Step == Execute && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Start starts cmd isolated: its Path is one that the process sees, and Dir is not used. It
// returns when the program is being executed; until then, errors are a [*StartError]. The process
// is forked inside of fork, which runs its argument on the thread that the process is to depend on.
func Start(cmd *exec.Cmd, v View, fork func(func() error) error) error {
	said, report, err := os.Pipe()
	if err != nil {
		return &StartError{"preparing", err}
	}
	defer said.Close()
	// Everything goes by arguments: the program's variables must not configure this stage, which is a Go
	// program too.
	most := cmp.Or(int(processes.Load()), maxProcesses)
	cmd.Args = slices.Concat([]string{stage.Name, v.Task, v.Tmp, v.Root, strconv.Itoa(most), cmd.Path, strconv.Itoa(len(cmd.Args))}, cmd.Args, cmd.Env)
	cmd.Path, cmd.Env, cmd.Dir = "/proc/self/exe", []string{}, ""
	cmd.ExtraFiles = []*os.File{report} // is stage.ReportFD
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	a := cmd.SysProcAttr
	a.Cloneflags |= syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
	if asNobody.Load() {
		cmd.Args[0] = stage.NameOfRoot
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: stage.UserID, HostID: nobody, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: stage.GroupID, HostID: nobody, Size: 1}}
		a.GidMappingsEnableSetgroups = true
	} else {
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: stage.UserID, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: stage.GroupID, HostID: os.Getgid(), Size: 1}}
		a.AmbientCaps = []uintptr{capSysAdmin}
	}
	err = fork(cmd.Start)
	_ = report.Close() // the child has its own
	if err != nil {
		return &StartError{"making namespaces", err}
	}
	text, err := io.ReadAll(said)
	if err == nil && len(text) == 0 {
		return nil // closed by the execution of the program
	}
	_ = cmd.Wait() // it ends by itself; what it said says why
	return startError(string(text), err)
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
