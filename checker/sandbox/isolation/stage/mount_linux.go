package stage

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// The parts of this machine's file system that a function may need. What is missing is left out.
var (
	programs = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"} // and libraries
	others   = []string{
		"/etc/ssl", "/etc/pki", // certificates
		"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf",
		"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
	}
)

// view is what isolation.View is, with its directories open, and where its root is being made: on top of tmp, since any
// directory will do, and it is there.
type view struct {
	task, tmp int
	root      string
}

// enter makes a view's root and has the process work in its /var/task.
func enter(task, tmp string) error {
	v := view{root: tmp}
	for _, d := range []struct {
		fd   *int
		path string
	}{{&v.task, task}, {&v.tmp, tmp}} {
		fd, err := syscall.Open(d.path, openPath|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return at("opening "+d.path, err)
		}
		*d.fd = fd
	}
	steps := []func() error{
		func() error { // what is mounted from here on concerns nobody else
			return at("taking a copy of the mounts", syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
		},
		func() error {
			return at("mounting a root", syscall.Mount("root", v.root, "tmpfs", 0, "mode=0755,size=1m"))
		},
		v.files,
		v.system,
		func() error { return v.bindOpen(v.task, TaskRoot) },
		func() error { return at("making all read-only", readOnly(v.root)) },
		func() error { return v.bindOpen(v.tmp, "/tmp") },
		v.pivot,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// system shows the parts of this machine.
func (v view) system() error {
	for _, path := range programs {
		// /bin is a link to usr/bin on most machines.
		to, err := os.Readlink(path)
		if err == nil {
			err = os.Symlink(to, v.root+path)
		} else {
			err = v.show(path)
		}
		if err != nil && !errors.Is(err, syscall.ENOENT) {
			return at("making", err)
		}
	}
	for _, path := range others {
		if err := v.show(path); err != nil && !errors.Is(err, syscall.ENOENT) {
			return err
		}
	}
	proc := v.root + "/proc"
	if syscall.Mount("proc", proc, "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "") == nil {
		return nil
	}
	// In a container whose own /proc is restricted, a new one is not to be had.
	return v.bind("/proc", "/proc")
}

// files are those that say who and where the process is, and the empty directories.
func (v view) files() error {
	for _, dir := range []string{TaskRoot, RuntimeDir, "/opt", "/tmp", "/etc", "/dev", "/proc"} {
		if err := os.MkdirAll(v.root+dir, 0o755); err != nil {
			return at("making", err)
		}
	}
	for name, text := range map[string]string{
		"/etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n",
		"/etc/group":  "root:x:0:\nsbx_user1051:x:990:\n",
	} {
		if err := os.WriteFile(v.root+name, []byte(text), 0o644); err != nil {
			return at("writing", err)
		}
	}
	for name, target := range map[string]string{
		"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2",
	} {
		if err := os.Symlink(target, v.root+name); err != nil {
			return at("making", err)
		}
	}
	return nil
}

// show makes a file or directory of this machine appear under its own name.
func (v view) show(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return at("looking for", err)
	}
	if info.IsDir() {
		err = os.Mkdir(v.root+path, 0o755)
	} else {
		err = os.WriteFile(v.root+path, nil, 0o644)
	}
	if err != nil {
		return at("making", err)
	}
	return v.bind(path, path)
}

// bind mounts what is at from, of this machine, at to, of the view.
func (v view) bind(from, to string) error {
	return at("mounting "+to, syscall.Mount(from, v.root+to, "", syscall.MS_BIND|syscall.MS_REC, ""))
}

// bindOpen does so with an open directory, without what is mounted below or on top of it.
func (v view) bindOpen(fd int, to string) error {
	return at("mounting "+to, syscall.Mount("/proc/self/fd/"+strconv.Itoa(fd), v.root+to, "", syscall.MS_BIND, ""))
}

// pivot makes the view's root the root, and this machine's files unreachable.
func (v view) pivot() error {
	if err := os.Chdir(v.root); err != nil {
		return at("entering", err)
	}
	if err := syscall.PivotRoot(".", "."); err != nil { // stacked: the old root is on top of the new one
		return at("changing the root", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return at("leaving the old root", err)
	}
	return at("entering", os.Chdir(TaskRoot))
}

// mountAttr is the kernel's struct mount_attr.
type mountAttr struct{ set, clear, propagation, userns uint64 }

const (
	mountAttrReadOnly = 0x1
	mountAttrNoSUID   = 0x2
	atRecursive       = 0x8000
	atFDCWD           = -100
)

// readOnly makes everything that is mounted at path read-only, as it can be since Linux 5.12.
func readOnly(path string) error {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	attr := mountAttr{set: mountAttrReadOnly | mountAttrNoSUID}
	cwd := atFDCWD
	_, _, errno := syscall.Syscall6(sysMountSetattr, uintptr(cwd), uintptr(unsafe.Pointer(name)), atRecursive,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return errno
	}
	return nil
}
