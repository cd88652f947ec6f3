package grade

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// maxReport is how large a report may be, in bytes. One of a lesson has some 100 kB.
const maxReport = 32 << 20

// reportFD is where a worker writes its report.
const reportFD = 3

// ReportFile is where the report of a job goes, in the program that works on it.
func ReportFile() *os.File {
	syscall.CloseOnExec(reportFD)
	return os.NewFile(reportFD, "report")
}

// errTime is why a job ends that takes too long.
var errTime = errors.New("out of time")

// submit has a job done by this program, started once more, and returns its report. An error is a fault of this
// machine, or the context's.
func (g *grading) submit(ctx context.Context, j Job) (Report, error) {
	place, err := g.floor.enter(ctx)
	if err != nil {
		return Report{}, err
	}
	defer place.leave()
	limit := g.Limits.Time
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	spent := newClock(limit, func() { cancel(errTime) })
	defer spent.stop()
	read, write, err := os.Pipe()
	if err != nil {
		return Report{}, err
	}
	cmd := exec.CommandContext(ctx, g.Program, g.Worker...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return Report{}, errors.Join(err, read.Close(), write.Close())
	}
	cmd.Env = workerEnviron(g.Environ, j.Disk, place.oneCPU)
	cmd.ExtraFiles = []*os.File{write} // is reportFD
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// Whoever is left without an enclosure goes with the group.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var said ends
	cmd.Stdout, cmd.Stderr = &said, &said

	reports := make(chan *Report, 1)
	go func() {
		reports <- converse(ctx, j, in, read, place, spent)
	}()
	if j.Limits != nil {
		err = enclosure.Run(cmd)
	} else {
		err = cmd.Run()
	}
	_ = write.Close() // the worker has its own
	why := context.Cause(ctx)
	cancel(nil) // nobody is there any more to wait for a place for
	r := <-reports
	switch {
	case r != nil:
		return *r, nil
	case errors.Is(why, errTime):
		return Report{Stopped: fmt.Sprintf("more than %d s", int(limit.Seconds()))}, nil
	case why != nil:
		return Report{}, why
	case j.Limits != nil && strings.Contains(said.text(), noThread):
		// Several functions took what there is before anybody looked, and the worker needed one more.
		return Report{Stopped: j.Limits.MoreProcesses()}, nil
	default:
		return Report{}, fmt.Errorf("its check ended without a report: %w\n%s", err, said.text())
	}
}

// converse gives a worker its job, and listens to what it says, to the end. It returns its report; nil if it gave none.
func converse(ctx context.Context, j Job, to io.Writer, from io.ReadCloser, place *place, spent *clock) *Report {
	defer from.Close() // whoever says more does not wait to be heard
	answer := json.NewEncoder(to)
	words := json.NewDecoder(io.LimitReader(from, maxReport)) // what is cut off is not understood
	if answer.Encode(j) != nil {
		return nil // it has not started, or is gone
	}
	for {
		var w word
		switch err := words.Decode(&w); {
		case err != nil:
			return nil
		case w.Report != nil:
			return w.Report
		case w.Built:
			place.built()
		case w.Alone:
			spent.stop()
			err := place.alone(ctx)
			spent.goOn()
			if err != nil || answer.Encode(true) != nil {
				return nil
			}
		}
	}
}

// workerEnviron has nothing downloaded, and nothing of the user's settings but what [ownSettings] are: what is on this
// machine has to do. With one CPU for each worker, it and its compilers and linkers do without the threads that they would have
// to take turns with. Who has said how many keeps them.
func workerEnviron(environ []string, disk string, oneCPU bool) []string {
	all := append([]string{}, environ...)
	if oneCPU && !slices.ContainsFunc(all, func(entry string) bool { return strings.HasPrefix(entry, "GOMAXPROCS=") }) {
		all = append(all, "GOMAXPROCS=1")
	}
	return append(all, "GOPROXY=off", "GOSUMDB=off", "GOFLAGS=", "GOENV=off", "CGO_ENABLED=0", "TMPDIR="+disk)
}

// noThread is what the Go runtime says first when the system gives a program no thread, before it ends it.
const noThread = "runtime: failed to create new OS thread"

// ends keeps the first and the last of what is written to it: a program that the Go runtime ends says first why.
type ends struct{ first, last []byte }

const (
	maxFirst = 1 << 10
	maxLast  = 3 << 10
)

func (e *ends) Write(p []byte) (int, error) {
	room := min(len(p), maxFirst-len(e.first))
	e.first = append(e.first, p[:room]...)
	e.last = append(e.last, p[room:]...)
	if more := len(e.last) - maxLast; more > 0 {
		e.last = append(e.last[:0], e.last[more:]...)
	}
	return len(p), nil
}

func (e *ends) text() string { return strings.TrimSpace(string(e.first) + string(e.last)) }

// workplace makes the directories of a job.
func workplace(dir, lesson string) (lessons, disk string, err error) {
	lessons, disk = filepath.Join(dir, "lessons"), filepath.Join(dir, "disk")
	return lessons, disk, errors.Join(os.MkdirAll(filepath.Join(lessons, lesson), 0o755), os.MkdirAll(disk, 0o755))
}
