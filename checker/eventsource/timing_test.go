package eventsource

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The examples are those of "Creating a rule that runs on a schedule" in the EventBridge User Guide.
func whenSchedulesComeRound(t *testing.T) {
	const form = "2006-01-02 15:04 Mon"
	begin := time.Date(2026, 11, 27, 10, 7, 30, 0, time.UTC) // a Friday
	for expression, want := range map[string][]string{
		"rate(1 minute)":             {"2026-11-27 10:08 Fri", "2026-11-27 10:09 Fri"},
		"rate(5 minutes)":            {"2026-11-27 10:12 Fri", "2026-11-27 10:17 Fri"},
		"rate(2 hours)":              {"2026-11-27 12:07 Fri", "2026-11-27 14:07 Fri"},
		"rate(1 day)":                {"2026-11-28 10:07 Sat", "2026-11-29 10:07 Sun"},
		"cron(15 10 * * ? *)":        {"2026-11-27 10:15 Fri", "2026-11-28 10:15 Sat"},
		"cron(0 18 ? * MON-FRI *)":   {"2026-11-27 18:00 Fri", "2026-11-30 18:00 Mon"},
		"cron(0 8 1 * ? *)":          {"2026-12-01 08:00 Tue", "2027-01-01 08:00 Fri"},
		"cron(0/15 * * * ? *)":       {"2026-11-27 10:15 Fri", "2026-11-27 10:30 Fri"},
		"cron(0/5 8-17 ? * 2-6 *)":   {"2026-11-27 10:10 Fri", "2026-11-27 10:15 Fri"},
		"cron(0 9 ? * 2#1 *)":        {"2026-12-07 09:00 Mon", "2027-01-04 09:00 Mon"},
		"cron(0 9 ? * FRIL *)":       {"2026-12-25 09:00 Fri", "2027-01-29 09:00 Fri"},
		"cron(0 9 L * ? *)":          {"2026-11-30 09:00 Mon", "2026-12-31 09:00 Thu"},
		"cron(0 9 1W * ? *)":         {"2026-12-01 09:00 Tue", "2027-01-01 09:00 Fri"},
		"cron(0 9 28W NOV ? *)":      {"2027-11-29 09:00 Mon", "2028-11-28 09:00 Tue"}, // a Saturday, then a Sunday
		"cron(30 6 29 FEB ? *)":      {"2028-02-29 06:30 Tue", "2032-02-29 06:30 Sun"},
		"cron(0,30 0 1 JAN,JUL ? *)": {"2027-01-01 00:00 Fri", "2027-01-01 00:30 Fri"},
		"cron(0 0 1 1 ? 2027-2028)":  {"2027-01-01 00:00 Fri", "2028-01-01 00:00 Sat", "never"},
		"cron(0 0 1 1 ? 2020)":       {"never"},
		"at(2026-12-24T18:00:00)":    {"2026-12-24 18:00 Thu", "never"},
		"at(2020-01-01T00:00:00)":    {"never"},
	} {
		timing, err := parseTiming(expression, true, time.UTC)
		require.NoError(t, err, expression)
		last := begin
		for n, each := range want {
			at, ok := timing.next(begin, last)
			got := "never"
			if ok {
				got = at.Format(form)
			}
			assert.Equal(t, each, got, "%s, time %d", expression, n+1)
			last = at
		}
	}
}

// In 2026 the clocks of Berlin are set forward on 29 March at 2:00, and back on 25 October at 3:00.
func whenSchedulesComeRoundInATimeZone(t *testing.T) {
	const form = "2006-01-02 15:04"
	for _, tt := range []struct {
		expression, zone, begin string
		want                    []string // in UTC
	}{
		{"cron(0 18 * * ? *)", "Europe/Berlin", "2026-02-03 12:00", []string{"2026-02-03 17:00", "2026-02-04 17:00"}},
		{"cron(0 18 * * ? *)", "Europe/Berlin", "2026-03-28 12:00", []string{"2026-03-28 17:00", "2026-03-29 16:00", "2026-03-30 16:00"}},
		{"cron(0 18 * * ? *)", "America/New_York", "2026-02-03 12:00", []string{"2026-02-03 23:00", "2026-02-04 23:00"}},
		{"cron(0 5 L * ? *)", "Asia/Tokyo", "2026-02-27 21:00", []string{"2026-03-30 20:00"}},                                  // the last of February is over there
		{"cron(0 6 L * ? *)", "Asia/Tokyo", "2026-02-27 20:30", []string{"2026-02-27 21:00"}},                                  // and is a day later than here
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28 00:00", []string{"2026-03-28 01:30", "2026-03-30 00:30"}},          // 2:30 is skipped
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24 12:00", []string{"2026-10-25 00:30", "2026-10-26 01:30"}},          // 2:30 comes twice
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25 00:45", []string{"2026-10-26 01:30"}},                              // between the two
		{"cron(15,45 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03 12:00", []string{"2026-10-03 15:45", "2026-10-04 15:15"}}, // half an hour
		{"at(2026-06-01T09:00:00)", "Europe/Berlin", "2026-01-01 00:00", []string{"2026-06-01 07:00", "never"}},
		{"rate(1 day)", "Europe/Berlin", "2026-03-28 18:00", []string{"2026-03-29 18:00", "2026-03-30 18:00"}}, // 24 hours
	} {
		zone, err := time.LoadLocation(tt.zone)
		require.NoError(t, err)
		timing, err := parseTiming(tt.expression, true, zone)
		require.NoError(t, err, tt.expression)
		begin, err := time.Parse(form, tt.begin)
		require.NoError(t, err)
		last := begin
		for n, each := range tt.want {
			at, ok := timing.next(begin, last)
			got := "never"
			if ok {
				got = at.UTC().Format(form)
			}
			assert.Equal(t, each, got, "%s in %s from %s, time %d", tt.expression, tt.zone, tt.begin, n+1)
			last = at
		}
	}
}

func whatEventBridgeRefuses(t *testing.T) {
	for _, expression := range []string{
		"", "every day", "rate()", "rate(0 minutes)", "rate(5 seconds)", "rate(1.5 hours)", "rate(-1 days)",
		"cron()", "cron(0 12 * * ?)", "cron(0 12 * * * *)", "cron(0 12 ? * ? *)", "cron(60 12 * * ? *)", "cron(0 24 * * ? *)", "cron(0 12 0 * ? *)",
		"cron(0 12 * 13 ? *)", "cron(0 12 ? * 8 *)", "cron(0 12 ? * 2#6 *)", "cron(0 12 40W * ? *)", "cron(x 12 * * ? *)", "cron(0/0 12 * * ? *)",
		"cron(10-5 12 * * ? *)", "cron(0 12 * * ? 1969)", "at(2026-12-24)", "0 12 * * *",
	} {
		_, err := parseTiming(expression, true, time.UTC)
		require.Error(t, err, expression)
	}
	_, err := parseTiming("at(2026-12-24T18:00:00)", false, time.UTC)
	require.Error(t, err, "rules have no at")
}

func whichUnitsAgreeWithTheirNumber(t *testing.T) {
	for expression, want := range map[string]time.Duration{"rate(1 minutes)": time.Minute, "rate(5 minute)": 5 * time.Minute, "rate(1 days)": 24 * time.Hour} {
		_, err := parseTiming(expression, false, time.UTC)
		require.ErrorContains(t, err, "the rate of a rule", expression)
		got, err := parseTiming(expression, true, time.UTC)
		require.NoError(t, err, expression)
		assert.Equal(t, rate(want), got, expression)
	}
}

func FuzzTiming(f *testing.F) {
	for _, seed := range []string{"rate(5 minutes)", "cron(0 18 ? * MON-FRI *)", "cron(0 9 28W NOV ? *)", "at(2026-12-24T18:00:00)", "cron(0/99999999 9 ? * 6L 2027)"} {
		f.Add(seed)
	}
	begin := time.Date(2026, 11, 27, 10, 7, 30, 0, time.UTC)
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, expression string) {
		timing, err := parseTiming(expression, true, zone)
		if err != nil {
			return
		}
		if at, ok := timing.next(begin, begin); ok && !at.After(begin) {
			t.Errorf("%s comes round at %v, which is not after %v", expression, at, begin)
		}
	})
}
