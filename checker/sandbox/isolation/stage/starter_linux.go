package stage

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// capSysAdmin is what mounting takes. It holds in the new namespaces only, and until the program is executed.
const capSysAdmin = 21

// nobody is who processes of a NameOfRoot are on this machine.
const nobody = 65534

// maxRequest is more bytes than arguments and variables of a function can have ("Lambda quotas": environment variables).
const maxRequest = 128 << 10

// serve is the life of a starter: it answers requests until nobody can make any more.
func serve() {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	request, rights := make([]byte, maxRequest), make([]byte, syscall.CmsgSpace(2*4)) // two file descriptors
	for {
		n, control, flags, _, err := syscall.Recvmsg(RequestFD, request, rights, syscall.MSG_CMSG_CLOEXEC)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		pid, err := answer(string(request[:n]), flags, rights[:control], null.Fd())
		var errno syscall.Errno
		_ = errors.As(err, &errno) // as all of them are
		if _, err := syscall.Write(RequestFD, []byte(strconv.Itoa(pid)+"\x00"+strconv.Itoa(int(errno)))); err != nil {
			return
		}
	}
}

// answer starts the stage that a request is for.
func answer(request string, flags int, rights []byte, null uintptr) (pid int, err error) {
	var fds []int
	defer func() {
		for _, fd := range fds {
			_ = syscall.Close(fd) // the stage has its own
		}
	}()
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return 0, err
	}
	for _, m := range messages {
		if fds, err = syscall.ParseUnixRights(&m); err != nil {
			return 0, err
		}
	}
	switch {
	case flags&(syscall.MSG_TRUNC|syscall.MSG_CTRUNC) != 0:
		return 0, syscall.E2BIG
	case len(fds) != 2:
		return 0, syscall.EBADF
	}
	argv := strings.Split(request, "\x00")
	output, report := uintptr(fds[0]), uintptr(fds[1])
	return syscall.ForkExec("/proc/self/exe", argv, &syscall.ProcAttr{
		Env: []string{}, Files: []uintptr{null, output, output, report}, Sys: attributes(argv[0]),
	})
}

// attributes are those of a stage. It is a child of this process's parent, which waits for it.
func attributes(name string) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{
		Setpgid:    true,
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_PARENT,
	}
	if name == NameOfRoot {
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: UserID, HostID: nobody, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: GroupID, HostID: nobody, Size: 1}}
		a.GidMappingsEnableSetgroups = true
		return a
	}
	a.UidMappings = []syscall.SysProcIDMap{{ContainerID: UserID, HostID: os.Getuid(), Size: 1}}
	a.GidMappings = []syscall.SysProcIDMap{{ContainerID: GroupID, HostID: os.Getgid(), Size: 1}}
	a.AmbientCaps = []uintptr{capSysAdmin}
	return a
}
