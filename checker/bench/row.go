package main

import "time"

// Kind is how a baseline and what is measured are compared.
type Kind string

// A row compares by the ratio, or by the difference in seconds.
const (
	Ratio      Kind = "ratio"
	Difference Kind = "difference"
)

// Verdict says whether a row meets its goal.
type Verdict string

// The verdicts. A row without a goal is for information.
const (
	Met         Verdict = "met"
	Missed      Verdict = "missed"
	NoGoal      Verdict = "no goal"
	NotMeasured Verdict = "not measured"
)

// Row is one comparison.
type Row struct {
	ID string
	// What is measured, and Against what: the baseline.
	What, Against string
	Kind          Kind
	// Goal is the most that the median may be: a ratio, or seconds. 0 is none.
	Goal float64
	// Unit is what durations are shown in: time.Second or time.Millisecond.
	Unit  time.Duration
	Pairs []Pair
	// Why says why there are no pairs.
	Why string
}

// spread is that of the pairs' ratios or differences.
func (r Row) spread() Spread {
	values := make([]float64, len(r.Pairs))
	for n, p := range r.Pairs {
		if values[n] = p.ratio(); r.Kind == Difference {
			values[n] = p.difference()
		}
	}
	return spreadOf(values)
}

func (r Row) baseline() time.Duration {
	return median(each(r.Pairs, func(p Pair) time.Duration { return p.Baseline }))
}

func (r Row) measured() time.Duration {
	return median(each(r.Pairs, func(p Pair) time.Duration { return p.Measured }))
}

func (r Row) verdict() Verdict {
	switch {
	case len(r.Pairs) == 0:
		return NotMeasured
	case r.Goal == 0:
		return NoGoal
	case r.spread().Median <= r.Goal:
		return Met
	default:
		return Missed
	}
}

// Wait is what a check orders to be waited for.
type Wait struct {
	Check   string  `json:"check"`
	Seconds float64 `json:"seconds"` // of the check as a whole
	For     string  `json:"for"`
}

// Report is all that was measured.
type Report struct {
	Machine Machine
	Rows    []Row
	// Waits are in the order of the lesson, and Notes are sentences about what is not as it should be.
	Waits []Wait
	Notes []string
}

func each[T, U any](list []T, f func(T) U) []U {
	all := make([]U, len(list))
	for n, v := range list {
		all[n] = f(v)
	}
	return all
}
