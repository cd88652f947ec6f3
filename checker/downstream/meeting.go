package downstream

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// patience is how long a request waits for those to the other services, at most. Code that asks one after the other is
// waited for once: then the meeting is over. It is less than the usual limits of a call, so that it does not depend on which
// of two ends first what is seen.
const patience = 1500 * time.Millisecond

// Meeting holds requests until each of several services has one. So it shows whether code asks them at once, whatever
// the time that it takes: of code that asks one after the other, the first request waits in vain.
type Meeting struct {
	services int

	mu       sync.Mutex
	there    []string // the services that have a request, in the order in which they got it
	complete chan struct{}
	over     bool // all are there, or somebody has waited in vain
}

// NewMeeting makes one of so many services.
func NewMeeting(services int) *Meeting {
	return &Meeting{services: services, complete: make(chan struct{})}
}

// Attend holds a service's requests until the meeting is complete, or cannot be any more. The caller is answered as
// usual then.
func (m *Meeting) Attend() Kind {
	return Kind{fmt.Sprintf("waits until %d services are asked", m.services), "", false, func(x *exchange) {
		m.arrive(x.service.Name)
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-m.complete:
		case <-timer.C:
			m.end()
		case <-x.r.Context().Done():
			m.end()
			return
		case <-x.service.closed:
			return
		}
		x.forward()
	}}
}

func (m *Meeting) arrive(service string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over || slices.Contains(m.there, service) {
		return
	}
	if m.there = append(m.there, service); len(m.there) == m.services {
		m.finish()
	}
}

// end has nobody wait any longer.
func (m *Meeting) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.finish()
}

func (m *Meeting) finish() {
	if !m.over {
		m.over = true
		close(m.complete)
	}
}

// There are the services that were asked before anybody had waited too long, in the order in which they were.
func (m *Meeting) There() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.there)
}
