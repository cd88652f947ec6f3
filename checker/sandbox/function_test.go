package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInvocationsReuseAnEnvironment(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	first := invoke(t, f, request{Do: "count"})
	second := invoke(t, f, request{Do: "count"})
	assert.Equal(t, 1, decode[int](t, first))
	assert.Equal(t, 2, decode[int](t, second))
	assert.True(t, first.ColdStart)
	assert.Positive(t, first.InitDuration)
	assert.False(t, second.ColdStart)
	assert.Zero(t, second.InitDuration)
	assert.Equal(t, first.Environment, second.Environment)
	assert.NotEqual(t, first.RequestID, second.RequestID)
}

func TestSimultaneousEventsGetEnvironmentsOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	var all sync.WaitGroup
	environments := make([]string, 3)
	for n := range environments {
		all.Go(func() { environments[n] = invoke(t, f, request{Do: "sleep", Millis: 300}).Environment })
	}
	all.Wait()
	assert.NotEqual(t, environments[0], environments[1])
	assert.NotEqual(t, environments[1], environments[2])
	assert.NotEqual(t, environments[0], environments[2])
}

func TestTheContextIsLambdas(t *testing.T) {
	t.Parallel()
	i := invoke(t, deploy(t, timeout(7*time.Second)), request{Do: "context"})
	got := decode[map[string]any](t, i)
	assert.Equal(t, i.RequestID, got["requestID"])
	assert.Equal(t, "arn:aws:lambda:eu-central-1:123456789012:function:probe", got["arn"])
	assert.InDelta(t, 7000, got["left"], 1000)
	assert.Contains(t, got["trace"], "Root="+i.TraceID)
}

func TestErrorsOfTheHandler(t *testing.T) {
	t.Parallel()
	i := invoke(t, deploy(t), request{Do: "error", Text: "boom"})
	assert.Equal(t, Failed, i.Outcome)
	assert.Equal(t, "Unhandled", i.FunctionError)
	assert.Equal(t, ErrorObject{Message: "boom", Type: "errorString"}, i.Error())
	assert.False(t, i.Panicked())
}

func TestAPanicIsAnsweredAndEndsTheProcess(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	i := invoke(t, f, request{Do: "panic", Text: "oh no"})
	assert.Equal(t, Failed, i.Outcome)
	assert.True(t, i.Panicked())
	assert.Equal(t, "oh no", i.Error().Message)
	assert.Equal(t, "exit status 1", i.Exit)
	assert.Equal(t, 1, decode[int](t, invoke(t, f, request{Do: "count"})), "the next one is a cold start")
}

func TestExitsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{
		0: "Error: Runtime exited without providing a reason",
		3: "Error: Runtime exited with error: exit status 3",
	} {
		i := invoke(t, deploy(t), request{Do: "exit", Millis: code})
		assert.Equal(t, Exited, i.Outcome)
		assert.Equal(t, "Runtime.ExitError", i.Error().Type)
		assert.Equal(t, "RequestId: "+i.RequestID+" "+want, i.Error().Message)
	}
}

func TestTheDeadlineKills(t *testing.T) {
	t.Parallel()
	f := deploy(t, timeout(time.Second))
	invoke(t, f, request{Do: "write", Text: "before"})
	i := invoke(t, f, request{Do: "sleep", Millis: 60_000})
	assert.Equal(t, TimedOut, i.Outcome)
	assert.JSONEq(t, `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: `+i.RequestID+
		` Error: Task timed out after 1.00 seconds"}`, string(i.Payload))
	assert.InDelta(t, 1, i.Duration.Seconds(), 0.5)
	next := invoke(t, f, request{Do: "read"})
	assert.True(t, next.ColdStart)
	assert.Equal(t, "before", decode[string](t, next), "/tmp outlives the process")
}

func TestTheProcessIsFrozenBetweenInvocations(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	invoke(t, f, request{Do: "leave"})
	<-time.After(200 * time.Millisecond) // a running process would tick on meanwhile
	i := invoke(t, f, request{Do: "count"})
	assert.Less(t, len(i.Log), 100, "it would have ticked about 200 times")
}

func TestWorkLeftBehindMayEndTheProcess(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	invoke(t, f, request{Do: "leave-exit", Millis: 100})
	i := invoke(t, f, request{Do: "sleep", Millis: 5000})
	assert.Equal(t, Exited, i.Outcome)
	assert.Equal(t, "exit status 7", i.Exit)
	assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
}

func TestOutputIsKeptByInvocation(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	first := invoke(t, f, request{Do: "log", Text: "one"})
	second := invoke(t, f, request{Do: "log", Text: "two"})
	assert.Equal(t, []string{"one", "one on stderr", "without an end of line"}, first.Log)
	assert.Equal(t, []string{"two", "two on stderr", "without an end of line"}, second.Log)
	flood := invoke(t, f, request{Do: "flood"})
	assert.Equal(t, Answered, flood.Outcome)
	assert.Contains(t, flood.Log[len(flood.Log)-1], "more output followed")
	assert.LessOrEqual(t, len(strings.Join(flood.Log, "\n")), maxLog+1024)
}

func TestPlatformLines(t *testing.T) {
	t.Parallel()
	i := &Invocation{
		RequestID: "id", Duration: 3010 * time.Microsecond, InitDuration: 110100 * time.Microsecond,
		MemorySize: 128, MaxMemoryUsed: 36, Log: []string{"hello"},
	}
	assert.Equal(t, []string{
		"START RequestId: id Version: $LATEST",
		"hello",
		"END RequestId: id",
		"REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t",
	}, i.PlatformLog())
}

func TestMemoryIsMeasured(t *testing.T) {
	t.Parallel()
	i := invoke(t, deploy(t), request{Do: "echo"})
	assert.Greater(t, i.MaxMemoryUsed, 1)
	assert.Less(t, i.MaxMemoryUsed, 128)
}

func TestAFunctionThatUsesTooMuchMemoryIsKilled(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "and give it back"} {
		f := deploy(t)
		i := invoke(t, f, request{Do: "memory", Millis: 200, Text: text})
		assert.Equal(t, OutOfMemory, i.Outcome, text)
		assert.Equal(t, "Runtime.ExitError", i.Error().Type)
		assert.Equal(t, "RequestId: "+i.RequestID+" Error: Runtime exited with error: signal: killed", i.Error().Message)
		assert.Equal(t, 128, i.MaxMemoryUsed)
		assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
	}
	roomy := deploy(t, func(c *Config) { c.MemorySize = 512 })
	i := invoke(t, roomy, request{Do: "memory", Millis: 200})
	assert.Equal(t, Answered, i.Outcome)
	assert.InDelta(t, 215, i.MaxMemoryUsed, 25)
}

func TestPayloadLimits(t *testing.T) {
	t.Parallel()
	f := deploy(t)
	i := invoke(t, f, request{Do: "large"})
	assert.Equal(t, TooLarge, i.Outcome)
	assert.JSONEq(t, `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",
		"errorType":"Function.ResponseSizeTooLarge"}`, string(i.Payload))

	_, err := f.Invoke(t.Context(), []byte(`"`+strings.Repeat("x", maxEvent)+`"`))
	var refused *RequestError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 413, refused.Status)
	_, err = f.Invoke(t.Context(), []byte(`{`))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "InvalidRequestContentException", refused.Code)
}

func TestInitThatFailsIsRunAgain(t *testing.T) {
	t.Parallel()
	i := invoke(t, deploy(t, env("INIT", "exit")), request{Do: "count"})
	assert.Equal(t, Exited, i.Outcome)
	assert.Equal(t, 2, i.Inits)
	assert.False(t, i.InitCompleted)
	assert.Equal(t, "INIT goes wrong", i.Log[0])
	assert.Contains(t, i.Log[1], "INIT_REPORT Init Duration: ")
	assert.Equal(t, "INIT goes wrong", i.Log[2])

	i = invoke(t, deploy(t, env("INIT", "once:")), request{Do: "count"})
	assert.Equal(t, Answered, i.Outcome)
	assert.Equal(t, 2, i.Inits)
	assert.Zero(t, i.InitDuration, "it was part of the invocation")
}

func TestInitThatHangsIsKilledTwice(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	i := invoke(t, deploy(t, env("INIT", "hang"), timeout(time.Second)), request{Do: "count"})
	assert.Equal(t, TimedOut, i.Outcome)
	assert.InDelta(t, 11, time.Since(begin).Seconds(), 3, "10 s, and then 1 s of the invocation")
}

func TestABootstrapThatCannotBeExecuted(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("not a program"), 0o755))
	i := invoke(t, deploy(t, func(c *Config) { c.Binary = text }), request{})
	assert.Equal(t, NotStarted, i.Outcome)
	assert.Equal(t, "Runtime.InvalidEntrypoint", i.Error().Type)
}

func TestSIGTERMIsForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	f := deploy(t, env("SIGTERM", "terminated"))
	invoke(t, f, request{Do: "count"})
	f.Close()
	assert.FileExists(t, filepath.Join(f.config.Dir, "environment-1", "tmp", "terminated"))
}
