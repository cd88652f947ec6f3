package check

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAStandstillIsNoticedByTheClocks(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	type step struct{ running, day time.Duration }
	beat := step{50 * ms, 50 * ms}
	for name, test := range map[string]struct {
		steps []step
		want  time.Duration
	}{
		"a machine that runs":                  {[]step{beat, beat, beat}, 0},
		"looks that come a little late":        {[]step{beat, {240 * ms, 240 * ms}, {299 * ms, 299 * ms}, beat}, 0},
		"looks one right after the other":      {[]step{beat, {0, 0}, {1 * ms, 1 * ms}}, 0},
		"stopped":                              {[]step{beat, {3050 * ms, 3050 * ms}, beat}, 3 * time.Second},
		"just long enough":                     {[]step{{300 * ms, 300 * ms}}, 250 * ms},
		"stopped twice":                        {[]step{{1050 * ms, 1050 * ms}, beat, {2050 * ms, 2050 * ms}}, 3 * time.Second},
		"asleep: only the day went on":         {[]step{beat, {50 * ms, time.Hour + 50*ms}, beat}, time.Hour},
		"asleep, and slow to wake":             {[]step{{1050 * ms, 8 * time.Second}}, 8*time.Second - 1050*ms},
		"the clock was set back":               {[]step{beat, {50 * ms, -time.Minute + 50*ms}, beat}, time.Minute},
		"the clock is being pulled into place": {[]step{{50 * ms, 51 * ms}, {50 * ms, 49 * ms}, {50 * ms, 60 * ms}}, 0},
	} {
		clock := reading{day: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		s := newStandstill(func() reading { return clock })
		var got time.Duration
		for _, each := range test.steps {
			clock.running += each.running
			clock.day = clock.day.Add(each.day)
			got = s.look()
		}
		assert.Equal(t, test.want, got, name)
		assert.Equal(t, test.want, s.look(), "%s: looking again changes nothing", name)
	}
}

// The real watch, in a bubble in which time stands still unless all wait.
func TestAMachineThatRunsDoesNotStandStill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := watchStandstill()
		defer s.end()
		<-time.After(time.Hour)
		assert.Zero(t, s.look())
	})
}
