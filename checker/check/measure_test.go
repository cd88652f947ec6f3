package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatWasMeasuredIsKeptWhateverTheVerdict(t *testing.T) {
	t.Parallel()
	table := Measure{Title: "sizes", Columns: []Column{{Name: "function"}, {Name: "size (MB)", Varies: true}}, Rows: [][]string{{"a", "9.8"}}}
	for verdict, then := range map[Verdict]func(*T){
		Passed: func(*T) {},
		Failed: func(t *T) { t.Fail(Finding{Got: "9.8 MB", Want: "less"}) },
	} {
		result := end(t, Check{ID: "size"}, func(t *T) {
			t.Measure(table)
			then(t)
		})
		assert.Equal(t, verdict, result.Verdict)
		assert.Equal(t, []Measure{table}, result.Measures)
	}
}

func TestATableWhoseRowsDoNotFitIsTheChecksOwnFault(t *testing.T) {
	t.Parallel()
	result := end(t, Check{ID: "size"}, func(t *T) {
		t.Measure(Measure{Title: "sizes", Columns: []Column{{Name: "function"}}, Rows: [][]string{{"a", "9.8"}}})
	})
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, `the table "sizes" has 1 columns, and a row of 2 cells`)
}
