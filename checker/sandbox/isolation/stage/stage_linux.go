package stage

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

func init() {
	if len(os.Args) == 2 && os.Args[0] == Starter {
		if os.Args[1] == Version() {
			serve()
		}
		os.Exit(0)
	}
	if len(os.Args) < 6 || os.Args[0] != Name && os.Args[0] != NameOfRoot {
		return
	}
	syscall.CloseOnExec(ReportFD)
	err := endWithParent()
	if err == nil {
		err = enter(os.Args[1], os.Args[2])
	}
	if err == nil {
		processes, _ := strconv.Atoi(os.Args[3])
		err = restrict(processes)
	}
	if err == nil && os.Args[0] == NameOfRoot {
		err = become(UserID, GroupID)
	}
	if err == nil {
		n, _ := strconv.Atoi(os.Args[5])
		rest := os.Args[6:]
		err = at(Execute, syscall.Exec(os.Args[4], rest[:n], rest[n:]))
	}
	var failed *stepError
	var errno syscall.Errno
	if errors.As(err, &failed) && errors.As(err, &errno) { // as all errors above are
		_, _ = syscall.Write(ReportFD, []byte(failed.step+"\x00"+strconv.Itoa(int(errno)))) // nobody else to tell
	}
	os.Exit(1)
}

// stepError says at which step something went wrong.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// at says where an error happened. It is nil for no error.
func at(step string, err error) error {
	var path *os.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &path):
		return &stepError{step + " " + path.Path, path.Err}
	case errors.As(err, &link):
		return &stepError{step + " " + link.New, link.Err}
	}
	return &stepError{step, err}
}

// maxFiles is a limit of an execution environment ("Lambda quotas": file descriptors).
const maxFiles = 1024

// restrict takes from the process what a function does not have: more than so many processes and threads, with those of
// its user. The process keeps it for life.
func restrict(processes int) error {
	for _, limit := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"files", syscall.RLIMIT_NOFILE, maxFiles},
		{"processes", rlimitNproc, uint64(max(0, processes))},
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

// become makes the process an ordinary user's, with the view's /tmp for its own.
func become(user, group int) error {
	if err := os.Chown("/tmp", user, group); err != nil {
		return at("giving away", err)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return at("leaving groups", err)
	}
	if err := syscall.Setresgid(group, group, group); err != nil {
		return at("changing the group", err)
	}
	if err := syscall.Setresuid(user, user, user); err != nil {
		return at("changing the user", err)
	}
	return endWithParent() // the change of user has cleared it
}

// endWithParent has the kernel kill this process when the thread ends that is its parent. The execution of the program
// does not change that.
func endWithParent() error {
	return at("asking to end with the checker", prctl(syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL)))
}

// Numbers that package syscall does not have.
const (
	rlimitNproc          = 6
	prCapAmbient         = 47
	prCapAmbientClearAll = 4
	prSetNoNewPrivs      = 38
	sysMountSetattr      = 442
	openPath             = 0x200000 // O_PATH
)

func prctl(option, argument uintptr) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, argument, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
