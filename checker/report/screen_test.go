package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/watch"
)

// The screen as a whole is driven by keys on a terminal, in the tests of the command.
func TestTheScreenSaysWhatARunLooksLikeOnceItIsOver(t *testing.T) {
	t.Parallel()
	failed := check.Result{ID: "hot", Requirement: "The tea is hot", Severity: check.Must, Verdict: check.Failed, Finding: &check.Finding{
		Got: "20 °C", Evidence: []string{"log: nothing"},
	}}
	built := check.BuildResult{Verdict: check.Passed}
	shown := func(s watch.State, p pane) string {
		m := &screen{
			Watched: Watched{Lesson: check.Lesson{Number: 7, Checks: []check.Check{{ID: "hot"}}}},
			profile: colorprofile.NoTTY, width: 60, height: 40, state: s, pane: p,
		}
		return strings.Join(strings.Fields(m.View().Content), " ")
	}
	under := watch.State{Run: 1, Build: &built, Results: []check.Result{failed}}
	assert.NotContains(t, shown(under, firstPane), "This looks like")
	over := under
	over.Result = &check.LessonResult{
		Number: 7, Verdict: check.Failed, Build: built, Checks: over.Results,
		Diagnosis: &check.Diagnosis{Mistake: "no-fire", Explanation: "There is no fire. Water stays as warm as the room, whatever the pot costs."},
	}
	assert.Contains(t, shown(over, firstPane),
		"Got 20 °C This looks like: There is no fire. Water stays as warm as the room, whatever the pot costs. Evidence log: nothing")
	assert.NotContains(t, shown(over, allPane), "This looks like", "it is said of the run, not of each finding")
}
