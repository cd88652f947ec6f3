package sandbox

import (
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes puts the process into a group of its own, and has the kernel kill it if the
// checker dies without cleaning up.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// waitStopped returns when the process has been stopped by a signal, or is gone.
func waitStopped(pid int) {
	// WNOWAIT leaves the state for whoever waits for the exit.
	for unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

// reap waits for the exit of the process and kills its children, while the number of the group cannot
// be anybody else's yet.
func (p *process) reap() {
	pid := p.child.Pid
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	_ = unix.Kill(-pid, unix.SIGKILL) // children that are gone are what was wanted
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, _ = p.child.Wait() // returns at once; what is of interest is in the state
	p.reaped = true
}

var spawner = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		// The kernel sends the death signal when the thread that started a process ends, not the
		// program: so one thread that never ends starts them all.
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// onSpawner runs start, which starts a process, and waits for it.
func onSpawner(start func() error) error {
	done := make(chan error)
	spawner() <- func() { done <- start() }
	return <-done
}
