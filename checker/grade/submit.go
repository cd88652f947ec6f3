package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
	limit := g.Limits.Time
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTime)
	defer cancel()
	data, err := json.Marshal(j)
	if err != nil {
		return Report{}, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return Report{}, err
	}
	defer read.Close()
	cmd := exec.CommandContext(ctx, g.Program, g.Worker...)
	cmd.Stdin = bytes.NewReader(data)
	cmd.Env = workerEnviron(g.Environ, j.Disk)
	cmd.ExtraFiles = []*os.File{write} // is reportFD
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// Whoever is left without an enclosure goes with the group.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said

	reports := make(chan []byte, 1)
	go func() {
		text, _ := io.ReadAll(io.LimitReader(read, maxReport)) // what is cut off is not understood below
		reports <- text
	}()
	if j.Limits != nil {
		err = enclosure.Run(cmd)
	} else {
		err = cmd.Run()
	}
	_ = write.Close() // the worker has its own
	text := <-reports
	var r Report
	switch {
	case json.Unmarshal(text, &r) == nil:
		return r, nil
	case errors.Is(context.Cause(ctx), errTime):
		return Report{Stopped: fmt.Sprintf("more than %d s", int(limit.Seconds()))}, nil
	case ctx.Err() != nil:
		return Report{}, context.Cause(ctx)
	default:
		return Report{}, fmt.Errorf("its check ended without a report: %w\n%s", errors.Join(err, ctx.Err()), said.text())
	}
}

// workerEnviron has nothing downloaded or chosen by settings of a user: what is on this machine has to do.
func workerEnviron(environ []string, disk string) []string {
	all := append([]string{}, environ...)
	return append(all, "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOFLAGS=", "GOENV=off", "CGO_ENABLED=0", "TMPDIR="+disk)
}

// tail keeps the last of what is written to it.
type tail struct{ kept []byte }

const maxTail = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if more := len(t.kept) - maxTail; more > 0 {
		t.kept = append(t.kept[:0], t.kept[more:]...)
	}
	return len(p), nil
}

func (t *tail) text() string { return strings.TrimSpace(string(t.kept)) }

// workplace makes the directories of a job.
func workplace(dir, lesson string) (lessons, disk string, err error) {
	lessons, disk = filepath.Join(dir, "lessons"), filepath.Join(dir, "disk")
	return lessons, disk, errors.Join(os.MkdirAll(filepath.Join(lessons, lesson), 0o755), os.MkdirAll(disk, 0o755))
}
