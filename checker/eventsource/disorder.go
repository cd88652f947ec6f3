package eventsource

import "math/rand/v2"

// Disorder is what standard queues of AWS do now and then, and queues on this machine never do by themselves.
// The zero value does nothing of it.
type Disorder struct {
	// Duplicates is how many of the messages that were processed are delivered once more, from 0 to 1: the
	// deletion of a message may be lost on one of the servers that hold a copy ("At-least-once delivery").
	Duplicates float64
	// Reorder delivers messages in another order than they were sent in.
	Reorder bool
	// ShortBatches makes batches smaller than they could be, each by chance.
	ShortBatches bool
	// Sizes are those of the batches in turn, from the beginning again after the last; nil is as large as can be.
	// None gets larger than BatchSize.
	Sizes []int
}

// reach is how many batches of messages are received before they are put in another order: Lambda begins with
// as many at a time.
const reach = 5

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x65736d)) }

// limit is the size of the next batch, at most.
func (m *Mapping) limit() int {
	size := m.batchSize
	if sizes := m.disorder.Sizes; len(sizes) > 0 {
		size = min(size, max(1, sizes[m.batches%len(sizes)]))
	}
	if m.disorder.ShortBatches {
		size = 1 + m.random.IntN(size)
	}
	return size
}

// shuffle puts what was received in another order.
func (m *Mapping) shuffle() {
	if m.disorder.Reorder {
		m.random.Shuffle(len(m.backlog), func(i, j int) { m.backlog[i], m.backlog[j] = m.backlog[j], m.backlog[i] })
	}
}

// duplicate says of a message that was processed whether it is to come once more. A message comes twice at most,
// and not when SQS would move it to the dead-letter queue instead.
func (m *Mapping) duplicate(r received) bool {
	if m.disorder.Duplicates <= 0 || m.duplicated[r.id] || m.maxReceives > 0 && r.count >= m.maxReceives {
		return false
	}
	if m.random.Float64() >= m.disorder.Duplicates {
		return false
	}
	m.duplicated[r.id] = true
	return true
}
