package check

import (
	"sync"
	"time"
)

// How standing still is noticed, and what it means.
const (
	// heartbeat is how often a standstill looks at the clocks. Each look costs microseconds.
	heartbeat = 50 * time.Millisecond
	// pause is the shortest standstill that makes a failed check doubtful: less than the margin that code
	// usually leaves before a deadline.
	pause = 250 * time.Millisecond
	// absence is a standstill that nobody can hold against any code, however often it fails.
	absence = time.Second
)

// standstill notices that this machine, or the checker alone, did not run for a while: a laptop that
// slept, a program that was stopped, a machine with far too much to do. When it goes on, deadlines have
// passed that nobody could have kept, so whatever failed meanwhile says nothing about the code.
//
// It looks at the clocks again and again. A look that comes late shows that nothing ran here. Two clocks
// that went on differently show the rest: the monotonic one stands still while a machine sleeps, but the
// deadline that a function reads is a time of day. It is safe for concurrent use.
type standstill struct {
	now func() reading

	mu    sync.Mutex
	last  reading
	total time.Duration // of all standstills so far
	stop  chan struct{}
	done  chan struct{}
}

// reading is what the two clocks say at one moment.
type reading struct {
	running time.Duration // monotonic, since any moment
	day     time.Time     // without its monotonic part
}

// watchStandstill begins to look. End it with end.
func watchStandstill() *standstill {
	begin := time.Now()
	s := newStandstill(func() reading {
		now := time.Now()
		return reading{running: now.Sub(begin), day: now.Round(0)}
	})
	go func() {
		defer close(s.done)
		beat := time.NewTicker(heartbeat)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				s.look()
			case <-s.stop:
				return
			}
		}
	}()
	return s
}

func newStandstill(now func() reading) *standstill {
	return &standstill{now: now, last: now(), stop: make(chan struct{}), done: make(chan struct{})}
}

func (s *standstill) end() {
	close(s.stop)
	<-s.done
}

// look compares the clocks with the last look, and returns for how long nothing ran so far, in all.
// Whoever judges looks for himself: when a machine goes on, he may be the first to run.
func (s *standstill) look() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	ran := now.running - s.last.running
	slept := (now.day.Sub(s.last.day) - ran).Abs() // a clock that was set does the same to deadlines
	if still := max(ran-heartbeat, slept); still >= pause {
		s.total += still
	}
	s.last = now
	return s.total
}
