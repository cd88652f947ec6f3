package serve

import (
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// delve finds the debugger where the command does.
func delve(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(module, "bin", "dlv"))
	require.NoError(t, err)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	program, err = exec.LookPath("dlv")
	if err != nil && os.Getenv("CI_REQUIRE_DELVE") == "" {
		t.Skip("delve is neither in bin/ nor in PATH: make bin/dlv builds it")
	}
	require.NoError(t, err)
	return program
}

// freeAddress is one where nobody listens now.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// debugger is a client of delve ("rpc2" in delve's documentation of its API).
type debugger struct {
	t      *testing.T
	client *rpc.Client
}

func attach(t *testing.T, address string) *debugger {
	t.Helper()
	client, err := jsonrpc.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return &debugger{t, client}
}

// call calls a method, and returns what it answers.
func (d *debugger) call(method string, in map[string]any) map[string]any {
	d.t.Helper()
	var out map[string]any
	require.NoError(d.t, d.client.Call("RPCServer."+method, in, &out))
	return out
}

// goOn lets the function run until it stops at a breakpoint.
func (d *debugger) goOn() *rpc.Call {
	return d.client.Go("RPCServer.Command", map[string]any{"name": "continue"}, &map[string]any{}, nil)
}

// await waits until a call has come back.
func (d *debugger) await(call *rpc.Call) {
	d.t.Helper()
	select {
	case <-call.Done:
		require.NoError(d.t, call.Error)
	case <-time.After(patience):
		require.Fail(d.t, "the debugger does not come back from "+call.ServiceMethod)
	}
}

func TestAFunctionIsStopped(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	debug := &Debug{Function: "EchoFunction", Program: delve(t), Address: address}
	r := serveTiny(t, func(o *Options) { o.Debug = debug })
	waits := "EchoFunction waits for a debugger at " + address
	r.await(waits)

	d := attach(t, address)
	d.call("CreateBreakpoint", map[string]any{"Breakpoint": map[string]any{"name": "here", "functionName": "main.handle"}})
	stopped := d.goOn()
	r.await("EchoFunction waits for events") // INIT has ended
	answered := make(chan string, 1)
	url := r.url("ServerlessHttpApi") + "/echo/1"
	go func() {
		_, _, body, _ := try(url, `{"Return":"went on"}`)
		answered <- body
	}()
	d.await(stopped)
	value := d.call("Eval", map[string]any{"Scope": map[string]any{"GoroutineID": -1}, "Expr": "r.Hang"})
	assert.Equal(t, "bool", value["Variable"].(map[string]any)["type"])
	select {
	case body := <-answered:
		assert.Fail(t, "it answered while it stood still", body)
	default:
	}
	d.call("ClearBreakpoint", map[string]any{"Name": "here"})
	d.goOn()
	assert.Equal(t, "went on", <-answered)
	assert.NotContains(t, r.String(), "API server", "what the debugger says is not the function's output")

	// New code waits for the debugger again, also while the old code stands still.
	d.call("Command", map[string]any{"name": "halt"})
	go func() {
		_, _, body, _ := try(url, `{}`)
		answered <- body
	}()
	r.edit("echo/main.go", "return r.Return, nil", `return json.RawMessage("\"new\""), nil`)
	r.await("new code from the next invocation on: EchoFunction")
	require.Eventually(t, func() bool { return strings.Count(r.String(), waits) == 2 }, patience, tick)
	attach(t, address).goOn()
	assert.Equal(t, "new", <-answered)

	require.NoError(t, r.end())
	r.nothingLeft()
	running, err := process.Processes()
	require.NoError(t, err)
	for _, p := range running {
		line, _ := p.Cmdline() // it may just have ended
		assert.NotContains(t, line, r.state)
	}
}

func TestThereIsNoSuchFunctionToDebug(t *testing.T) {
	t.Parallel()
	r := start(t, tinyProject(t), func(o *Options) { o.Debug = &Debug{Function: "Echo"} })
	require.ErrorIs(t, r.ending(), ErrFault)
	assert.Contains(t, r.String(), "✗ There is no function Echo to debug.\n\nThe template has EchoFunction.\n")
}
