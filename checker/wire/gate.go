package wire

import "sync"

// Gate holds calls until it is opened: they have no effect and no answer before. It is for checks that have to know
// whether a function waits for a call. The zero value is not usable; see [NewGate].
type Gate struct {
	arrived, opened chan struct{}
	first, open     sync.Once
}

// NewGate is a gate that is closed.
func NewGate() *Gate {
	return &Gate{arrived: make(chan struct{}), opened: make(chan struct{})}
}

// Hold holds calls in front of the gate.
func (g *Gate) Hold() Kind {
	return Kind{"is held back for a while", true, "held back", func(x *exchange) {
		g.first.Do(func() { close(g.arrived) })
		select {
		case <-g.opened:
			x.forward(x.w)
		case <-x.r.Context().Done():
		case <-x.server.closed:
		}
	}}
}

// Arrived is closed when the first call is there.
func (g *Gate) Arrived() <-chan struct{} { return g.arrived }

// Open lets all calls go on, those to come too. It may be called more than once.
func (g *Gate) Open() { g.open.Do(func() { close(g.opened) }) }
