package eventsource

import "time"

// maxAttempts is how often Lambda invokes a function asynchronously with an event that it fails on.
const maxAttempts = 3

// retryAfter is how long Lambda waits before the second attempt, and before the third ("Asynchronous invocation").
var retryAfter = [maxAttempts - 1]time.Duration{time.Minute, 2 * time.Minute}

// Attempt is one asynchronous invocation with an event.
type Attempt struct {
	At         time.Duration // of logical time, since the stack was deployed
	Invocation string        // Lambda's request id, the same for all attempts
	Outcome    Outcome       // Processed, BatchFailed, or Throttled
	// Then is Deleted if Lambda is done with the event, Back if it tries again, and Lost if it does not.
	Then Then
	Why  string // of a failure

	// Details are those of the [Invocation].
	Details any
}

// attempted is what came of the invocation that was the nth attempt: what fails comes back until it is lost.
func attempted(n int, at time.Duration, i Invocation, throttled bool) Attempt {
	a := Attempt{At: at, Invocation: i.RequestID, Details: i.Details}
	switch {
	case throttled:
		a.Outcome, a.Why = Throttled, "the function was at its concurrency limit"
	case i.FunctionError != "":
		a.Outcome, a.Why = BatchFailed, "the function "+failure(i)
	default:
		a.Outcome, a.Then = Processed, Deleted
		return a
	}
	a.Then = Back
	if n == maxAttempts {
		a.Then = Lost
	}
	return a
}
