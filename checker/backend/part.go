package backend

// Divisible is a backend that can keep data apart better than by the names of tables and queues.
type Divisible interface {
	// Part is a backend with the data of a few stacks in it, and of none that came long before. It is closed with
	// the one that it is a part of.
	Part() Backend
}

// Part is what a new stack is to use of a backend: a part of it, or all of one that is not [Divisible].
func Part(b Backend) Backend {
	if d, ok := b.(Divisible); ok {
		return d.Part()
	}
	return b
}

func (w with) Part() Backend   { return with{Part(w.Backend), w.service, w.handler} }
func (j joined) Part() Backend { return joined{Part(j.first), Part(j.rest)} }
