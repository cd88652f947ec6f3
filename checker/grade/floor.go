package grade

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// waiting is how many jobs are under way at most for each CPU, if nobody says otherwise. Most of a check is waiting, for
// deadlines and for tries of the SDK.
const waiting = 4

// AtOnce is how many jobs this machine has room for.
func AtOnce() int { return waiting * runtime.NumCPU() }

// floor is this machine, as jobs share it. Builds compute: there are no more of them than CPUs. Checks mostly wait, and do so
// beside each other. A check that measures is alone: what ran beside it would be in its figures.
type floor struct {
	size     int64
	all      *semaphore.Weighted // each job has one of size, and one that measures has all; who waits is served in turn
	building *semaphore.Weighted
}

func newFloor(jobs int) *floor {
	size := int64(max(1, jobs))
	return &floor{size: size, all: semaphore.NewWeighted(size), building: semaphore.NewWeighted(int64(runtime.NumCPU()))}
}

// place is what a job holds of the floor. It is for one goroutine at a time.
type place struct {
	floor *floor
	held  int64
	built func() // gives the place among those that build to another
	// oneCPU says that as many build as there are CPUs: there is one for each.
	oneCPU bool
}

// enter waits for a place among those that build.
func (f *floor) enter(ctx context.Context) (*place, error) {
	if err := f.all.Acquire(ctx, 1); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := f.building.Acquire(ctx, 1); err != nil {
		f.all.Release(1)
		return nil, context.Cause(ctx)
	}
	room := f.building.TryAcquire(1)
	if room {
		f.building.Release(1)
	}
	return &place{floor: f, held: 1, built: sync.OnceFunc(func() { f.building.Release(1) }), oneCPU: !room}, nil
}

// alone waits until no other job is on the floor. The place then has all of it, to the end.
func (p *place) alone(ctx context.Context) error {
	p.built()
	// Two that keep what they have would wait for each other.
	p.floor.all.Release(p.held)
	p.held = 0
	if err := p.floor.all.Acquire(ctx, p.floor.size); err != nil {
		return context.Cause(ctx)
	}
	p.held = p.floor.size
	return nil
}

// leave gives back what the place has.
func (p *place) leave() {
	p.built()
	p.floor.all.Release(p.held)
	p.held = 0
}

// clock ends a context when a job has had its time, in which waiting for others does not count.
type clock struct {
	left  time.Duration
	since time.Time
	timer *time.Timer
}

func newClock(limit time.Duration, over func()) *clock {
	return &clock{left: limit, since: time.Now(), timer: time.AfterFunc(limit, over)}
}

// stop stands still, until goOn.
func (c *clock) stop() {
	if c.timer.Stop() {
		c.left -= time.Since(c.since)
	}
}

func (c *clock) goOn() {
	c.since = time.Now()
	c.timer.Reset(max(0, c.left))
}
