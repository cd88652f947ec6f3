package downstream

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"
)

// Fault makes requests go wrong until it is removed.
type Fault struct {
	// About limits the fault to requests with this text in their path or body; "" is every one.
	About string
	// First is how many of them it is for, the first ones; 0 is all.
	First int
	Kind  Kind
}

func (f Fault) times() int {
	if f.First == 0 {
		return math.MaxInt
	}
	return f.First
}

// Kind is a way in which a request goes wrong.
type Kind struct {
	// During says what is wrong while it lasts, to go on after the service's name.
	During string
	// Done is what was done to a request, in a few words.
	Done string
	// Waits tells whether it keeps callers waiting.
	Waits bool

	serve func(x *exchange)
}

type injected struct {
	fault Fault
	met   int
}

// Inject makes requests go wrong until the returned function is called. Of several faults that a request could meet it
// meets the latest.
func (s *Service) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := &injected{fault: f}
	s.faults = append(s.faults, added)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(i *injected) bool { return i == added })
	}
}

// exchange is a request on its way through a fault.
type exchange struct {
	service *Service
	w       *statusWriter
	r       *http.Request
}

func (x *exchange) forward() { x.service.answer.ServeHTTP(x.w, x.r) }

// wait returns true when the time has come, and false when the caller or the service is gone.
func (x *exchange) wait(until <-chan time.Time) bool {
	select {
	case <-until:
		return true
	case <-x.r.Context().Done():
	case <-x.service.closed:
	}
	return false
}

// Hang never answers. It ends when the caller gives up.
func Hang() Kind {
	return Kind{"does not answer", "held back", true, func(x *exchange) {
		x.wait(nil)
		panic(http.ErrAbortHandler) // rather than the 200 that a handler without an answer gives
	}}
}

// Delay answers as usual, but later.
func Delay(d time.Duration) Kind {
	return Kind{fmt.Sprintf("takes %v longer", d), fmt.Sprintf("delayed for %v", d), true, func(x *exchange) { x.later(d, x.forward) }}
}

// After is the same, a while later, with the same words: it leaves a caller the time to ask other services, too.
func (k Kind) After(d time.Duration) Kind {
	now := k.serve
	k.serve = func(x *exchange) { x.later(d, func() { now(x) }) }
	return k
}

// later does something after a while, unless the caller has given up.
func (x *exchange) later(d time.Duration, do func()) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	if !x.wait(timer.C) {
		panic(http.ErrAbortHandler)
	}
	do()
}

// Answer answers with a status and a body of the check's choice, and does nothing else.
func Answer(status int, body string) Kind {
	return Kind{fmt.Sprintf("answers %d %q", status, body), "answered so", false, func(x *exchange) { x.say(status, body) }}
}

func (x *exchange) say(status int, body string) {
	x.w.WriteHeader(status)
	_, _ = x.w.Write([]byte(body)) // the caller may be gone
}

// Fail answers 503 without doing anything, at once.
func Fail() Kind {
	return Kind{"answers 503", "failed before the effect", false, (*exchange).unavailable}
}

// FailSlowly answers 503 without doing anything, after a while.
func FailSlowly(d time.Duration) Kind {
	return Kind{
		fmt.Sprintf("answers 503 after %v", d), fmt.Sprintf("failed after %v", d), true,
		func(x *exchange) { x.later(d, x.unavailable) },
	}
}

func (x *exchange) unavailable() { x.say(http.StatusServiceUnavailable, "the service is overloaded") }

// FailAfter does what was asked, and answers 500 all the same.
func FailAfter() Kind {
	return Kind{"has its effect and answers 500 all the same", "failed after the effect", false, func(x *exchange) {
		x.service.answer.ServeHTTP(nowhere{http.Header{}}, x.r)
		x.say(http.StatusInternalServerError, "internal error")
	}}
}

// HangAfter does what was asked, and never answers. It ends when the caller gives up.
func HangAfter() Kind {
	return Kind{"has its effect and does not answer", "held back after the effect", true, func(x *exchange) {
		x.service.answer.ServeHTTP(nowhere{http.Header{}}, x.r)
		x.wait(nil)
		panic(http.ErrAbortHandler)
	}}
}

// Usual answers as usual: for the first requests that would meet another fault.
func Usual() Kind { return Kind{"answers", "", false, (*exchange).forward} }

// Cut closes the connection without an answer.
func Cut() Kind {
	return Kind{"closes the connection", "cut off", false, func(*exchange) { panic(http.ErrAbortHandler) }}
}

// nowhere is where an answer goes that nobody gets.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header       { return n.header }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}
