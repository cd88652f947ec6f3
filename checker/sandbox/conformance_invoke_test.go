package sandbox

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

var invokeRows = []conformance.Row{
	{
		ID: "invoke-one-at-a-time", Certainty: conformance.Documented,
		Fact: "An execution environment handles one event at a time; another one meanwhile gets an environment of its own",
		Test: func(t *testing.T) {
			f := deploy(t)
			var all sync.WaitGroup
			waiting := make([]*Invocation, 2)
			for n := range waiting {
				all.Go(func() { waiting[n] = invoke(t, f, request{Do: "wait-for-file", Text: "go"}) })
			}
			busy := func(n int) bool {
				f.mu.Lock()
				defer f.mu.Unlock()
				return len(f.busy) == n
			}
			require.Eventually(t, func() bool { return busy(2) }, 10*time.Second, time.Millisecond)
			third := invoke(t, f, request{Do: "count"})
			for _, number := range []int{1, 2} {
				require.NoError(t, os.WriteFile(filepath.Join(f.tmp(number), "go"), nil, 0o600))
			}
			all.Wait()
			assert.Equal(t, 1, decode[int](t, third))
			distinct := map[string]bool{third.Environment: true, waiting[0].Environment: true, waiting[1].Environment: true}
			assert.Len(t, distinct, 3)
			assert.NotEqual(t, waiting[0].RequestID, waiting[1].RequestID)
		},
	},
	{
		ID: "invoke-context", Certainty: conformance.Source,
		Fact: "The handler's ctx has the request id and the ARN by lambdacontext, and the trace as x-amzn-trace-id",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t), request{Do: "context"})
			got := decode[map[string]any](t, i)
			assert.Equal(t, i.RequestID, got["requestID"])
			assert.Equal(t, "arn:aws:lambda:eu-central-1:123456789012:function:probe", got["arn"])
			assert.Contains(t, got["traceInContext"], "Root="+i.TraceID+";")
			assert.Equal(t, got["trace"], got["traceInContext"])
		},
	},
	{
		ID: "invoke-context-cancelled", Certainty: conformance.Source,
		Fact: "ctx is cancelled when the handler returns",
		Test: func(t *testing.T) {
			f := deploy(t)
			invoke(t, f, request{Do: "leave-context"})
			assert.Equal(t, "context canceled", decode[string](t, invoke(t, f, request{Do: "context-left"})))
		},
	},
	{
		ID: "invoke-error-unhandled", Certainty: conformance.Recorded,
		Fact: "The caller of a function that failed gets FunctionError Unhandled, also for an error that the handler returned",
		Test: func(t *testing.T) {
			for _, r := range []request{{Do: "error", Text: "boom"}, {Do: "panic"}, {Do: "exit", Millis: 3}, {Do: "large"}} {
				assert.Equal(t, "Unhandled", invoke(t, deploy(t), r).FunctionError, r.Do)
			}
		},
	},
	{
		ID: "invoke-error-goes-on", Certainty: conformance.Source,
		Fact: "After an error that the handler returned, the process goes on with the next event",
		Test: func(t *testing.T) {
			f := deploy(t)
			invoke(t, f, request{Do: "error", Text: "boom"})
			next := invoke(t, f, request{Do: "count"})
			assert.False(t, next.ColdStart)
			assert.Equal(t, 2, decode[int](t, next))
		},
	},
	{
		ID: "invoke-reserved-concurrency", Certainty: conformance.Recorded,
		Fact: "More than ReservedConcurrentExecutions at once are refused: 429 TooManyRequestsException",
		Test: func(t *testing.T) {
			for _, limit := range []int{0, 1} {
				f := deploy(t, func(c *Config) { c.ReservedConcurrency = &limit })
				var running sync.WaitGroup
				for range limit {
					running.Go(func() { invoke(t, f, request{Do: "wait-for-file", Text: "go"}) })
				}
				require.Eventually(t, func() bool {
					f.mu.Lock()
					defer f.mu.Unlock()
					return len(f.busy) == limit
				}, 10*time.Second, time.Millisecond)
				_, err := f.Invoke(t.Context(), []byte(`{}`))
				var refused *RequestError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, RequestError{
					Status: 429, Code: "TooManyRequestsException", Message: "Rate Exceeded.",
					Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
				}, *refused)
				if limit == 0 {
					continue
				}
				require.NoError(t, os.WriteFile(inTmp(f, "go"), nil, 0o600))
				running.Wait()
				invoke(t, f, request{Do: "count"})
			}
		},
	},
	{
		ID: "invoke-async-request-id", Certainty: conformance.Recorded,
		Fact: "A retry of an asynchronous invocation has the same request id and event",
		Test: func(t *testing.T) {
			f := deploy(t)
			failed := invoke(t, f, request{Do: "error", Text: "boom"})
			again, err := f.InvokeAgain(t.Context(), failed)
			require.NoError(t, err)
			assert.Equal(t, failed.RequestID, again.RequestID)
			assert.Equal(t, failed.Event, again.Event)
			assert.Equal(t, "boom", again.Error().Message)
			assert.NotEqual(t, failed.RequestID, invoke(t, f, request{Do: "count"}).RequestID)
		},
	},
	{
		ID: "invoke-async-retries", Certainty: conformance.Documented,
		Fact: "An asynchronous invocation that fails is retried twice, after one and two minutes, for up to 6 hours",
		Skip: "whoever sends the events retries them; the sandbox has no queue",
	},
}

var deadlineRows = []conformance.Row{
	{
		ID: "deadline-kills", Certainty: conformance.Recorded,
		Fact: "At the deadline the process is killed; the next invocation starts another: globals are lost, /tmp is kept",
		Test: func(t *testing.T) {
			var alive func() []string
			f := deploy(t, func(c *Config) { alive = marked(c) })
			invoke(t, f, request{Do: "write", Text: "before"})
			i := invoke(t, with(f, time.Second), request{Do: "sleep", Millis: 60_000})
			assert.Equal(t, TimedOut, i.Outcome)
			assertNone(t, alive)
			assert.InDelta(t, 1, i.Duration.Seconds(), 0.1)
			next := invoke(t, with(f, 30*time.Second), request{Do: "read"})
			assert.True(t, next.ColdStart)
			assert.Equal(t, i.Environment, next.Environment)
			assert.Equal(t, "before", decode[string](t, next))
			assert.Equal(t, 2, decode[int](t, invoke(t, f, request{Do: "count"})))
		},
	},
	{
		ID: "deadline-payload", Certainty: conformance.Recorded,
		Fact: "The caller gets Sandbox.Timedout, and the timeout with two decimals",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, timeout(time.Second)), request{Do: "sleep", Millis: 60_000})
			assert.JSONEq(t, `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: `+i.RequestID+
				` Error: Task timed out after 1.00 seconds"}`, string(i.Payload))
			assert.Equal(t, "Unhandled", i.FunctionError)
		},
	},
	{
		ID: "deadline-payload-before-2025", Certainty: conformance.Recorded,
		Fact: "Until 2025 the payload had only a message, with the time and the request id",
		Skip: "history: the sandbox answers as AWS does now",
	},
	{
		ID: "deadline-of-context", Certainty: conformance.Source,
		Fact: "The deadline of ctx is that of the header: the end of the function's time",
		Test: func(t *testing.T) {
			before := time.Now()
			got := decode[int64](t, invoke(t, deploy(t, timeout(7*time.Second)), request{Do: "deadline-of"}))
			assert.GreaterOrEqual(t, got, before.Add(7*time.Second).UnixMilli())
			assert.LessOrEqual(t, got, time.Now().Add(7*time.Second).UnixMilli())
		},
	},
	{
		ID: "deadline-no-margin", Certainty: conformance.Inferred,
		Fact: "It leaves no time to answer: a handler that waits for the end of ctx is always killed",
		Test: func(t *testing.T) {
			for _, overtime := range []time.Duration{0, 20 * time.Second} {
				f := deploy(t, timeout(3*time.Second), func(c *Config) { c.Overtime = overtime })
				i := invoke(t, f, request{Do: "deadline"})
				assert.Equal(t, TimedOut, i.Outcome)
				assert.Equal(t, "Sandbox.Timedout", i.Error().Type)
				assert.LessOrEqual(t, i.Duration, 3*time.Second, "what is watched longer is not counted")
				if overtime > 0 {
					assert.True(t, i.Late)
				}
			}
		},
	},
	{
		ID: "deadline-signals", Certainty: conformance.Source,
		Fact: "The kill cannot be ignored, whatever a function does with signals",
		Test: func(t *testing.T) {
			var alive func() []string
			i := invoke(t, deploy(t, timeout(5*time.Second), func(c *Config) { alive = marked(c) }), request{Do: "ignore-signals"})
			assert.Equal(t, TimedOut, i.Outcome)
			assert.Equal(t, []string{"ignoring signals"}, i.Log)
			assertNone(t, alive)
		},
	},
	{
		ID: "deadline-children", Certainty: conformance.Inferred,
		Fact: "The environment is reset as a whole: child processes end with the function's process",
		Test: func(t *testing.T) {
			var alive func() []string
			f := deploy(t, func(c *Config) { alive = marked(c) })
			invoke(t, f, request{Do: "child"})
			invoke(t, with(f, time.Second), request{Do: "sleep", Millis: 60_000})
			assertNone(t, alive)
		},
	},
}

var freezeRows = []conformance.Row{
	{
		ID: "freeze-between-invocations", Certainty: conformance.Documented,
		Fact: "After the answer and the wish for the next event, everything stands still until that comes",
		Test: func(t *testing.T) {
			if runtime.GOOS != "linux" {
				t.Skip("there is no /proc here")
			}
			f := deploy(t)
			invoke(t, f, request{Do: "leave"})
			pid := pidOf(t, f)
			used := cpuTicks(t, pid)
			assert.Never(t, func() bool { return !inState(pid, 'T') || cpuTicks(t, pid) != used }, 200*time.Millisecond, 10*time.Millisecond)
		},
	},
	{
		ID: "freeze-resumes", Certainty: conformance.Documented,
		Fact: "Work that was left running goes on in the next invocation",
		Test: func(t *testing.T) {
			f := deploy(t)
			invoke(t, f, request{Do: "leave"})
			assert.Eventually(t, func() bool {
				return strings.Contains(strings.Join(invoke(t, f, request{Do: "sleep", Millis: 20}).Log, "\n"), "tick")
			}, 10*time.Second, time.Millisecond)
		},
	},
	{
		ID: "freeze-exit-later", Certainty: conformance.Inferred,
		Fact: "Work that was left running can end the process in a later invocation, which then fails",
		Test: func(t *testing.T) {
			f := deploy(t)
			invoke(t, f, request{Do: "leave-exit", Millis: 2000})
			i := invoke(t, f, request{Do: "sleep", Millis: 20_000})
			assert.Equal(t, Exited, i.Outcome)
			assert.Equal(t, "exit status 7", i.Exit)
			assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
		},
	},
}
