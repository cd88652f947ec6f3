package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/sam"
)

var logRows = []conformance.Row{
	{
		ID: "log-lines", Certainty: conformance.Recorded,
		Fact: "START, the function's lines, END and REPORT, in this order",
		Test: func(t *testing.T) {
			f := deploy(t)
			for n := range 2 {
				i := invoke(t, f, request{Do: "log", Text: "tea"})
				log := i.PlatformLog()
				if n == 0 {
					log = log[1:] // INIT_START
				}
				require.Len(t, log, 6)
				assert.Equal(t, "START RequestId: "+i.RequestID+" Version: $LATEST", log[0])
				assert.Equal(t, []string{"tea", "tea on stderr", "without an end of line"}, log[1:4])
				assert.Equal(t, "END RequestId: "+i.RequestID, log[4])
				assert.Regexp(t, `^REPORT RequestId: `+i.RequestID+`\tDuration: `, log[5])
			}
		},
	},
	{
		ID: "log-report", Certainty: conformance.Recorded,
		Fact: "REPORT has durations with two decimals, the billed one in whole milliseconds, memory in MB, and tabs, also at its end",
		Test: func(t *testing.T) {
			i := &Invocation{
				RequestID: "id", Duration: 3010 * time.Microsecond, InitDuration: 110100 * time.Microsecond, MemorySize: 128, MaxMemoryUsed: 36,
			}
			assert.Equal(t, []string{
				"START RequestId: id Version: $LATEST",
				"END RequestId: id",
				"REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t",
			}, i.PlatformLog())
			i.InitDuration = 0
			assert.Equal(t, "REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t", i.PlatformLog()[2])
		},
	},
	{
		ID: "log-streams", Certainty: conformance.Documented,
		Fact: "stdout and stderr are one stream, and each invocation's lines are its own",
		Test: func(t *testing.T) {
			f := deploy(t)
			for _, text := range []string{"one", "two"} {
				i := invoke(t, f, request{Do: "log", Text: text})
				assert.Equal(t, []string{text, text + " on stderr", "without an end of line"}, i.Log)
			}
		},
	},
	{
		ID: "log-logger-text", Certainty: conformance.Source,
		Fact: "lambdacontext.NewLogger writes text with the request id, from INFO on",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t), request{Do: "logger", Text: "tea"})
			require.Len(t, i.Log, 1)
			assert.Regexp(t, `^timestamp=\S+ level=INFO message=tea answer=42 requestId=`+i.RequestID+`$`, i.Log[0])
		},
	},
	{
		ID: "log-logger-json", Certainty: conformance.Source,
		Fact: "With LogFormat JSON it writes JSON, with timestamp, level, message and requestId, from ApplicationLogLevel on",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, func(c *Config) { c.LogFormat, c.LogLevel = "JSON", "DEBUG" }), request{Do: "logger", Text: "tea"})
			require.Len(t, i.Log, 2)
			assert.Contains(t, i.Log[0], `"level":"DEBUG"`)
			var line map[string]any
			require.NoError(t, json.Unmarshal([]byte(i.Log[1]), &line))
			_, err := time.Parse(time.RFC3339Nano, line["timestamp"].(string))
			require.NoError(t, err)
			delete(line, "timestamp")
			assert.Equal(t, map[string]any{"level": "INFO", "message": "tea", "answer": 42.0, "requestId": i.RequestID}, line)
		},
	},
	{
		ID: "log-json-application", Certainty: conformance.Recorded,
		Fact: "With LogFormat JSON, lines of a Go function are not reformatted",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, jsonLog("")), request{Do: "log", Text: "tea"})
			log := i.PlatformLog()
			assert.Contains(t, log, "tea")
			assert.Contains(t, log, "tea on stderr")
		},
	},
	{
		ID: "log-json-filter", Certainty: conformance.Documented,
		Fact: "Lines that are JSON with a level below ApplicationLogLevel are left out of CloudWatch Logs",
		Skip: "a lesson is to see everything that the function wrote; its library leaves them out by itself",
	},
}

func jsonLog(level string) func(*Config) {
	return func(c *Config) { c.LogFormat, c.SystemLogLevel = "JSON", level }
}

// platformEvents are Lambda's own lines of a log in JSON: their types, and their records by type.
func platformEvents(t *testing.T, i *Invocation) (types []string, records map[string]map[string]any) {
	t.Helper()
	records = map[string]map[string]any{}
	for _, line := range i.PlatformLog() {
		var event struct {
			Time, Type string
			Record     map[string]any
		}
		if json.Unmarshal([]byte(line), &event) != nil || !strings.HasPrefix(event.Type, "platform.") {
			continue
		}
		_, err := time.Parse("2006-01-02T15:04:05.000Z", event.Time)
		require.NoError(t, err)
		types = append(types, strings.TrimPrefix(event.Type, "platform."))
		records[types[len(types)-1]] = event.Record
	}
	return types, records
}

// Source: "Lambda Telemetry API Event schema reference".
var jsonLogRows = []conformance.Row{
	{
		ID: "log-json-start", Certainty: conformance.Documented,
		Fact: "With LogFormat JSON, Lambda's own lines are JSON: platform.initStart and platform.start",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t, jsonLog("")), request{Do: "count"})
			types, records := platformEvents(t, i)
			assert.Equal(t, []string{"initStart", "start", "report"}, types)
			assert.NotContains(t, strings.Join(i.PlatformLog(), "\n"), "START RequestId")
			assert.Equal(t, "on-demand", records["initStart"]["initializationType"])
			assert.Equal(t, "init", records["initStart"]["phase"])
			assert.Contains(t, records["initStart"]["runtimeVersion"], "provided:al2023")
			assert.Contains(t, records["initStart"]["runtimeVersionArn"], "arn:aws:lambda:eu-central-1::runtime:")
			assert.Equal(t, map[string]any{"requestId": i.RequestID, "version": "$LATEST"}, records["start"])
		},
	},
	{
		ID: "log-json-report", Certainty: conformance.Documented,
		Fact: "platform.report has the request id, the status and the figures of REPORT",
		Test: func(t *testing.T) {
			f := deploy(t, jsonLog(""))
			first := invoke(t, f, request{Do: "count"})
			_, records := platformEvents(t, first)
			assert.Equal(t, first.RequestID, records["report"]["requestId"])
			assert.Equal(t, "success", records["report"]["status"])
			metrics := records["report"]["metrics"].(map[string]any)
			assert.InDelta(t, milliseconds(first.Duration), metrics["durationMs"], 0.01)
			assert.InDelta(t, milliseconds(first.InitDuration), metrics["initDurationMs"], 0.01)
			assert.InDelta(t, float64(first.BilledDuration().Milliseconds()), metrics["billedDurationMs"], 0)
			assert.InDelta(t, 128, metrics["memorySizeMB"], 0)
			assert.InDelta(t, float64(first.MaxMemoryUsed), metrics["maxMemoryUsedMB"], 0)
			_, records = platformEvents(t, invoke(t, f, request{Do: "count"}))
			assert.NotContains(t, records["report"]["metrics"], "initDurationMs")
		},
	},
	{
		ID: "log-json-failure", Certainty: conformance.Documented,
		Fact: "The status is error, failure or timeout when the invocation went wrong, with the type of the error",
		Test: func(t *testing.T) {
			for status, r := range map[string]request{
				"error": {Do: "error", Text: "boom"}, "failure": {Do: "exit", Millis: 3}, "timeout": {Do: "sleep", Millis: 60_000},
			} {
				limit := 30 * time.Second
				if status == "timeout" {
					limit = time.Second
				}
				i := invoke(t, deploy(t, jsonLog(""), timeout(limit)), r)
				types, records := platformEvents(t, i)
				assert.Equal(t, []string{"initStart", "start", "runtimeDone", "report"}, types)
				for _, kind := range types[2:] {
					assert.Equal(t, status, records[kind]["status"])
					if status != "timeout" {
						assert.Equal(t, i.Error().Type, records[kind]["errorType"])
					}
				}
			}
		},
	},
	{
		ID: "log-json-init-failure", Certainty: conformance.Documented,
		Fact: "An INIT that failed has platform.initRuntimeDone and platform.initReport, with phase and status",
		Test: func(t *testing.T) {
			types, records := platformEvents(t, invoke(t, deploy(t, env("INIT", "exit"), jsonLog("")), request{}))
			assert.Equal(t, []string{"initStart", "initRuntimeDone", "initReport", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"}, types)
			assert.Equal(t, "invoke", records["initReport"]["phase"])
			assert.Equal(t, "error", records["initReport"]["status"])
			assert.Equal(t, "Runtime.ExitError", records["initRuntimeDone"]["errorType"])
		},
	},
	{
		ID: "log-json-levels", Certainty: conformance.Inferred,
		Fact: "SystemLogLevel DEBUG shows platform.initRuntimeDone, initReport and runtimeDone of a success, too; WARN shows no success",
		Test: func(t *testing.T) {
			types, _ := platformEvents(t, invoke(t, deploy(t, jsonLog("DEBUG")), request{}))
			assert.Equal(t, []string{"initStart", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"}, types)
			types, _ = platformEvents(t, invoke(t, deploy(t, jsonLog("WARN")), request{}))
			assert.Empty(t, types)
			types, _ = platformEvents(t, invoke(t, deploy(t, jsonLog("WARN")), request{Do: "exit"}))
			assert.Equal(t, []string{"runtimeDone", "report"}, types)
		},
	},
	{
		ID: "log-json-spans", Certainty: conformance.Documented,
		Fact: "platform.runtimeDone may have spans, producedBytes and tracing",
		Skip: "they are optional, and nothing here reads them",
	},
}

var resourceRows = []conformance.Row{
	{
		ID: "memory-measured", Certainty: conformance.Recorded,
		Fact: "Max Memory Used is what the function really used",
		Test: func(t *testing.T) {
			i := invoke(t, deploy(t), request{Do: "echo"})
			assert.Greater(t, i.MaxMemoryUsed, 1)
			assert.Less(t, i.MaxMemoryUsed, 128)
			roomy := invoke(t, deploy(t, func(c *Config) { c.MemorySize = 512 }), request{Do: "memory", Millis: 200})
			assert.Equal(t, Answered, roomy.Outcome)
			assert.InDelta(t, 215, roomy.MaxMemoryUsed, 25)
		},
	},
	{
		ID: "memory-limit", Certainty: conformance.Documented,
		Fact: "A function that uses more than MemorySize is killed, however short it was, and whatever it says",
		Test: func(t *testing.T) {
			for _, r := range []request{
				{Do: "memory", Millis: 200}, {Do: "memory", Millis: 200, Text: "and give it back"}, {Do: "memory-error", Millis: 200, Text: "boom"},
			} {
				f := deploy(t)
				i := invoke(t, f, r)
				assert.Equal(t, OutOfMemory, i.Outcome, "%v", r)
				assert.Equal(t, "Runtime.ExitError", i.Error().Type)
				assert.Equal(t, "RequestId: "+i.RequestID+" Error: Runtime exited with error: signal: killed", i.Error().Message)
				assert.Equal(t, 128, i.MaxMemoryUsed)
				assert.True(t, invoke(t, f, request{Do: "count"}).ColdStart)
			}
		},
	},
	{
		ID: "memory-range", Certainty: conformance.Documented,
		Fact: "MemorySize is 128 to 10,240 MB",
		Test: func(t *testing.T) {
			for size, ok := range map[string]bool{"127": false, "128": true, "10240": true, "10241": false} {
				_, err := sam.Parse("template.yaml", []byte(functionWith("MemorySize: "+size)))
				assert.Equal(t, ok, err == nil, "%s: %v", size, err)
			}
		},
	},
	{
		ID: "cpu-by-memory", Certainty: conformance.Documented,
		Fact: "CPU is in proportion to memory: 1,769 MB give one vCPU",
		Skip: "functions have this machine's CPU; what they would take on AWS is modelled where a lesson asks for it",
	},
	{
		ID: "cpu-init-boost", Certainty: conformance.Reported,
		Fact: "INIT gets more CPU than that",
		Skip: "so does everything else here",
	},
}
