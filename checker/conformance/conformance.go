// Package conformance is the form in which tests state facts about AWS: one row a fact, with an id, how
// sure the fact is, and the test that shows it here.
//
// The rows themselves are next to what they test, in files named conformance_test.go:
//
//	go test -run Conformance -v ./checker/...
//
// prints them all with their verdicts. What this machine or this project does not reproduce is a row too, with
// the reason in Skip.
package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Certainty says where a fact comes from.
type Certainty string

// The kinds of evidence, the strongest first.
const (
	Documented Certainty = "D" // by AWS, in the guide or reference that the row names
	Recorded   Certainty = "V" // from real AWS
	Source     Certainty = "S" // read in the source code of the runtime library, or of an emulator of AWS's own
	Measured   Certainty = "M" // seen with the versions in go.mod
	Reported   Certainty = "R" // by users of AWS
	Inferred   Certainty = "I" // from other facts; nobody has looked
)

// Row is a fact about AWS.
type Row struct {
	ID        string // the topic and a few words: "invoke-deadline-kills"
	Certainty Certainty
	Fact      string // in one sentence
	Test      func(*testing.T)
	// Skip says why the fact is not reproduced here. A row has either a test or this.
	Skip string
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

// Run tests all rows side by side and logs the table with the verdicts. A row that cannot have one fails: a
// fact that is documented or recorded needs a test, or a reason for having none.
func Run(t *testing.T, rows []Row) {
	t.Helper()
	var mu sync.Mutex
	verdicts := make([]string, len(rows))
	seen := map[string]bool{}
	t.Cleanup(func() {
		var table strings.Builder
		for n, r := range rows {
			fmt.Fprintf(&table, "\n%-7s [%s] %-44s %s", verdicts[n], r.Certainty, r.ID, r.Fact)
			if r.Skip != "" {
				fmt.Fprintf(&table, " (%s)", r.Skip)
			}
		}
		t.Log(table.String())
	})
	for n, r := range rows {
		verdicts[n] = "none"
		if problem := r.problem(); problem != "" {
			t.Errorf("row %q: %s", r.ID, problem)
			continue
		}
		if seen[r.ID] {
			t.Errorf("row %q is there twice", r.ID)
			continue
		}
		seen[r.ID] = true
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case t.Failed():
					verdicts[n] = "FAILED"
				case t.Skipped():
					verdicts[n] = "skipped"
				default:
					verdicts[n] = "ok"
				}
			})
			if r.Skip != "" {
				t.Skip(r.Skip)
			}
			r.Test(t)
		})
	}
}

func (r Row) problem() string {
	switch {
	case !idForm.MatchString(r.ID):
		return "the id is not made of words and hyphens"
	case r.Fact == "":
		return "it states no fact"
	case !slices.Contains([]Certainty{Documented, Recorded, Source, Measured, Reported, Inferred}, r.Certainty):
		return "its certainty is none of D, V, S, M, R, I"
	case r.Test != nil && r.Skip != "":
		return "it has a test and a reason for having none"
	case r.Test == nil && r.Skip == "":
		return "it has no test, and no reason for having none"
	}
	return ""
}
