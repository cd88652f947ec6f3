package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

const (
	module    = "../.."
	functions = "checker/sandbox/testdata/functions"
)

var cache string

func TestMain(m *testing.M) {
	var err error
	if cache, err = os.MkdirTemp("", "sandbox-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(cache)
	if code == 0 {
		// The thread that starts processes stays for the life of the program.
		if err := goleak.Find(goleak.IgnoreAnyFunction("example.com/serverless-patterns/checker/sandbox.init.func1.1")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// probeBinary builds the probe once for all tests.
var probeBinary = sync.OnceValues(func() (string, error) {
	b := &Builder{Root: module, Cache: filepath.Join(cache, "builds")}
	built, err := b.Build(context.Background(),
		Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe"}}, cache)
	return built["probe"], err
})

// deploy makes a function of the probe, with changes to its configuration.
func deploy(t testing.TB, changes ...func(*Config)) *Function {
	t.Helper()
	binary, err := probeBinary()
	require.NoError(t, err)
	c := Config{
		Name: "probe", ARN: "arn:aws:lambda:eu-central-1:123456789012:function:probe", Handler: "bootstrap",
		Region: "eu-central-1", Binary: binary, MemorySize: 128, Timeout: 10 * time.Second, Dir: t.TempDir(), Seed: 1,
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

func timeout(d time.Duration) func(*Config) { return func(c *Config) { c.Timeout = d } }
func env(name, value string) func(*Config) {
	return func(c *Config) { c.Env = map[string]string{name: value} }
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
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	i, err := f.Invoke(ctx, event)
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
