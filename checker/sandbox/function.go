package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// maxVariables is the room for a function's environment variables in bytes ("Lambda quotas").
const maxVariables = 4 << 10

// Config is a deployed function.
type Config struct {
	Name       string
	ARN        string
	Handler    string
	Region     string
	Binary     string        // the bootstrap that a Builder made
	MemorySize int           // MB
	Timeout    time.Duration // whole seconds on AWS
	Env        map[string]string
	// LogFormat is "JSON", or Text otherwise, and LogLevel the application's, as of LoggingConfig.
	LogFormat, LogLevel string
	// SystemLogLevel is that of LoggingConfig: which of Lambda's own lines a log in JSON has. "" is INFO.
	SystemLogLevel string
	// ReservedConcurrency is how many invocations may run at once; nil is no limit of its own. A further one
	// is refused.
	ReservedConcurrency *int

	// Endpoint is where the function's AWS calls go; "" for a function that makes none.
	Endpoint string
	// NewCredentials is asked once for each execution environment, named by its log stream.
	NewCredentials func(environment string) aws.Credentials
	// Invoked is told of each invocation before its environment is; nil if nobody is to be told.
	Invoked func(environment, traceID string)
	// Dir is a path at which nothing is: a directory for the function's code is made there, and those for /tmp at
	// paths that begin with it. The caller removes them after Close: see [Function.Files].
	Dir string
	// InPlace says that Binary stays where it is, alone in its directory and under the name bootstrap, until Close:
	// where functions are isolated, it is run from there.
	InPlace bool
	// Overtime is how long a process is watched after its deadline before it is killed, to tell code
	// that answers too late from code that never does. It changes no outcome. On Lambda, and by default,
	// it is 0.
	Overtime time.Duration
	// WithoutIsolation runs the function on this machine's file system, as is done where isolation is not
	// available.
	WithoutIsolation bool
	// Debugger runs the function under a debugger. Nil runs it as Lambda does.
	Debugger *Debugger
	// Seed decides request ids, trace ids and log streams, so that a run can be repeated.
	Seed uint64
}

// Function is a deployed function with its execution environments. Its methods may be called from
// several goroutines at once.
type Function struct {
	config    Config
	taskRoot  string
	initLimit time.Duration
	isolated  bool
	debugged  *debugged // nil without a debugger

	mu      sync.Mutex
	random  *rand.Rand
	started int                     // environments made so far
	idle    []*environment          // frozen, or without a process; the last one used comes first
	busy    map[string]*environment // in use, by id
	closed  bool
	running sync.WaitGroup
}

// New deploys a function. Nothing is started before the first event, as on AWS. What Lambda would not
// deploy is a [*RequestError].
func New(c Config) (*Function, error) {
	if err := checkVariables(c.Env); err != nil {
		return nil, fmt.Errorf("cannot deploy %s: %w", c.Name, err)
	}
	f := &Function{config: c, initLimit: initLimit, random: rand.New(rand.NewPCG(c.Seed, c.Seed)), busy: map[string]*environment{}}
	if c.Debugger != nil {
		f.debug()
	}
	f.isolated = !f.config.WithoutIsolation && isolation.Available(filepath.Dir(c.Dir)) == nil
	f.taskRoot = filepath.Dir(c.Binary)
	if f.isolated && c.InPlace {
		return f, nil
	}
	f.taskRoot = c.Dir
	if err := os.Mkdir(f.taskRoot, 0o755); err != nil {
		return nil, fmt.Errorf("cannot deploy %s: %w", c.Name, err)
	}
	if err := linkOrCopy(c.Binary, filepath.Join(f.taskRoot, "bootstrap")); err != nil {
		return nil, fmt.Errorf("cannot deploy %s: %w", c.Name, err)
	}
	return f, nil
}

// Files are the paths of what was made for the function.
func (f *Function) Files() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := []string{f.config.Dir}
	for n := range f.started {
		all = append(all, f.tmp(n+1))
	}
	return all
}

// Temporary is how many bytes are in the files below /tmp, of all its execution environments so far. Where functions are not
// isolated, it is what is below TMPDIR.
func (f *Function) Temporary() int64 {
	var all int64
	for _, dir := range f.Files()[1:] {
		// What cannot be looked at, or has just been removed, is not counted.
		_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return nil
			}
			if info, err := entry.Info(); err == nil {
				all += info.Size()
			}
			return nil
		})
	}
	return all
}

// tmp is the directory that is /tmp in the environment of a number.
func (f *Function) tmp(number int) string {
	return fmt.Sprintf("%s-environment-%d", f.config.Dir, number)
}

// Prepare finds out whether this machine can isolate functions, which the first of them would wait for. It takes some
// milliseconds, once in the life of the program, and leaves nothing below dir.
func Prepare(dir string) { _ = isolation.Available(dir) }

// checkVariables refuses what Lambda has no room for ("Lambda quotas": 4 KB for all environment variables).
func checkVariables(variables map[string]string) error {
	all, err := json.Marshal(variables)
	if err != nil {
		return fmt.Errorf("cannot read the environment variables: %w", err)
	}
	if len(all) <= maxVariables {
		return nil
	}
	largest := slices.MaxFunc(slices.Collect(maps.Keys(variables)), func(a, b string) int {
		return cmp.Compare(len(variables[a]), len(variables[b]))
	})
	return &RequestError{Status: 400, Code: "InvalidParameterValueException", Message: fmt.Sprintf(
		"the environment variables take %d bytes as JSON; Lambda has room for %d. "+
			"Keep what is large elsewhere, such as in a file of the function: %s alone has %d",
		len(all), maxVariables, largest, len(variables[largest]))}
}

// RequestError is what Lambda answers to a request that never reaches the function.
type RequestError struct {
	Status        int
	Code, Message string
	Reason        string // of a 429, else ""
}

func (e *RequestError) Error() string { return e.Code + ": " + e.Message }

// ErrClosed is returned for an invocation after Close.
var ErrClosed = errors.New("the function has been removed")

// Invoke sends an event to an idle execution environment, or to a new one, and waits for the end of
// the invocation. It returns an error when the event cannot be sent (a [*RequestError]), when the
// context ends, which kills the process, and when this machine fails; whatever the function does is
// in the invocation.
func (f *Function) Invoke(ctx context.Context, event []byte) (*Invocation, error) {
	return f.invoke(ctx, event, "")
}

// InvokeAgain is what Lambda does for an asynchronous invocation that failed: it sends the same event under
// the same request id. The trace id is another one, so that the AWS calls can be told apart.
func (f *Function) InvokeAgain(ctx context.Context, failed *Invocation) (*Invocation, error) {
	return f.invoke(ctx, failed.Event, failed.RequestID)
}

func (f *Function) invoke(ctx context.Context, event []byte, requestID string) (*Invocation, error) {
	if err := checkEvent(event); err != nil {
		return nil, err
	}
	ctx, end, err := f.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	e, i, err := f.acquire(anyEnvironment)
	if err != nil {
		return nil, err
	}
	defer f.release(e)
	i.Event = event
	i.RequestID = cmp.Or(requestID, i.RequestID)
	if err := e.invoke(ctx, i); err != nil {
		return nil, fmt.Errorf("invoking %s: %w", f.config.Name, err)
	}
	return i, nil
}

// checkEvent refuses what Lambda does not pass on: everything else reaches the function byte for byte. Its
// error is a [*RequestError].
func checkEvent(event []byte) error {
	if len(event) > maxEvent {
		return &RequestError{Status: 413, Code: "RequestEntityTooLargeException",
			Message: fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", maxEvent)}
	}
	if !json.Valid(event) {
		return &RequestError{Status: 400, Code: "InvalidRequestContentException",
			Message: "Could not parse request body into json"}
	}
	return nil
}

// Which environment an event goes to.
const (
	anyEnvironment = false
	newEnvironment = true
)

func (f *Function) acquire(fresh bool) (*environment, *Invocation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, nil, ErrClosed
	}
	if limit := f.config.ReservedConcurrency; limit != nil && len(f.busy) >= *limit {
		return nil, nil, &RequestError{Status: 429, Code: "TooManyRequestsException", Message: "Rate Exceeded.",
			Reason: "ReservedFunctionConcurrentInvocationLimitExceeded"}
	}
	i := &Invocation{
		RequestID:  f.uuid(),
		TraceID:    fmt.Sprintf("1-%08x-%08x%016x", f.random.Uint32(), f.random.Uint32(), f.random.Uint64()),
		Timeout:    f.config.Timeout,
		MemorySize: f.config.MemorySize,
		platform:   platform{region: f.config.Region, json: f.config.LogFormat == "JSON", level: f.config.SystemLogLevel},
	}
	var e *environment
	if last := len(f.idle) - 1; last >= 0 && !fresh {
		e, f.idle = f.idle[last], f.idle[:last]
	} else {
		f.started++
		stream := fmt.Sprintf("2026/01/01/[$LATEST]%016x%016x", f.random.Uint64(), f.random.Uint64())
		var err error
		if e, err = f.newEnvironment(f.started, stream); err != nil {
			return nil, nil, err
		}
	}
	i.Environment = e.id
	f.busy[e.id] = e
	f.running.Add(1)
	return e, i, nil
}

func (f *Function) release(e *environment) {
	defer f.running.Done()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, e.id)
	f.idle = append(f.idle, e)
}

// dispose ends an environment that was acquired.
func (f *Function) dispose(e *environment) {
	defer f.running.Done()
	e.shutdown()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, e.id)
}

func (f *Function) uuid() string {
	a, b := f.random.Uint64(), f.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}

// Kill ends the process of an execution environment, by its id, as when the machine fails that it runs on: the invocation
// that is under way in it ends as [Exited]. Where none is, nothing happens.
func (f *Function) Kill(environment string) {
	f.mu.Lock()
	e := f.busy[environment]
	f.mu.Unlock()
	if e == nil {
		return
	}
	if p := e.live.Load(); p != nil {
		p.signal(syscall.SIGKILL)
	}
}

// Close waits for the invocations under way (end their contexts first) and ends every process. It may
// be called more than once. Under a debugger it waits for nobody.
func (f *Function) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	if f.debugged != nil {
		f.debugged.end()
	}
	f.running.Wait()
	f.mu.Lock()
	idle := slices.Clone(f.idle)
	f.idle = nil
	f.mu.Unlock()
	for _, e := range idle {
		e.shutdown()
	}
}
