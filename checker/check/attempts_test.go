package check

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sleeper is a machine that stands still whenever a test wants it to.
type sleeper struct {
	mu  sync.Mutex
	now reading
}

func (s *sleeper) read() reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *sleeper) stop(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.running += d + heartbeat
	s.now.day = s.now.day.Add(d + heartbeat)
}

func TestACheckThatFailsWhileTheMachineStandsStillIsRunAgain(t *testing.T) {
	t.Parallel()
	fails := func(t *T) { t.Fail(Finding{Got: "nothing"}) }
	passes := func(*T) {}
	passesLate := func(t *T) { t.notes.timedOut = true }
	const none, short, long = 0, 400 * time.Millisecond, 5 * time.Second
	failsBehind := func(slow time.Duration) func(*T) {
		return func(t *T) {
			t.notes.slowest = slow
			fails(t)
		}
	}
	type attempt struct {
		stood time.Duration
		run   func(*T)
	}
	for name, test := range map[string]struct {
		attempts []attempt
		want     Verdict
	}{
		"fails on a machine that runs":                           {[]attempt{{none, fails}}, Failed},
		"passes on a machine that runs":                          {[]attempt{{none, passes}}, Passed},
		"passes all the same":                                    {[]attempt{{long, passes}}, Passed},
		"passes when it is run again":                            {[]attempt{{long, fails}, {none, passes}}, Passed},
		"passes at last":                                         {[]attempt{{long, fails}, {short, fails}, {long, passes}}, Passed},
		"fails when it is run again":                             {[]attempt{{long, fails}, {none, fails}}, Failed},
		"fails each time, with short pauses":                     {[]attempt{{short, fails}, {short, fails}, {short, fails}}, Failed},
		"fails each time, with a long standstill":                {[]attempt{{short, fails}, {long, fails}, {short, fails}}, Errored},
		"a fault, and then it passes":                            {[]attempt{{long, func(t *T) { t.fault(assert.AnError) }}, {none, passes}}, Passed},
		"passes after a timeout, and fails when it is run again": {[]attempt{{long, passesLate}, {none, fails}}, Failed},
		"passes after a timeout on a machine that runs":          {[]attempt{{none, passesLate}}, Passed},
		"fails with a slow backend, and then it passes":          {[]attempt{{none, failsBehind(short)}, {none, passes}}, Passed},
		"fails with a backend that is quick enough":              {[]attempt{{none, failsBehind(100 * time.Millisecond)}}, Failed},
		"fails each time, with a slow backend":                   {[]attempt{{none, failsBehind(short)}, {none, failsBehind(short)}, {none, failsBehind(short)}}, Failed},
		"fails each time, with a backend that hangs":             {[]attempt{{none, failsBehind(short)}, {none, failsBehind(long)}, {none, failsBehind(short)}}, Errored},
		"the check itself is broken":                             {[]attempt{{none, func(*T) { panic("a bug") }}}, Errored},
		"cannot be met":                                          {[]attempt{{long, func(*T) { panic(hopeless("INIT does not end")) }}}, Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			machine := &sleeper{now: reading{day: time.Now().Round(0)}}
			s := newSpy()
			defer s.Close()
			r := &run{backend: s, still: newStandstill(machine.read)}
			var n int
			result, _ := r.one(t.Context(), Check{ID: "a", Run: func(t *T) {
				each := test.attempts[n] // one more than there are is a bug
				n++
				machine.stop(each.stood)
				each.run(t)
			}}, filepath.Join(t.TempDir(), "a"), nil, false)
			assert.Equal(t, test.want, result.Verdict, "%+v", result)
			assert.Equal(t, len(test.attempts), n, "times it was run")
			assert.Equal(t, test.want == Failed, result.Finding != nil)
		})
	}
}

func TestAMachineThatStandsStillAgainAndAgainIsSaid(t *testing.T) {
	t.Parallel()
	machine := &sleeper{now: reading{day: time.Now().Round(0)}}
	s := newSpy()
	defer s.Close()
	r := &run{backend: s, still: newStandstill(machine.read)}
	result, _ := r.one(t.Context(), Check{ID: "a", Run: func(t *T) {
		machine.stop(3 * time.Second)
		t.Fail(Finding{Got: "nothing"})
	}}, filepath.Join(t.TempDir(), "a"), nil, false)
	require.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "this machine, or the checker alone, stood still for 3.0 s in the middle, and did so each of the 3 times")
	assert.Contains(t, result.Error, "Check again when the machine is awake")
}

func TestABackendThatIsSlowAgainAndAgainIsSaid(t *testing.T) {
	t.Parallel()
	s := newSpy()
	defer s.Close()
	r := &run{backend: s, still: newStandstill((&sleeper{}).read)}
	result, _ := r.one(t.Context(), Check{ID: "a", Run: func(t *T) {
		t.notes.slowest = 3 * time.Second
		t.Fail(Finding{Got: "nothing"})
	}}, filepath.Join(t.TempDir(), "a"), nil, false)
	require.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "backend took 3.0 s to answer a call, and was too slow each of the 3 times")
}
