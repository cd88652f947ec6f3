package check

import "fmt"

// Measure is a table of what a check has measured. It is shown whatever the check's verdict is, so that a learner sees
// the figures change: before, while and after the code is mended.
type Measure struct {
	Title   string   `json:"title"`
	Columns []Column `json:"columns"`
	// Rows have a cell for each column. Units are in the columns' names, so that a cell is a figure.
	Rows [][]string `json:"rows"`
	// Note says how to read the table, or what of it is modelled; "" if that is clear.
	Note string `json:"note,omitempty"`
}

// Column is a column of a [Measure].
type Column struct {
	Name string `json:"name"` // with the unit: "INIT (ms)"
	// Varies says that its figures differ from run to run or from machine to machine. A kept transcript has none of them.
	Varies bool `json:"varies,omitempty"`
}

// Measure adds a table to the check's result. It may be called before the check fails, and several times. Where a
// finding quotes a figure of a column that varies, it is written with ≈ before it, which keeps it out of transcripts,
// too: ≈12 ms.
func (t *T) Measure(m Measure) {
	for _, row := range m.Rows {
		if len(row) != len(m.Columns) {
			t.fault(fmt.Errorf("the table %q has %d columns, and a row of %d cells: %q", m.Title, len(m.Columns), len(row), row))
		}
	}
	t.measures = append(t.measures, m)
}
