package isolation

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

// stages starts all stages of this program.
var stages starter

// starter asks a process to start stages; see [stage.Starter]. The process is started when it is first needed, and ends
// with this program.
type starter struct {
	mu     sync.Mutex // one request at a time
	socket int        // 0 is none
	dir    string     // where the small program is; "" is beside this one
	isSelf bool       // this program is what starts them: the small one does not do, or is not there
}

// The programs that a starter can be.
const (
	self  = "/proc/self/exe"
	small = "checker-stage" // the Makefile builds it beside the checker
)

// start starts a stage with two open files, and returns its process's number.
func (s *starter) start(args []string, output, report *os.File) (int, error) {
	for _, a := range args {
		if strings.ContainsRune(a, 0) {
			return 0, syscall.EINVAL // as of any program's
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		isNew := s.socket == 0
		if isNew {
			socket, err := startStarter(s.program())
			if err != nil && !s.isSelf {
				s.isSelf = true
				continue
			}
			if err != nil {
				return 0, fmt.Errorf("starting what starts processes: %w", err)
			}
			s.socket = socket
		}
		pid, errno, err := ask(s.socket, strings.Join(args, "\x00"), int(output.Fd()), int(report.Fd()))
		switch {
		case err == nil && errno == 0:
			return pid, nil
		case err == nil:
			return 0, errno
		}
		// It is of another version, or somebody has ended it, such as a kernel without memory.
		_ = unix.Close(s.socket)
		s.socket = 0
		if isNew && s.isSelf {
			return 0, fmt.Errorf("asking what starts processes: %w", err)
		}
		s.isSelf = s.isSelf || isNew
	}
}

// program is the path of the one to start.
func (s *starter) program() string {
	dir := s.dir
	if dir == "" {
		here, err := os.Executable()
		s.isSelf = s.isSelf || err != nil
		dir = filepath.Dir(here)
	}
	if s.isSelf {
		return self
	}
	return filepath.Join(dir, small)
}

func startStarter(program string) (socket int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	theirs := os.NewFile(uintptr(pair[1]), "starter")
	defer theirs.Close()
	cmd := &exec.Cmd{
		Path: program, Args: []string{stage.Starter, stage.Version()}, Env: []string{},
		ExtraFiles: []*os.File{theirs}, // is stage.RequestFD
		// An interrupt at the terminal is not for it.
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	}
	started := make(chan error, 1)
	go parent(cmd, started)
	if err := <-started; err != nil {
		return 0, errors.Join(err, unix.Close(pair[0]))
	}
	return pair[0], nil
}

// parent is the thread that is the parent of the starter and of the stages, for good: the kernel sends the death signal
// when the thread ends, not the program.
func parent(starter *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	err := starter.Start()
	started <- err
	if err == nil {
		_ = starter.Wait() // nobody asks how it has ended
		select {}
	}
}

// ask makes a request; errno is the starter's answer, if it is not a number of a process.
func ask(socket int, request string, fds ...int) (pid int, errno syscall.Errno, err error) {
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		err = unix.Sendmsg(socket, []byte(request), unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL)
	}
	if err != nil {
		return 0, 0, err
	}
	said, n := make([]byte, 64), 0
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		n, err = unix.Read(socket, said)
	}
	if err != nil {
		return 0, 0, err
	}
	first, second, _ := strings.Cut(string(said[:n]), "\x00")
	pid, err = strconv.Atoi(first)
	number, err2 := strconv.Atoi(second)
	if err != nil || err2 != nil {
		return 0, 0, fmt.Errorf("not understood: %q", said[:n]) // it has ended: nothing was said
	}
	return pid, syscall.Errno(number), nil
}
