package enclosure

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// nobody is the user that functions of root are; see [isolation.AsNobody].
const nobody = 65534

// Run runs a command in an enclosure and waits for it. The command is this program, and calls [Enter]. When its
// context ends, or this program does, so does everything in the enclosure.
func Run(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	a := cmd.SysProcAttr
	a.Setpgid = true // an interrupt at the terminal is for the program outside
	a.Pdeathsig = syscall.SIGKILL
	a.Cloneflags |= syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC
	// Who it is outside, it is inside: its files are the same.
	a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	if os.Getuid() == 0 {
		other := syscall.SysProcIDMap{ContainerID: nobody, HostID: nobody, Size: 1}
		a.UidMappings, a.GidMappings = append(a.UidMappings, other), append(a.GidMappings, other)
		a.GidMappingsEnableSetgroups = true
	}
	a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN}
	// The kernel sends the death signal when the thread ends that started the process, not the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.Run()
}

// Enter makes the enclosure of this process, which [Run] has started: it brings up the loopback interface, mounts a
// file system of limited size at disk, an existing directory, and limits what each process may use.
func Enter(disk string, l Limits) error {
	if os.Getpid() != 1 {
		return errors.New("this process is not in an enclosure")
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"bringing up the loopback interface", loopback},
		{"taking a copy of the mounts", func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") }},
		{"mounting the processes", func() error {
			return unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
		}},
		{"mounting a disk", func() error {
			return unix.Mount("disk", disk, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("mode=0755,size=%d", l.Disk))
		}},
		{"limiting", func() error { return limit(l) }},
		// Where memory runs out, the kernel takes from here first.
		{"going first where memory runs out", func() error { return os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0) }},
		{"giving up capabilities", func() error { return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	if os.Getuid() == 0 {
		isolation.AsNobody()
	}
	isolation.LimitProcesses(l.Processes + roomForFunctions)
	if err := isolation.Available(disk); err != nil {
		return fmt.Errorf("isolating a function: %w", err)
	}
	return nil
}

func loopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(socket) }()
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

// Beside the processes and threads that a submission may have, there is room for those of this program: of a user who is
// not root, all are counted together, and who has no thread left can do nothing, and does not even know why. A function
// meets its limit first, and whoever watches sees it before that.
const (
	roomForFunctions = 100
	roomForChecker   = 300
)

// limit holds for this process, and for what it starts.
func limit(l Limits) error {
	for _, each := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"CPU time", unix.RLIMIT_CPU, uint64(l.CPU.Seconds())},
		{"memory", unix.RLIMIT_DATA, l.Memory},
		{"processes", unix.RLIMIT_NPROC, uint64(max(0, l.Processes) + roomForChecker)},
		{"files' size", unix.RLIMIT_FSIZE, l.Disk},
		{"core", unix.RLIMIT_CORE, 0},
	} {
		var now unix.Rlimit
		if err := unix.Getrlimit(each.resource, &now); err != nil {
			return fmt.Errorf("%s: %w", each.name, err)
		}
		most := min(each.most, now.Max)
		if err := unix.Setrlimit(each.resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("%s to %s: %w", each.name, strconv.FormatUint(most, 10), err)
		}
	}
	return nil
}
