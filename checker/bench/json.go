package main

import (
	"encoding/json"
	"io"
)

// schema names the version of the JSON form.
const schema = "serverless-patterns/bench/v1"

// document is a Report in JSON. Times are in seconds.
type document struct {
	Schema  string      `json:"schema"`
	Machine Machine     `json:"machine"`
	Rows    []rowObject `json:"rows"`
	Waits   []Wait      `json:"orderedWaits"`
	Notes   []string    `json:"notes"`
}

type rowObject struct {
	ID       string       `json:"id"`
	What     string       `json:"what"`
	Against  string       `json:"against,omitempty"`
	Kind     Kind         `json:"kind"`
	Goal     float64      `json:"goal,omitempty"`
	Verdict  Verdict      `json:"verdict"`
	Why      string       `json:"why,omitempty"`
	Baseline float64      `json:"baseline,omitempty"`
	Measured float64      `json:"measured,omitempty"`
	Result   *Spread      `json:"result,omitempty"`
	Pairs    [][2]float64 `json:"pairs,omitempty"` // baseline and measured
}

func writeJSON(w io.Writer, r Report) error {
	d := document{Schema: schema, Machine: r.Machine, Rows: []rowObject{}, Waits: r.Waits, Notes: r.Notes}
	for _, row := range r.Rows {
		o := rowObject{ID: row.ID, What: row.What, Against: row.Against, Kind: row.Kind, Goal: row.Goal, Verdict: row.verdict(), Why: row.Why}
		if len(row.Pairs) > 0 {
			spread := row.spread()
			o.Baseline, o.Measured, o.Result = row.baseline().Seconds(), row.measured().Seconds(), &spread
			o.Pairs = each(row.Pairs, func(p Pair) [2]float64 { return [2]float64{p.Baseline.Seconds(), p.Measured.Seconds()} })
		}
		d.Rows = append(d.Rows, o)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(d)
}
