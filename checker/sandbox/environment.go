package sandbox

import (
	"context"
	"fmt"
	"path/filepath"
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
	view        isolation.View // its Tmp outlives the process, as /tmp does

	// One process and what serves it; nil before INIT and after a reset.
	process *process
	api     *runtimeAPI
	out     *output
	memory  *memoryWatch  // while the process is not frozen
	cpu     time.Duration // what the process had used when that was last looked at
}

func (f *Function) newEnvironment(number int, id string) (*environment, error) {
	dir := filepath.Join(f.config.Dir, fmt.Sprintf("environment-%d", number))
	view := isolation.View{Task: f.taskRoot, Tmp: filepath.Join(dir, "tmp"), Root: filepath.Join(dir, "root")}
	if err := view.Directories(); err != nil {
		return nil, fmt.Errorf("cannot make the directories of an execution environment: %w", err)
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
		e.reset(i) // it ended after its last answer, by work that it had left running
	}
	i.InitCompleted = e.process != nil
	if e.process == nil {
		i.ColdStart = true
		if err := e.initialize(ctx, i); err != nil {
			return err
		}
	}
	run := &run{environment: e, invocation: i, begin: time.Now()}
	run.deadline = run.begin.Add(i.Timeout)
	timer := time.NewTimer(i.Timeout)
	defer timer.Stop()
	run.expired = timer.C
	err := run.toEnd(ctx)
	i.Duration = time.Since(run.begin)
	if run.keep && err == nil {
		e.process.freeze() // before anything else: work left behind would go on meanwhile
	}
	i.CPUTime = e.usedCPU()
	e.measureMemory(i)
	if run.keep && err == nil && i.Outcome != OutOfMemory {
		i.Log = append(i.Log, e.out.take()...)
		return nil
	}
	e.reset(i)
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

// limit is MemorySize in bytes.
func (e *environment) limit() uint64 { return uint64(e.function.config.MemorySize) << 20 }

// measureMemory ends the watch. A peak over the limit ends the invocation on Lambda, however short it was.
func (e *environment) measureMemory(i *Invocation) {
	if e.memory == nil {
		return
	}
	peak := e.memory.end()
	e.memory = nil
	if peak > e.limit() && i.Outcome == Answered {
		i.failOutOfMemory()
	}
	i.MaxMemoryUsed = max(i.MaxMemoryUsed, int(min(peak, e.limit())>>20))
}

// initialize runs INIT before the invocation. When it fails, there is no process afterwards.
func (e *environment) initialize(ctx context.Context, i *Invocation) error {
	begin := time.Now()
	if err := e.start(i); err != nil || e.process == nil {
		return err
	}
	limit := time.NewTimer(initLimit)
	defer limit.Stop()
	var status string
	select {
	case <-e.api.ready:
		i.InitDuration, i.InitCompleted = time.Since(begin), true
		i.InitCPUTime = e.usedCPU()
		return nil
	case <-e.process.exited:
		status = "error\tError Type: Runtime.ExitError"
	case <-limit.C:
		status = "timeout"
	case <-e.memory.over:
		status = "error\tError Type: Runtime.OutOfMemory"
	case <-ctx.Done():
		e.reset(i)
		return context.Cause(ctx)
	}
	took := time.Since(begin)
	e.reset(i)
	i.Log = append(i.Log, fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: %s", milliseconds(took), status))
	return nil
}

// start starts a process. A bootstrap that cannot be executed is the function's fault: the invocation
// then has its outcome, and there is no process.
func (e *environment) start(i *Invocation) error {
	i.Inits++
	out, err := newOutput()
	if err != nil {
		return fmt.Errorf("cannot capture the function's output: %w", err)
	}
	api, err := newRuntimeAPI(e.function.config.Name)
	if err != nil {
		out.close()
		return err
	}
	e.api, e.out = api, out
	process, err := e.startProcess(out.write)
	if err != nil {
		e.reset(i)
		if notExecutable(err) {
			i.failNotStarted(err)
			return nil
		}
		return fmt.Errorf("cannot start the function's process: %w", err)
	}
	e.process = process
	e.cpu = process.cpuTime() // what it took to start it is not the function's
	e.memory = watchMemory(process, e.limit())
	return nil
}

// reset ends the process, keeps what it wrote, and leaves the environment ready for a cold start.
func (e *environment) reset(i *Invocation) {
	if e.memory != nil {
		e.memory.end()
		e.memory = nil
	}
	if e.process != nil {
		e.process.kill()
	}
	if e.out != nil {
		lines := e.out.take()
		if i != nil {
			i.Log = append(i.Log, lines...)
		}
		e.out.close()
	}
	if e.api != nil {
		e.api.stop()
	}
	e.process, e.api, e.out = nil, nil, nil
}

// shutdown ends the environment for good. A function that registered for it is sent SIGTERM first.
func (e *environment) shutdown() {
	if e.process != nil && e.api.wantsSIGTERM() {
		e.process.terminate()
	}
	e.reset(nil)
}
