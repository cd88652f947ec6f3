package sandbox

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

// Source: "Understanding the Lambda execution environment lifecycle".
var initRows = []conformance.Row{
	{
		ID: "init-ends-at-next", Certainty: conformance.Documented,
		Fact: "INIT runs until the process first asks for an event, before the function's own time begins",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, env("INIT", "slow:6s"), timeout(5*time.Second)), request{Do: "count"})
			assert.Equal(t, 1, decode[int](t, i))
			assert.GreaterOrEqual(t, i.InitDuration, 6*time.Second)
			assert.Less(t, i.Duration, 5*time.Second)
			assert.True(t, i.InitCompleted)
			assert.Equal(t, 1, i.Inits)
		},
	},
	{
		ID: "init-once", Certainty: conformance.Documented,
		Fact: "What INIT made is kept for all invocations of an execution environment",
		Test: func(t *testing.T) {
			f := deploy(t)
			first, second := invoke(t, f, request{Do: "begun"}), invoke(t, f, request{Do: "begun"})
			assert.Equal(t, decode[int64](t, first), decode[int64](t, second))
			assert.Equal(t, 3, decode[int](t, invoke(t, f, request{Do: "count"})))
			assert.True(t, first.ColdStart)
			assert.Positive(t, first.InitDuration)
			assert.False(t, second.ColdStart)
			assert.Zero(t, second.InitDuration)
			assert.Equal(t, first.Environment, second.Environment)
		},
	},
	{
		ID: "init-go-is-fast", Certainty: conformance.Measured,
		Fact: "A Go function needs a few milliseconds until it asks for its first event",
		Test: func(t *testing.T) {
			best := time.Hour
			for range 5 {
				best = min(best, invoke(t, deploy(t), request{Do: "count"}).InitCPUTime)
			}
			assert.Less(t, best, 100*time.Millisecond, "of CPU time, which a busy machine does not change")
		},
	},
	{
		ID: "init-billed", Certainty: conformance.Documented,
		Fact: "INIT is billed, together with the duration, rounded up to a millisecond",
		Test: func(t *testing.T) {
			i := &Invocation{Duration: 3010 * time.Microsecond, InitDuration: 110100 * time.Microsecond}
			assert.Equal(t, 114*time.Millisecond, i.BilledDuration())
			assert.Equal(t, 4*time.Millisecond, (&Invocation{Duration: 3001 * time.Microsecond}).BilledDuration())
			assert.Equal(t, 3*time.Millisecond, (&Invocation{Duration: 3 * time.Millisecond}).BilledDuration())
		},
	},
	{
		ID: "init-billed-since", Certainty: conformance.Documented,
		Fact: "Before August 2025 it was not billed for managed runtimes, only for custom ones such as provided.al2023",
		Skip: "history",
	},
	{
		ID: "init-duration-excludes-download", Certainty: conformance.Reported,
		Fact: "Init Duration has neither the download of the code nor the wait for a place to run",
		Skip: "there is neither here: what is measured begins when the process is started",
	},
	{
		ID: "init-limit-others", Certainty: conformance.Documented,
		Fact: "The limit of 10 s is not for provisioned concurrency and SnapStart, which may take 15 minutes",
		Skip: "the sandbox starts functions on demand only, and SnapStart is not offered for provided.al2023",
	},
	{
		ID: "init-published", Certainty: conformance.Reported,
		Fact: "On AWS, a Go function's cold start takes 41 to 50 ms, from 128 to 1024 MB alike",
		Skip: "a measurement of AWS's machines; this machine has its own times, and gives INIT all of its CPU",
	},
	{
		ID: "init-sdk", Certainty: conformance.Measured,
		Fact: "AWS SDK clients add a few milliseconds to INIT; what is slow there is network, large embedded files, and computing",
		Skip: "the lessons about INIT measure it on their own functions",
	},
	{
		ID: "init-connections", Certainty: conformance.Measured,
		Fact: "A client that is made for each invocation opens connections of its own each time",
		Skip: "package wire counts connections, and the requirement client-once of lesson 1 shows it",
	},
	{
		ID: "init-vpc", Certainty: conformance.Documented,
		Fact: "A VPC costs time when a function is created or updated, and not at a cold start",
		Skip: "functions run without a VPC here",
	},
}

var initFailureRows = []conformance.Row{
	{
		ID: "init-limit", Certainty: conformance.Documented,
		Fact: "INIT may take 10 s; then Lambda kills it, and runs it again in the first invocation, under the function's timeout",
		Test: func(t *testing.T) {
			begin := time.Now()
			i := invoke(t, deploy(t, env("INIT", "hang"), timeout(time.Second)), request{Do: "count"})
			took := time.Since(begin)
			assert.Equal(t, TimedOut, i.Outcome)
			assert.Equal(t, 2, i.Inits)
			assert.False(t, i.InitCompleted)
			assert.GreaterOrEqual(t, took, 11*time.Second-time.Millisecond, "10 s, and 1 s of the invocation")
			assert.Less(t, took, 30*time.Second)
			assert.Zero(t, i.InitDuration)
		},
	},
	{
		ID: "init-again", Certainty: conformance.Documented,
		Fact: "An INIT that fails is run again in the first invocation, which may then succeed",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, env("INIT", "once:")), request{Do: "count"})
			assert.Equal(t, Answered, i.Outcome)
			assert.Equal(t, 2, i.Inits)
			assert.True(t, i.InitCompleted)
			assert.Zero(t, i.InitDuration, "it was part of the invocation")
		},
	},
	{
		ID: "init-fails-twice", Certainty: conformance.Documented,
		Fact: "When INIT fails again, the invocation has failed with what ended the process",
		Test: func(t *testing.T) {
			for init, exit := range map[string]string{"fatal": "exit status 1", "panic": "exit status 2", "exit": "exit status 3"} {
				i := invoke(t, deploy(t, env("INIT", init)), request{Do: "count"})
				assert.Equal(t, Exited, i.Outcome)
				assert.Equal(t, exit, i.Exit)
				assert.Equal(t, "Runtime.ExitError", i.Error().Type)
				assert.Equal(t, "RequestId: "+i.RequestID+" Error: Runtime exited with error: "+exit, i.Error().Message)
				assert.Equal(t, 2, i.Inits)
				assert.False(t, i.InitCompleted)
			}
		},
	},
	{
		ID: "init-suppressed", Certainty: conformance.Documented,
		Fact: "After a crash or a timeout, INIT is part of the next invocation, and its report has no Init Duration",
		Test: func(t *testing.T) {
			for _, end := range []request{{Do: "exit", Millis: 3}, {Do: "panic"}, {Do: "sleep", Millis: 60_000}} {
				f := deploy(t, env("INIT", "slow:300ms"))
				assert.GreaterOrEqual(t, invoke(t, with(f, 3*time.Second), end).InitDuration, 300*time.Millisecond)
				i := invoke(t, with(f, 30*time.Second), request{Do: "count"})
				assert.Equal(t, 1, decode[int](t, i))
				assert.True(t, i.ColdStart)
				assert.Equal(t, 1, i.Inits)
				assert.Zero(t, i.InitDuration)
				assert.GreaterOrEqual(t, i.Duration, 300*time.Millisecond)
				log := strings.Join(i.PlatformLog(), "\n")
				assert.NotContains(t, log, "INIT_START")
				assert.NotContains(t, log, "Init Duration")
			}
		},
	},
	{
		ID: "init-suppressed-timeout", Certainty: conformance.Reported,
		Fact: "That INIT is under the function's timeout: a short one with a slow INIT may never recover",
		Test: func(t *testing.T) {
			f := deploy(t, env("INIT", "slow:2s"), timeout(time.Second))
			first := invoke(t, f, request{Do: "exit", Millis: 3})
			assert.True(t, first.InitCompleted)
			for range 2 {
				i := invoke(t, f, request{Do: "count"})
				assert.Equal(t, TimedOut, i.Outcome)
				assert.False(t, i.InitCompleted)
			}
		},
	},
	{
		ID: "init-start-line", Certainty: conformance.Recorded,
		Fact: "The log of a cold start begins with INIT_START and the runtime's version",
		Test: func(t *testing.T) {
			f := deploy(t, env("INIT", "speak"))
			log := invoke(t, f, request{Do: "count"}).PlatformLog()
			assert.Regexp(t, `^INIT_START Runtime Version: provided:al2023\.v\d+\tRuntime Version ARN: arn:aws:lambda:eu-central-1::runtime:[0-9a-f]{64}$`, log[0])
			require.Len(t, log, 6, "%q", log)
			assert.Equal(t, "INIT speaks", log[1])
			assert.Regexp(t, `^START `, log[2])
			assert.Equal(t, "and does not end its line", log[3])
			assert.Regexp(t, `^START `, invoke(t, f, request{Do: "count"}).PlatformLog()[0])
		},
	},
	{
		ID: "init-report-line", Certainty: conformance.Documented,
		Fact: "INIT_REPORT is logged for each INIT that failed, with its phase, init or invoke",
		Test: func(t *testing.T) {
			log := invoke(t, deploy(t, env("INIT", "exit")), request{Do: "count"}).PlatformLog()
			require.Len(t, log, 8, "%q", log)
			assert.Regexp(t, `^INIT_START `, log[0])
			assert.Equal(t, "INIT goes wrong", log[1])
			assert.Regexp(t, `^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: error\tError Type: Runtime\.ExitError$`, log[2])
			assert.Equal(t, "INIT goes wrong", log[3])
			assert.Regexp(t, `^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: invoke\tStatus: error\tError Type: Runtime\.ExitError$`, log[4])
			assert.Regexp(t, `^START `, log[5])
			assert.Regexp(t, `^END `, log[6])
			assert.Regexp(t, `^REPORT `, log[7])
		},
	},
	{
		ID: "init-report-timeout", Certainty: conformance.Documented,
		Fact: "Its status is timeout when INIT was killed, with no error type",
		Test: func(t *testing.T) {
			f := deploy(t, env("INIT", "hang"), timeout(time.Second))
			f.initLimit = 500 * time.Millisecond
			log := strings.Join(invoke(t, f, request{Do: "count"}).PlatformLog(), "\n")
			assert.Regexp(t, `(?m)^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout$`, log)
			assert.Regexp(t, `(?m)^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: invoke\tStatus: timeout$`, log)
		},
	},
	{
		ID: "init-report-success", Certainty: conformance.Documented,
		Fact: "There is no INIT_REPORT when INIT succeeds",
		Test: func(t *testing.T) {
			assert.NotContains(t, strings.Join(invoke(t, deploy(t), request{Do: "count"}).PlatformLog(), "\n"), "INIT_REPORT")
		},
	},
}
