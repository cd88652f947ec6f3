package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Outcome says how an invocation ended.
type Outcome string

// The ways in which an invocation can end.
const (
	Answered    Outcome = "answered"      // the function posted a response
	Failed      Outcome = "failed"        // the function posted an error: it returned one, or panicked
	TimedOut    Outcome = "timed out"     // killed at the deadline
	Exited      Outcome = "exited"        // the process ended without an answer
	TooLarge    Outcome = "too large"     // the response was over the payload limit
	OutOfMemory Outcome = "out of memory" // killed for using more than MemorySize
	NotStarted  Outcome = "not started"   // the bootstrap could not be executed
)

// An Invocation is one event and what became of it.
type Invocation struct {
	RequestID string
	TraceID   string // the root of the X-Ray trace, which the SDK passes on with every AWS call
	Event     []byte
	Outcome   Outcome

	// Payload is what Invoke returns to the caller: the response, or the error object.
	Payload []byte
	// FunctionError is "Unhandled" for every failure, as on AWS for provided.al2023, else "".
	FunctionError string
	// Exit is how the process ended, in the words of package os ("exit status 1"), if it did.
	Exit string

	Environment   string // the execution environment, by its log stream
	ColdStart     bool
	Inits         int           // how often INIT was run for it: 2 when the first one failed
	InitDuration  time.Duration // of a successful INIT before the invocation; 0 when it was part of it, or there was none
	InitCompleted bool          // false when the process never asked for an event
	Duration      time.Duration
	// CPUTime is what the process computed in this time, on all CPUs together; InitCPUTime what it
	// computed in the INIT that InitDuration is of.
	CPUTime, InitCPUTime time.Duration
	Timeout              time.Duration
	// Margin is how long before its deadline the function answered.
	Margin time.Duration
	// Late is set when it answered only after the deadline, which Config.Overtime lets us see.
	Late          bool
	MemorySize    int // MB
	MaxMemoryUsed int // MB, 0 when it could not be read

	// Log is what the function wrote to stdout and stderr, INIT included on a cold start. Of the
	// platform's own lines it has INIT_REPORT after an INIT that failed.
	Log []string

	platform platform
}

// ErrorObject is the JSON that Lambda answers for a failed invocation.
type ErrorObject struct {
	Message    string            `json:"errorMessage"`
	Type       string            `json:"errorType"`
	StackTrace []json.RawMessage `json:"stackTrace,omitempty"`
}

// Error is the payload of a failed invocation; the zero value when there is none.
func (i *Invocation) Error() ErrorObject {
	var e ErrorObject
	if i.FunctionError != "" {
		_ = json.Unmarshal(i.Payload, &e) // what does not parse has no message
	}
	return e
}

// Panicked tells whether the function answered with a panic: the Go runtime library then posts the
// stack, and ends the process.
func (i *Invocation) Panicked() bool {
	return i.Outcome == Failed && i.Exit != "" && len(i.Error().StackTrace) > 0
}

// BilledDuration is what AWS would charge for: INIT and duration, rounded up to a millisecond.
func (i *Invocation) BilledDuration() time.Duration {
	total := i.Duration + i.InitDuration
	return time.Duration(math.Ceil(float64(total)/float64(time.Millisecond))) * time.Millisecond
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// fail fills in an error that the service, not the function, answers with. Its texts are those
// recorded from AWS in 2025.
func (i *Invocation) fail(outcome Outcome, errorType, message string) {
	i.Outcome, i.FunctionError = outcome, "Unhandled"
	i.Payload, _ = json.Marshal(map[string]string{"errorType": errorType, "errorMessage": message}) // strings always marshal
}

func (i *Invocation) failTimedOut() {
	i.fail(TimedOut, "Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", i.RequestID, i.Timeout.Seconds()))
}

func (i *Invocation) failExited(exit string) {
	i.Exit = exit
	reason := "Runtime exited without providing a reason"
	if exit != exitedCleanly {
		reason = "Runtime exited with error: " + exit
	}
	i.fail(Exited, "Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: %s", i.RequestID, reason))
}

// failOutOfMemory is what the kernel's kill looks like from outside: an exit without an answer.
func (i *Invocation) failOutOfMemory() {
	i.failExited("signal: killed")
	i.Outcome = OutOfMemory
}

func (i *Invocation) failTooLarge() {
	i.fail(TooLarge, "Function.ResponseSizeTooLarge",
		fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse))
}

func (i *Invocation) failNotStarted(err error) {
	i.fail(NotStarted, "Runtime.InvalidEntrypoint", fmt.Sprintf("RequestId: %s Error: %v", i.RequestID, err))
}
