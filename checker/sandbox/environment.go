package sandbox

import (
	"context"
	"fmt"
	"math"
	"os"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// initLimit is how long INIT may take outside an invocation ("Lambda execution environment lifecycle").
const initLimit = 10 * time.Second

// environment is one execution environment: a place for processes, one after the other, each of which
// handles one event at a time. It belongs to whoever took it from the function's pool.
type environment struct {
	function    *Function
	id          string // the log stream, which names the environment
	credentials aws.Credentials
	view        isolation.View    // its Tmp outlives the process, as /tmp does
	variables   map[string]string // beside those of the function
	// wasReset is set when a process of it has ended or was killed: the next INIT is then part of the next
	// invocation, which AWS calls a suppressed init.
	wasReset bool

	// One process and what serves it; nil before INIT and after a reset.
	process *process
	live    atomic.Pointer[process] // the same, for whoever kills it from outside
	api     *runtimeAPI
	out     *output
	memory  *memoryWatch  // while the process is not frozen
	cpu     time.Duration // what the process had used when that was last looked at
}

func (f *Function) newEnvironment(number int, id string) (*environment, error) {
	view := isolation.View{Task: f.taskRoot, Tmp: f.tmp(number)}
	if err := os.Mkdir(view.Tmp, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make /tmp of an execution environment: %w", err)
	}
	return &environment{
		function:    f,
		id:          id,
		credentials: f.config.NewCredentials(id),
		view:        view,
	}, nil
}

// invoke runs one invocation to its end and fills it in. Its errors are faults of this machine, or the
// context's; what the function did wrong is in the invocation.
func (e *environment) invoke(ctx context.Context, i *Invocation) error {
	if e.process != nil && e.process.gone() {
		i.logged(e.reset()) // it ended after its last answer, by work that it had left running
		e.wasReset = true
	}
	i.InitCompleted = e.process != nil
	i.ColdStart = e.process == nil
	if i.ColdStart && !e.wasReset {
		if err := e.initialize(ctx, i); err != nil {
			return err
		}
	}
	if invoked := e.function.config.Invoked; invoked != nil {
		invoked(e.id, i.TraceID)
	}
	run := &run{environment: e, invocation: i, begin: time.Now()}
	i.platform.began = run.begin
	// The process is told its deadline in milliseconds, and no later than that is it killed.
	run.deadline = run.begin.Add(i.Timeout)
	run.deadline = run.deadline.Add(-time.Duration(run.deadline.Nanosecond()) % time.Millisecond)
	timer := time.NewTimer(time.Until(run.deadline))
	defer timer.Stop()
	run.expired = timer.C
	err := run.toEnd(ctx)
	i.Duration = time.Since(run.begin)
	if run.keep && err == nil {
		e.process.freeze() // before anything else: work left behind would go on meanwhile
	}
	i.CPUTime = e.usedCPU()
	if i.Outcome == TimedOut {
		i.Duration = min(i.Duration, i.Timeout) // without Config.Overtime
	}
	e.measureMemory(i)
	if run.keep && err == nil && i.Outcome != OutOfMemory {
		i.logged(e.out.take())
		return nil
	}
	i.logged(e.reset())
	e.wasReset = err == nil // what the caller broke off is no fault of the function
	return err
}

// usedCPU is the CPU time that the process has used since the last call, or since it was started.
func (e *environment) usedCPU() time.Duration {
	if e.process == nil {
		return 0
	}
	before := e.cpu
	e.cpu = e.process.cpuTime()
	return max(0, e.cpu-before)
}

// memoryLimit is MemorySize in bytes, or under a debugger more than there is.
func (e *environment) memoryLimit() uint64 {
	if e.function.config.Debugger != nil {
		return math.MaxUint64
	}
	return uint64(e.function.config.MemorySize) << 20
}

// measureMemory ends the watch. A peak over the limit ends the invocation on Lambda, however short it was,
// and whatever the function says afterwards. Where time ran out as well, nobody knows which came first: a
// peak in the invocation would have been seen before.
func (e *environment) measureMemory(i *Invocation) {
	if e.memory == nil {
		return
	}
	peak := e.memory.end()
	e.memory = nil
	if peak > e.memoryLimit() && i.Outcome != TimedOut {
		i.failOutOfMemory()
	}
	i.MaxMemoryUsed = max(i.MaxMemoryUsed, int(min(peak, e.memoryLimit())>>20))
}

// initialize runs INIT before the invocation. When it fails, there is no process afterwards.
func (e *environment) initialize(ctx context.Context, i *Invocation) error {
	begin := time.Now()
	if err := e.start(i); err != nil || e.process == nil {
		return err
	}
	limit := time.NewTimer(e.function.initLimit)
	defer limit.Stop()
	status, errorType := "error", ""
	select {
	case <-e.api.ready:
		i.InitDuration = time.Since(begin)
		i.InitCPUTime = e.usedCPU()
		e.initialized(i, initialization{phase: "init", began: begin, took: i.InitDuration})
		return nil
	case <-e.process.exited:
		errorType = "Runtime.ExitError"
	case <-limit.C:
		status = "timeout"
	case <-e.memory.over:
		errorType = "Runtime.OutOfMemory"
	case <-ctx.Done():
		i.logged(e.reset())
		return context.Cause(ctx)
	}
	e.failedInit(i, initialization{phase: "init", began: begin, took: time.Since(begin), status: status, errorType: errorType})
	return nil
}

// initialized notes an INIT that is done, and what was written in it.
func (e *environment) initialized(i *Invocation, init initialization) {
	init.log = e.out.takeWholeLines()
	init.status = "success"
	i.initialized(init)
	i.InitCompleted = true
}

// failedInit ends the process of an INIT that failed.
func (e *environment) failedInit(i *Invocation, init initialization) {
	init.log = e.reset()
	i.initialized(init)
}

// start starts a process. A bootstrap that cannot be executed is the function's fault: the invocation
// then has its outcome, and there is no process.
func (e *environment) start(i *Invocation) error {
	i.Inits++
	out, err := newOutput()
	if err != nil {
		return fmt.Errorf("cannot capture the function's output: %w", err)
	}
	e.api, e.out = newRuntimeAPI(e.function.config.Name), out
	if err := e.api.listen(); err != nil {
		e.reset()
		return err
	}
	process, err := e.startProcess(out.write)
	if err != nil {
		e.reset()
		if notExecutable(err) {
			i.failNotStarted(err)
			return nil
		}
		return fmt.Errorf("cannot start the function's process: %w", err)
	}
	e.process = process
	e.live.Store(process)
	e.cpu = process.cpuTime() // what it took to start it is not the function's
	e.memory = watchMemory(process, e.memoryLimit())
	return nil
}

// reset ends the process, returns what it wrote, and leaves the environment without one.
func (e *environment) reset() (log []string) {
	if e.memory != nil {
		e.memory.end()
		e.memory = nil
	}
	if e.process != nil {
		e.process.kill()
	}
	if e.out != nil {
		log = e.out.take()
		e.out.close()
	}
	if e.api != nil {
		e.api.stop()
	}
	e.process, e.api, e.out = nil, nil, nil
	e.live.Store(nil)
	return log
}

// shutdown ends the environment for good. A function that registered for it is sent SIGTERM first.
func (e *environment) shutdown() {
	if e.process != nil && e.api.wantsSIGTERM() {
		e.process.terminate()
	}
	e.reset()
}
