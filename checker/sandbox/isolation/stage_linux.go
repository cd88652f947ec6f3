package isolation

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// This file is what runs between clone and the execution of the program: in this program once more,
// since Go cannot run code in a forked child.

// stage is the name by which the program knows that it is to be the stage.
const stage = "lambda-execution-environment"

// reportFD is where an error goes. The execution of the program closes it.
const reportFD = 3

func init() {
	if len(os.Args) < 6 || os.Args[0] != stage {
		return
	}
	syscall.CloseOnExec(reportFD)
	err := View{Task: os.Args[1], Tmp: os.Args[2], Root: os.Args[3]}.enter()
	if err == nil {
		err = restrict()
	}
	if err == nil {
		n, _ := strconv.Atoi(os.Args[5])
		rest := os.Args[6:]
		err = at(Execute, syscall.Exec(os.Args[4], rest[:n], rest[n:]))
	}
	failed := &StartError{Step: "starting", Err: syscall.EINVAL}
	_ = errors.As(err, &failed) // all errors above are of this type
	errno, _ := failed.Err.(syscall.Errno)
	_, _ = syscall.Write(reportFD, []byte(failed.Step+"\x00"+strconv.Itoa(int(errno)))) // nobody else to tell
	os.Exit(1)
}

// at says where an error happened.
func at(step string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		step, err = step+": "+path.Path, path.Err
	}
	if err == nil {
		return nil
	}
	return &StartError{step, err}
}

// Limits of an execution environment ("Lambda quotas": file descriptors, execution processes/threads).
const (
	maxFiles     = 1024
	maxProcesses = 1024
)

// restrict takes from the process what a function does not have. The process keeps it for life.
func restrict() error {
	for _, limit := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"files", syscall.RLIMIT_NOFILE, maxFiles},
		{"processes", rlimitNproc, maxProcesses},
		{"core", syscall.RLIMIT_CORE, 0},
	} {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(limit.resource, &now); err != nil {
			return at("reading the limit of "+limit.name, err)
		}
		most := min(limit.most, now.Max)
		if err := syscall.Setrlimit(limit.resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return at("limiting "+limit.name, err)
		}
	}
	if err := prctl(prCapAmbient, prCapAmbientClearAll); err != nil {
		return at("giving up capabilities", err)
	}
	return at("giving up privileges", prctl(prSetNoNewPrivs, 1))
}

// Numbers that package syscall does not have.
const (
	rlimitNproc          = 6
	prCapAmbient         = 47
	prCapAmbientClearAll = 4
	prSetNoNewPrivs      = 38
	sysMountSetattr      = 442
)

func prctl(option, argument uintptr) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, argument, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
