package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestQuartilesAreThoseOfR(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values []float64
		want   Spread // summary() of R 4
	}{
		"one":            {[]float64{7}, Spread{Median: 7, Q1: 7, Q3: 7}},
		"two":            {[]float64{3, 1}, Spread{Median: 2, Q1: 1.5, Q3: 2.5}},
		"three":          {[]float64{10, 1, 2}, Spread{Median: 2, Q1: 1.5, Q3: 6}},
		"four":           {[]float64{4, 3, 2, 1}, Spread{Median: 2.5, Q1: 1.75, Q3: 3.25}},
		"seven":          {[]float64{7, 1, 6, 2, 5, 3, 4}, Spread{Median: 4, Q1: 2.5, Q3: 5.5}},
		"with a runaway": {[]float64{1, 1, 1, 1, 1000}, Spread{Median: 1, Q1: 1, Q3: 1}},
		"below zero":     {[]float64{-2, 0, 2}, Spread{Median: 0, Q1: -1, Q3: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := append([]float64{}, test.values...)
			got := spreadOf(test.values)
			assert.InDelta(t, test.want.Median, got.Median, 1e-9)
			assert.InDelta(t, test.want.Q1, got.Q1, 1e-9)
			assert.InDelta(t, test.want.Q3, got.Q3, 1e-9)
			assert.Equal(t, before, test.values, "what was measured stays in its order")
		})
	}
}

func TestMedianOfDurations(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 2*time.Second, median([]time.Duration{9 * time.Second, time.Second, 2 * time.Second}))
	assert.Equal(t, 1500*time.Millisecond, median([]time.Duration{time.Second, 2 * time.Second}))
}

// The machine becomes twice as slow halfway. The ratio of the medians would be 2 here, and no pair has it.
func TestAPairIsComparedBeforeAnythingIsAveraged(t *testing.T) {
	t.Parallel()
	row := Row{Kind: Ratio, Pairs: []Pair{{100, 110}, {100, 110}, {200, 220}, {200, 220}, {100, 110}}}
	assert.InDelta(t, 1.1, row.spread().Median, 1e-9)
	assert.InDelta(t, 0, row.spread().Q3-row.spread().Q1, 1e-9)
	row.Kind = Difference
	assert.InDelta(t, 10e-9, row.spread().Median, 1e-15)
	assert.InDelta(t, 20e-9, row.spread().Q3, 1e-15)
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	pairs := []Pair{{time.Second, 1250 * time.Millisecond}}
	for name, test := range map[string]struct {
		row       Row
		want      Verdict
		judgement string
	}{
		"at the goal":          {Row{Kind: Ratio, Goal: 1.25, Pairs: pairs}, Met, "met"},
		"over it":              {Row{Kind: Ratio, Goal: 1.0, Pairs: pairs}, Missed, "MISSED by 25%"},
		"far over it":          {Row{Kind: Ratio, Goal: 0.5, Pairs: pairs}, Missed, "MISSED, 2.5×"},
		"difference":           {Row{Kind: Difference, Goal: 0.25, Pairs: pairs}, Met, "met"},
		"difference over it":   {Row{Kind: Difference, Goal: 0.2, Pairs: pairs}, Missed, "MISSED by 25%"},
		"difference below 0":   {Row{Kind: Difference, Goal: 0.2, Pairs: []Pair{{2, 1}}}, Met, "met"},
		"without a goal":       {Row{Kind: Ratio, Pairs: pairs}, NoGoal, ""},
		"without measurements": {Row{Kind: Ratio, Goal: 1}, NotMeasured, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.row.verdict())
			if test.want != NotMeasured {
				assert.Equal(t, test.judgement, test.row.judgement())
			}
		})
	}
}
