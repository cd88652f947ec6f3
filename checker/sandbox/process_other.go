//go:build unix && !linux

package sandbox

import "syscall"

// processAttributes puts the process into a group of its own. If the checker dies without cleaning
// up, its runtime API is gone and the Go runtime library exits; a group that is stopped and orphaned
// is sent SIGHUP by the kernel.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// waitStopped does not wait: SIGSTOP cannot be ignored, and what is still written until it arrives is
// a matter of microseconds.
func waitStopped(int) {}

// reap waits for the exit of the process and kills its children.
func (p *process) reap() {
	p.state, _ = p.child.Wait() // what is of interest is in the state
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaped = true
	_ = syscall.Kill(-p.child.Pid, syscall.SIGKILL)
}

func onSpawner(start func() error) error { return start() }
