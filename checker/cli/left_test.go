package cli_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// noRuns tells what runs have left in the state of a course.
func noRuns(course string) error {
	entries, err := os.ReadDir(filepath.Join(course, ".workshop", "run"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("left in .workshop/run: %v", entries)
	}
	return nil
}

// noBuilds tells what the go command has left in its temporary directory.
func noBuilds(tmp string) error {
	left, err := filepath.Glob(filepath.Join(tmp, "go-*"))
	if err == nil && len(left) > 0 {
		return fmt.Errorf("left in TMPDIR: %v", left)
	}
	return err
}

// killed is how long the kernel may take to end processes that were sent SIGKILL, on a busy machine.
const killed = 5 * time.Second

// noProcesses waits until no process has to do with a directory: its program, working directory,
// arguments and environment, where TMPDIR says whom a build belongs to, and its mounts, by which a function
// in namespaces of its own is known.
func noProcesses(dir string) error {
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for deadline := time.Now().Add(killed); ; <-pause.C {
		found, err := processesOf(dir)
		if err != nil || len(found) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("left running: %s", strings.Join(found, "; "))
		}
	}
}

// endProcesses kills what a failed test may have left.
func endProcesses(dir string) {
	found, _ := find(dir) // a kindness
	for _, p := range found {
		_ = p.Kill()
	}
}

func processesOf(dir string) ([]string, error) {
	found, err := find(dir)
	var words []string
	for _, p := range found {
		exe, _ := p.Exe()
		cwd, _ := p.Cwd()
		args, _ := p.Cmdline()
		words = append(words, fmt.Sprintf("%d %s %s in %s", p.Pid, exe, args, cwd))
	}
	return words, err
}

func find(dir string) ([]*process.Process, error) {
	all, err := process.Processes()
	if err != nil {
		return nil, err
	}
	var found []*process.Process
	for _, p := range all {
		// A process that ends meanwhile has none of these.
		exe, _ := p.Exe()
		cwd, _ := p.Cwd()
		args, _ := p.Cmdline()
		environ, _ := p.Environ()
		if strings.Contains(strings.Join(append(environ, exe, cwd, args), "\n"), dir) || mounts(p, dir) {
			found = append(found, p)
		}
	}
	return found, nil
}

// mounts tells whether a process has something mounted that is below a directory. The directory may be on
// a file system of its own, so only the end of its path counts.
func mounts(p *process.Process, dir string) bool {
	info, _ := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", p.Pid)) // gone, or not Linux
	parent, last := filepath.Split(dir)
	return strings.Contains(string(info), filepath.Join("/", filepath.Base(parent), last)+"/")
}
