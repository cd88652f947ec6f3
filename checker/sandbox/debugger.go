package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"
)

// Debugger runs a function under delve, for a person who steps through it. The process begins when a client of the
// debugger lets it. A person thinks longer than Lambda waits: there is no deadline within a day, no limit of INIT or of
// memory, and no freeze. One execution environment has all invocations, one after the other, and it sees this machine's
// file system.
type Debugger struct {
	// Program is delve's dlv.
	Program string
	// Address is where clients connect, of the debug adapter protocol and of delve's own: 127.0.0.1:2345.
	Address string
	// Waiting is told each time that a process waits for a client. Nil is told nothing.
	Waiting func()
}

// debugTimeout stands for the timeout of a function under a debugger, and for the limit of its INIT.
const debugTimeout = 24 * time.Hour

// debugLog is the file descriptor to which delve says that it listens: the function's output stays its own.
const debugLog = 3

// arguments run a bootstrap under the debugger.
func (d *Debugger) arguments(bootstrap string) []string {
	return []string{
		d.Program, "exec", bootstrap, "--headless", "--accept-multiclient", "--api-version=2", "--check-go-version=false",
		"--listen=" + d.Address, fmt.Sprintf("--log-dest=%d", debugLog),
	}
}

// watched returns the file to which delve is to say that it listens. The caller closes it once delve has it.
func (d *Debugger) watched() (log *os.File, err error) {
	said, log, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot listen to the debugger: %w", err)
	}
	go func() {
		defer said.Close()
		lines := bufio.NewScanner(said)
		for first := true; lines.Scan(); first = false { // to the end, so that delve never waits to be read
			if first && d.Waiting != nil {
				d.Waiting()
			}
		}
	}()
	return log, nil
}

// debugged is what a function under a debugger has more than others.
type debugged struct {
	turns chan struct{}   // holds the invocation that is under way
	life  context.Context // ends with the function, whatever is under way
	end   context.CancelFunc
}

func (f *Function) debug() {
	f.config.Timeout, f.initLimit, f.config.WithoutIsolation = debugTimeout, debugTimeout, true
	f.debugged = &debugged{turns: make(chan struct{}, 1)}
	f.debugged.life, f.debugged.end = context.WithCancel(context.Background())
}

// turn waits until no other invocation is under way, if the function is under a debugger. What is done then belongs to
// the context that it returns.
func (f *Function) turn(ctx context.Context) (_ context.Context, end func(), err error) {
	d := f.debugged
	if d == nil {
		return ctx, func() {}, nil
	}
	select {
	case d.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	case <-d.life.Done():
		return nil, nil, ErrClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(d.life, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		<-d.turns
	}, nil
}
