package main

import (
	"math"
	"slices"
	"time"
)

// Pair is a baseline and what is compared with it, measured one after the other.
type Pair struct {
	Baseline time.Duration
	Measured time.Duration
}

// ratio is how many times the baseline was measured.
func (p Pair) ratio() float64 { return float64(p.Measured) / float64(p.Baseline) }

// difference is what was measured beyond the baseline, in seconds.
func (p Pair) difference() float64 { return (p.Measured - p.Baseline).Seconds() }

// Spread is the middle of some values: half of them are between the quartiles Q1 and Q3.
type Spread struct {
	Median float64 `json:"median"`
	Q1     float64 `json:"q1"`
	Q3     float64 `json:"q3"`
}

// spreadOf returns the quartiles of values, of which there is at least one.
func spreadOf(values []float64) Spread {
	sorted := slices.Sorted(slices.Values(values))
	return Spread{Median: quantile(sorted, 0.5), Q1: quantile(sorted, 0.25), Q3: quantile(sorted, 0.75)}
}

// quantile interpolates between the two nearest of the sorted values, as spreadsheets and R do by default
// (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages").
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(math.Floor(at))
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// median is the one in the middle of durations, of which there is at least one.
func median(durations []time.Duration) time.Duration {
	values := make([]float64, len(durations))
	for n, d := range durations {
		values[n] = float64(d)
	}
	return time.Duration(spreadOf(values).Median)
}
