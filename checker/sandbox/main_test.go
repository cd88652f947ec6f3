package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sandbox/isolation"
	"example.com/serverless-patterns/checker/scratch"
)

const (
	module    = "../.."
	functions = "checker/sandbox/testdata/functions"
)

var cache string

func TestMain(m *testing.M) { scratch.Main(m, &cache, nil) }

// fixtures builds all functions once for all tests.
var fixtures = sync.OnceValues(func() (map[string]string, error) {
	b := &Builder{Root: module, Cache: filepath.Join(cache, "builds")}
	return b.Build(context.Background(), Source{
		Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe", "raw", "invalid", "streamed"},
	}, cache)
})

func binary(t testing.TB, name string) string {
	t.Helper()
	built, err := fixtures()
	require.NoError(t, err)
	require.Contains(t, built, name)
	return built[name]
}

// deploy makes a function of the probe, with changes to its configuration.
func deploy(t testing.TB, changes ...func(*Config)) *Function {
	t.Helper()
	c := Config{
		Name: "probe", ARN: "arn:aws:lambda:eu-central-1:123456789012:function:probe", Handler: "bootstrap",
		Region: "eu-central-1", Binary: binary(t, "probe"), MemorySize: 128, Timeout: 30 * time.Second, Dir: filepath.Join(t.TempDir(), "f"), Seed: 1,
		NewCredentials: func(string) aws.Credentials {
			return aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}
		},
	}
	for _, change := range changes {
		change(&c)
	}
	f, err := New(c)
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return f
}

// requireIsolation skips a test where functions cannot be isolated, but for CI.
func requireIsolation(t *testing.T, f *Function) {
	t.Helper()
	if err := isolation.Available(f.config.Dir); err != nil {
		require.Empty(t, os.Getenv("CI_REQUIRE_CONTAINERS"), "%v", err)
		t.Skip(err)
	}
	require.True(t, f.isolated)
}

// fixture deploys another function than the probe.
func fixture(t testing.TB, name string) func(*Config) {
	t.Helper()
	path := binary(t, name)
	return func(c *Config) { c.Binary = path }
}

// with changes a function's timeout between its invocations: so that one runs out of time soon, and the others
// have enough of it, also on a busy machine.
func with(f *Function, timeout time.Duration) *Function {
	f.config.Timeout = timeout
	return f
}

func timeout(d time.Duration) func(*Config) { return func(c *Config) { c.Timeout = d } }
func env(name, value string) func(*Config) {
	return func(c *Config) {
		if c.Env == nil {
			c.Env = map[string]string{}
		}
		c.Env[name] = value
	}
}

// request is the probe's event.
type request struct {
	Do     string
	Millis int    `json:",omitempty"`
	Text   string `json:",omitempty"`
}

func invoke(t testing.TB, f *Function, r request) *Invocation {
	t.Helper()
	event, err := json.Marshal(r)
	require.NoError(t, err)
	return send(t, f, string(event))
}

// send invokes a function with an event that is not the probe's.
func send(t testing.TB, f *Function, event string) *Invocation {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	i, err := f.Invoke(ctx, []byte(event))
	require.NoError(t, err)
	return i
}

// decode reads the payload of an invocation that must have been answered.
func decode[T any](t *testing.T, i *Invocation) T {
	t.Helper()
	require.Equal(t, Answered, i.Outcome, "%s %v", i.Payload, i.Log)
	var v T
	require.NoError(t, json.Unmarshal(i.Payload, &v))
	return v
}

// inTmp is a file in /tmp of the function's first execution environment.
func inTmp(f *Function, name string) string {
	return filepath.Join(f.tmp(1), name)
}

// marked gives a function a variable that its processes can be found by, from outside of their
// namespaces. The returned function finds them, in the form "PID command".
func marked(c *Config) (alive func() []string) {
	mark := rand.Text()
	env("MARK", mark)(c)
	return func() []string { return processesWith("MARK=" + mark) }
}

// processesWith finds live processes that have a variable, where there is /proc. A zombie has none.
func processesWith(variable string) []string {
	var found []string
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range all {
		environ, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(environ, []byte(variable)) {
			continue // gone, or somebody else's
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		found = append(found, filepath.Base(filepath.Dir(path))+" "+string(bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
	}
	return found
}

func assertNone(t *testing.T, alive func() []string) {
	t.Helper()
	assert.Eventually(t, func() bool { return len(alive()) == 0 }, 10*time.Second, 10*time.Millisecond, "%v", alive())
}

// pidOf is the process of a function that is idle, by the number that this machine knows it by.
func pidOf(t *testing.T, f *Function) int {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	require.NotEmpty(t, f.idle)
	return f.idle[len(f.idle)-1].process.child.Pid
}

// stat are the fields of /proc/PID/stat from the state on; none without that file.
func stat(pid int) []string {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	return strings.Fields(rest)
}

func inState(pid int, state byte) bool {
	fields := stat(pid)
	return len(fields) > 0 && fields[0][0] == state
}

// cpuTicks is the CPU time of a process, in the system's ticks.
func cpuTicks(t *testing.T, pid int) string {
	t.Helper()
	fields := stat(pid)
	require.Greater(t, len(fields), 12)
	return fields[11] + " " + fields[12]
}
