package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// exitedCleanly is how a process ended that called os.Exit(0), or returned from main.
const exitedCleanly = "exit status 0"

// sigtermGrace is how long a process that asked for SIGTERM has before SIGKILL.
const sigtermGrace = 500 * time.Millisecond

// process is one run of a bootstrap, with those of its children that share its process group.
type process struct {
	child  *os.Process
	exited chan struct{}    // closed when the process has been waited for
	state  *os.ProcessState // how it ended; read it after exited
	exit   string           // the same in words
	frozen bool
	// debugged is set for a process under a debugger, which is not frozen, and whose memory is the debugger's.
	debugged bool

	mu     sync.Mutex
	reaped bool // its number may be somebody else's
}

// startProcess runs the bootstrap with nothing of the checker's own environment.
func (e *environment) startProcess(out *os.File) (*process, error) {
	const bootstrap = isolation.TaskRoot + "/bootstrap"
	debugger := e.function.config.Debugger
	var started *os.Process
	var err error
	if e.function.isolated {
		started, err = isolation.Start(isolation.Program{Path: bootstrap, Args: []string{bootstrap}, Env: e.environ(), Output: out}, e.view)
	} else {
		started, err = e.startOpenly(bootstrap, out)
	}
	if err != nil {
		return nil, err
	}
	p := &process{child: started, exited: make(chan struct{}), debugged: debugger != nil}
	go func() {
		p.reap() // kills what the process leaves behind, too
		p.exit = p.state.String()
		close(p.exited)
	}()
	return p, nil
}

// startOpenly starts it without isolation.
func (e *environment) startOpenly(name string, out *os.File) (*os.Process, error) {
	cmd := &exec.Cmd{
		Path: filepath.Join(e.view.Task, "bootstrap"), Dir: e.view.Task,
		Args: []string{name}, Env: e.environ(), Stdout: out, Stderr: out, SysProcAttr: processAttributes(),
	}
	if debugger := e.function.config.Debugger; debugger != nil {
		log, err := debugger.watched()
		if err != nil {
			return nil, err
		}
		defer log.Close() // the process has it
		cmd.Path, cmd.Args, cmd.ExtraFiles = debugger.Program, debugger.arguments(cmd.Path), []*os.File{log}
	}
	err := onSpawner(cmd.Start)
	return cmd.Process, err
}

func (p *process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// signal reaches the whole group: what the function started is frozen, thawed and killed with it.
//
// Nothing is sent once the process has been waited for: its number may be somebody else's by then.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		_ = syscall.Kill(-p.child.Pid, s) // a group that is gone is what was wanted
	}
}

// freeze stops the process and returns when it stands still.
func (p *process) freeze() {
	if p.debugged {
		return
	}
	p.signal(syscall.SIGSTOP)
	p.frozen = true
	waitStopped(p.child.Pid)
}

func (p *process) thaw() {
	if p.frozen {
		p.frozen = false
		p.signal(syscall.SIGCONT)
	}
}

// kill ends the group at once and waits until the process is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.exited
}

// terminate gives the process the time between SIGTERM and SIGKILL that Lambda gives to functions
// with extensions.
func (p *process) terminate() {
	p.thaw()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(sigtermGrace):
	}
	p.kill()
}

// notExecutable tells a bootstrap that cannot be run from a fault of this machine.
func notExecutable(err error) bool {
	var failed *isolation.StartError
	if errors.As(err, &failed) && failed.Step != isolation.Execute {
		return false
	}
	return errors.Is(err, syscall.ENOEXEC) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist)
}
