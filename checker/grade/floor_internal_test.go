package grade

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNoMoreJobsBuildThanThereAreCPUs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cpus := runtime.NumCPU()
		f := newFloor(3 * cpus)
		var building, checking, most, mostChecking atomic.Int32
		for range 3 * cpus {
			go func() {
				p, err := f.enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer p.leave()
				most.Store(max(most.Load(), building.Add(1)))
				time.Sleep(time.Second)
				building.Add(-1)
				p.built()
				mostChecking.Store(max(mostChecking.Load(), checking.Add(1)))
				time.Sleep(time.Minute)
				checking.Add(-1)
			}()
		}
		begin := time.Now()
		synctest.Wait()
		assert.EqualValues(t, cpus, building.Load())
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		assert.EqualValues(t, cpus, most.Load())
		assert.EqualValues(t, 3*cpus, mostChecking.Load(), "checks wait side by side")
		assert.True(t, f.building.TryAcquire(int64(cpus)), "all is given back")
		assert.True(t, f.all.TryAcquire(f.size))
		assert.Equal(t, 2*time.Minute, time.Since(begin))
	})
}

func TestWhoBuildsBesideAsManyAsThereAreCPUsHasOne(t *testing.T) {
	t.Parallel()
	cpus := runtime.NumCPU()
	f := newFloor(2 * cpus)
	var last *place
	for n := range cpus {
		var err error
		last, err = f.enter(t.Context())
		require.NoError(t, err)
		assert.Equal(t, n+1 == cpus, last.oneCPU, "%d of %d", n+1, cpus)
	}
	last.leave()
	assert.True(t, f.building.TryAcquire(1), "to look has taken nothing")
	assert.False(t, f.building.TryAcquire(1))
}

func TestWhatMeasuresHasTheFloorToItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(4)
		var inside, measuring, measured atomic.Int32
		job := func() {
			p, err := f.enter(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer p.leave()
			inside.Add(1)
			assert.Zero(t, measuring.Load(), "nobody begins beside it")
			time.Sleep(time.Second)
			p.built()
			time.Sleep(time.Second)
			inside.Add(-1)
			if err := p.alone(t.Context()); err != nil {
				t.Error(err)
				return
			}
			assert.EqualValues(t, 1, measuring.Add(1))
			assert.Zero(t, inside.Load())
			time.Sleep(time.Second)
			measuring.Add(-1)
			measured.Add(1)
		}
		for range 10 {
			go job()
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.EqualValues(t, 10, measured.Load(), "nobody waits for ever")
	})
}

func TestWhoeverIsInterruptedTakesNothingAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("interrupted")
		f := newFloor(2)
		one, err := f.enter(t.Context())
		require.NoError(t, err)
		other, err := f.enter(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(why) })
		require.ErrorIs(t, other.alone(ctx), why)
		other.leave()
		_, err = f.enter(ctx)
		require.ErrorIs(t, err, why)
		one.leave()
		assert.True(t, f.all.TryAcquire(f.size))
		assert.True(t, f.building.TryAcquire(int64(runtime.NumCPU())))
	})
}

func TestWaitingForOthersIsNobodysTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var over time.Duration
		c := newClock(10*time.Second, func() { over = time.Since(begin) })
		time.Sleep(6 * time.Second)
		c.stop()
		time.Sleep(time.Hour)
		assert.Zero(t, over)
		c.goOn()
		time.Sleep(3 * time.Second)
		c.stop()
		time.Sleep(time.Hour)
		c.goOn()
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, 2*time.Hour+10*time.Second, over)
		c.stop() // it is over
	})
}
