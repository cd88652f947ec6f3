package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// restMark ends what watch says of a run without a screen: from then on it only looks at the files.
const restMark = "Save a file of the lesson"

// watchLimit is how long a watch may take until it is at rest, and has found what there is after a save.
const watchLimit = 2 * time.Minute

// watch measures what comes after a learner has saved a file of a lesson that is watched. Each pair has a watch of its own,
// so that it does not see the saves of the baseline.
func (b *bench) watch(ctx context.Context) error {
	starter, err := b.course.source("lessons")
	if err != nil {
		return err
	}
	baseline, err := b.build("lessons")
	if err != nil {
		return err
	}
	row := watchFinding
	pair := func() error {
		built, err := b.saved(ctx, starter, baseline)
		if err != nil {
			return err
		}
		took, err := b.course.whileWatched(ctx, b.course.watch(b.checker), starter.Save)
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built.took, took})
		return nil
	}
	if err := b.alternate(ctx, "watch", b.pairs, pair, func() { row.Pairs = nil }); err != nil {
		return err
	}
	b.add(row)
	return nil
}

// watch is `checker watch` of the lesson, line by line.
func (c *Copy) watch(checker string) program {
	return program{
		name: checker, args: []string{"watch", fmt.Sprint(c.lesson.Number), "--plain", "--backend", "embedded"},
		environ: c.environ("NO_COLOR=1"), mark: failMark,
	}
}

// whileWatched starts a watch, waits until it is at rest, saves, and returns the time until the program's mark. Then it
// interrupts the program, and waits for its end.
func (c *Copy) whileWatched(ctx context.Context, p program, save func() error) (time.Duration, error) {
	all := ctx
	ctx, cancel := context.WithTimeout(ctx, watchLimit) // a watch does not end by itself
	defer cancel()
	cmd := exec.CommandContext(ctx, p.name, p.args...)
	cmd.Dir, cmd.Env = c.Root, p.environ
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	out := &listener{}
	cmd.Stdout = out
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	rest := out.await(restMark)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // by the interrupt
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	early := func() error {
		if all.Err() != nil {
			return context.Cause(all)
		}
		what := "ended early"
		if ctx.Err() != nil {
			what = fmt.Sprintf("took longer than %v", watchLimit)
		}
		return fmt.Errorf("%s %s:\n%s%s", p, what, out.String(), stderr.Bytes())
	}
	select {
	case <-rest:
	case <-ended:
		return 0, early()
	}
	found := out.await(p.mark)
	begin := time.Now()
	if err := save(); err != nil {
		return 0, err
	}
	select {
	case at := <-found:
		return at.Sub(begin), nil
	case <-ended:
		return 0, early()
	}
}

// listener keeps what is written, and notes when a text has come. It is safe for concurrent use.
type listener struct {
	mu    sync.Mutex
	text  []byte // since await
	mark  string // "" is none
	found chan time.Time
}

// await forgets what was written, and returns the time at which a text comes.
func (l *listener) await(mark string) <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text, l.mark, l.found = nil, mark, make(chan time.Time, 1)
	return l.found
}

func (l *listener) Write(data []byte) (int, error) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, data...)
	if l.mark != "" && bytes.Contains(l.text, []byte(l.mark)) {
		l.mark = ""
		l.found <- now
	}
	return len(data), nil
}

func (l *listener) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
