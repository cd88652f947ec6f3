package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// Without the versions of AWS's own runtime, which change every few weeks, the log names these.
const (
	runtimeVersion    = "provided:al2023.v0"
	runtimeVersionARN = "arn:aws:lambda:%s::runtime:0000000000000000000000000000000000000000000000000000000000000000"
)

// platform is what Lambda's own lines in the log are made of.
type platform struct {
	region string
	json   bool             // LoggingConfig.LogFormat is JSON
	level  string           // LoggingConfig.SystemLogLevel
	inits  []initialization // those that were run for this invocation
	began  time.Time        // of the invocation
	log    []string         // what the function wrote in it
}

// initialization is one run of INIT.
type initialization struct {
	phase     string // "init", or "invoke" when it was part of the invocation
	began     time.Time
	took      time.Duration
	status    string   // "success", "error" or "timeout"
	errorType string   // such as "Runtime.ExitError"; "" after a timeout
	log       []string // what the function wrote in it
}

// report is the INIT_REPORT line, which only an INIT that failed has.
func (init initialization) report() string {
	line := fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: %s", milliseconds(init.took), init.phase, init.status)
	if init.errorType != "" {
		line += "\tError Type: " + init.errorType
	}
	return line
}

func (i *Invocation) initialized(init initialization) {
	i.platform.inits = append(i.platform.inits, init)
	i.Log = append(i.Log, init.log...)
	if init.status != "success" {
		i.Log = append(i.Log, init.report())
	}
}

func (i *Invocation) logged(lines []string) {
	i.platform.log = append(i.platform.log, lines...)
	i.Log = append(i.Log, lines...)
}

// PlatformLog is the log as CloudWatch Logs would show it, with Lambda's own lines in the format of
// LoggingConfig.
//
// The text is as recorded from AWS. The JSON has the fields of "Lambda Telemetry API Event schema
// reference", at the levels of "Log-level filtering", without spans and tracing.
func (i *Invocation) PlatformLog() []string {
	l := platformLog{Invocation: i}
	for _, init := range i.platform.inits {
		l.initStart(init)
		l.lines = append(l.lines, init.log...)
		l.initReport(init)
	}
	l.start()
	l.lines = append(l.lines, i.platform.log...)
	l.end()
	return l.lines
}

type platformLog struct {
	*Invocation
	lines []string
}

// Levels of events, and of SystemLogLevel.
const (
	levelDebug = "DEBUG"
	levelInfo  = "INFO"
	levelWarn  = "WARN"
)

// event adds a line of JSON, if SystemLogLevel lets it through.
func (l *platformLog) event(level string, at time.Time, kind string, record map[string]any) {
	rank := map[string]int{levelDebug: 1, "": 2, levelInfo: 2, levelWarn: 3}
	if rank[level] < rank[l.platform.level] {
		return
	}
	line, _ := json.Marshal(struct { // strings and numbers always marshal
		Time   string         `json:"time"`
		Type   string         `json:"type"`
		Record map[string]any `json:"record"`
	}{at.UTC().Format("2006-01-02T15:04:05.000Z"), "platform." + kind, record})
	l.lines = append(l.lines, string(line))
}

// initStart is not logged for an INIT inside the invocation, which AWS calls suppressed.
func (l *platformLog) initStart(init initialization) {
	arn := fmt.Sprintf(runtimeVersionARN, l.platform.region)
	switch {
	case init.phase != "init":
	case l.platform.json:
		l.event(levelInfo, init.began, "initStart", map[string]any{
			"initializationType": "on-demand", "phase": init.phase, "runtimeVersion": runtimeVersion, "runtimeVersionArn": arn,
		})
	default:
		l.lines = append(l.lines, "INIT_START Runtime Version: "+runtimeVersion+"\tRuntime Version ARN: "+arn)
	}
}

func (l *platformLog) initReport(init initialization) {
	done := map[string]any{"initializationType": "on-demand", "phase": init.phase, "status": init.status}
	if init.errorType != "" {
		done["errorType"] = init.errorType
	}
	at := init.began.Add(init.took)
	switch {
	case !l.platform.json && init.status != "success":
		l.lines = append(l.lines, init.report())
	case !l.platform.json:
	default:
		l.event(severity(init.status), at, "initRuntimeDone", done)
		done["metrics"] = map[string]any{"durationMs": rounded(init.took)}
		level := levelDebug
		if init.status != "success" {
			level = levelInfo
		}
		l.event(level, at, "initReport", done)
	}
}

func (l *platformLog) start() {
	if l.platform.json {
		l.event(levelInfo, l.platform.began, "start", map[string]any{"requestId": l.RequestID, "version": "$LATEST"})
		return
	}
	l.lines = append(l.lines, fmt.Sprintf("START RequestId: %s Version: $LATEST", l.RequestID))
}

func (l *platformLog) end() {
	if !l.platform.json {
		l.lines = append(l.lines, "END RequestId: "+l.RequestID, l.report())
		return
	}
	at, status := l.platform.began.Add(l.Duration), l.status()
	done := map[string]any{"requestId": l.RequestID, "status": status, "metrics": map[string]any{"durationMs": rounded(l.Duration)}}
	metrics := map[string]any{
		"durationMs": rounded(l.Duration), "billedDurationMs": l.BilledDuration().Milliseconds(),
		"memorySizeMB": l.MemorySize, "maxMemoryUsedMB": l.MaxMemoryUsed,
	}
	if l.InitDuration > 0 {
		metrics["initDurationMs"] = rounded(l.InitDuration)
	}
	report := map[string]any{"requestId": l.RequestID, "status": status, "metrics": metrics}
	if status == "error" || status == "failure" {
		done["errorType"], report["errorType"] = l.Error().Type, l.Error().Type
	}
	l.event(severity(status), at, "runtimeDone", done)
	level := levelInfo
	if status != "success" {
		level = levelWarn
	}
	l.event(level, at, "report", report)
}

func (i *Invocation) report() string {
	line := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
		i.RequestID, milliseconds(i.Duration), i.BilledDuration().Milliseconds(), i.MemorySize, i.MaxMemoryUsed)
	if i.InitDuration > 0 {
		line += fmt.Sprintf("Init Duration: %.2f ms\t", milliseconds(i.InitDuration))
	}
	return line
}

// status is that of the Telemetry API: an error is what the function posted, a failure is what the platform
// found.
func (i *Invocation) status() string {
	switch i.Outcome {
	case Answered:
		return "success"
	case Failed:
		return "error"
	case TimedOut:
		return "timeout"
	default:
		return "failure"
	}
}

// severity is the level of an event that is of interest only when something went wrong.
func severity(status string) string {
	if status == "success" {
		return levelDebug
	}
	return levelWarn
}

func rounded(d time.Duration) json.Number { return json.Number(fmt.Sprintf("%.2f", milliseconds(d))) }
