package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

func TestTheFirstDifferenceIsShownWithItsLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ want, got, shown string }{
		{"a\nb\nc\n", "a\nB\nC\n", "line 2\n  kept: b\n  now:  B"},
		{"a\n", "a\nb\n", "line 2\n  kept: \n  now:  b"},
		{"a", "a\nb", "line 2\n  kept: (nothing)\n  now:  b"},
		{"", "b", "line 1\n  kept: \n  now:  b"},
		{"a\nb", "a", "it is shorter now"},
	} {
		assert.Equal(t, test.shown, firstDifference(test.want, test.got))
	}
}

func ran(id string, v check.Verdict, got string) check.Result {
	r := check.Result{ID: id, Severity: check.Must, Verdict: v}
	if v == check.Failed {
		r.Finding = &check.Finding{Got: got}
	}
	return r
}

func TestProblemsAreWhereARunDiffersFromWhatIsDeclared(t *testing.T) {
	t.Parallel()
	built := check.BuildResult{Verdict: check.Passed}
	errored := ran("a", check.Errored, "")
	errored.Error = "no disk"
	should := ran("a", check.Failed, "less")
	should.Severity = check.Should
	for name, test := range map[string]struct {
		result check.LessonResult
		answer bank.Answer
		want   []string
	}{
		"as declared": {
			check.LessonResult{Build: built, Checks: []check.Result{ran("a", check.Failed, "the got"), ran("b", check.Passed, "")}},
			bank.Answer{Fails: []string{"a"}, Reads: "got"}, nil,
		},
		"it passes": {
			check.LessonResult{Build: built, Checks: []check.Result{ran("a", check.Passed, "")}},
			bank.Answer{Fails: []string{"a"}, Reads: "got"}, []string{"run 3: a passes, and should fail"},
		},
		"it fails": {
			check.LessonResult{Build: built, Checks: []check.Result{ran("a", check.Failed, "less")}},
			bank.Answer{}, []string{"run 3: a fails, and should not: less"},
		},
		"a should that fails": {
			check.LessonResult{Build: built, Checks: []check.Result{should}},
			bank.Answer{}, []string{"run 3: a fails, and should not: less"},
		},
		"another is read": {
			check.LessonResult{Build: built, Checks: []check.Result{ran("a", check.Failed, "less"), ran("b", check.Failed, "the got")}},
			bank.Answer{Fails: []string{"a", "b"}, Reads: "got"}, []string{`run 3: a learner does not read "got", but "less"`},
		},
		"it did not run to its end": {
			check.LessonResult{Build: built, Checks: []check.Result{errored, ran("b", check.Skipped, "")}},
			bank.Answer{Fails: []string{"a"}}, []string{"run 3: a did not run to its end: error no disk", "run 3: b did not run to its end: skipped "},
		},
		"an unknown check": {
			check.LessonResult{Build: built, Checks: []check.Result{ran("a", check.Passed, "")}},
			bank.Answer{Fails: []string{"z"}}, []string{"run 3: it declares to fail z, which is no check"},
		},
		"it does not build": {
			check.LessonResult{Build: check.BuildResult{Verdict: check.Failed, Output: "main.go:1:1: no"}, Checks: []check.Result{ran("a", check.Skipped, "")}},
			bank.Answer{}, []string{"run 3: it does not build:\nmain.go:1:1: no"},
		},
		"a fault": {
			check.LessonResult{Error: "no Docker", Checks: []check.Result{ran("a", check.Skipped, "")}},
			bank.Answer{}, []string{"run 3: no Docker"},
		},
	} {
		assert.Equal(t, test.want, problems(test.result, subject{answer: test.answer}, 2), name)
	}
}

func TestASignatureIsWhatFailedAndWhatWasGot(t *testing.T) {
	t.Parallel()
	first := check.LessonResult{Checks: []check.Result{ran("a", check.Failed, "on t-ABCDEFGHIJ234"), ran("b", check.Passed, ""), ran("c", check.Failed, "x")}}
	again := check.LessonResult{Checks: []check.Result{ran("a", check.Failed, "on t-ZZZZZZZZZZ777"), ran("b", check.Passed, ""), ran("c", check.Failed, "x")}}
	other := check.LessonResult{Checks: []check.Result{ran("a", check.Failed, "on t-ABCDEFGHIJ234"), ran("b", check.Passed, ""), ran("c", check.Failed, "y")}}
	assert.Equal(t, "a: on t-XXXXXXXXXXXXX\nc: x\n", signatureOf(first))
	assert.Equal(t, signatureOf(first), signatureOf(again))
	assert.NotEqual(t, signatureOf(first), signatureOf(other))
	assert.Equal(t, []string{"a", "c"}, failed(first))
}

func readme(t *testing.T, text string, requirements ...string) []string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "lessons", "07-tea"), 0o755))
	if text != "" {
		require.NoError(t, os.WriteFile(filepath.Join(root, "lessons", "07-tea", "README.md"), []byte(text), 0o600))
	}
	l := course.Lesson{Lesson: check.Lesson{ID: "07-tea"}}
	for _, r := range requirements {
		l.Checks = append(l.Checks, check.Check{Requirement: r})
	}
	return readmeProblems(l, course.Place{Root: root})
}

func TestTheReadmesTasksAreTheRequirementsInOrder(t *testing.T) {
	t.Parallel()
	assert.Empty(t, readme(t, "# Tea\n\n- [ ] One with `code`  \n\ntext\n\n- [ ] Two\n- no task\n", "One with code", "Two"))
	for name, text := range map[string]string{
		"another order":      "- [ ] Two\n- [ ] One\n",
		"another word":       "- [ ] One\n- [ ] Too\n",
		"one too few":        "- [ ] One\n",
		"one too many":       "- [ ] One\n- [ ] Two\n- [ ] Three\n",
		"a part of the line": "- [ ] One, and more\n- [ ] Two\n",
		"no tasks":           "# Tea\n",
	} {
		found := readme(t, text, "One", "Two")
		require.Len(t, found, 1, name)
		assert.True(t, strings.HasPrefix(found[0], "lessons/07-tea/README.md: the task list is not that of the checks."), name)
		assert.Contains(t, found[0], `checks: ["One" "Two"]`)
	}
	require.Len(t, readme(t, "", "One"), 1)
	assert.Contains(t, readme(t, "", "One")[0], "no such file")
}

func TestATaskThatALearnerHasTickedIsStillATask(t *testing.T) {
	t.Parallel()
	assert.Empty(t, readme(t, "- [x] One\n- [ ] Two\n", "One", "Two"))
}

func TestARequirementMayHaveCodeInIt(t *testing.T) {
	t.Parallel()
	assert.Empty(t, readme(t, "- [ ] One with `code`\n", "One with `code`"))
}

func TestTheTranscriptOfAResultIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	l := course.Lesson{Lesson: check.Lesson{Number: 7, ID: "07-tea", Title: "Tea"}}
	result := func(table string, seconds float64) check.LessonResult {
		r := check.Result{ID: "a", Requirement: "It is hot", Severity: check.Must, Verdict: check.Failed, Finding: &check.Finding{
			Got: "cold", Evidence: []string{"call: DynamoDB GetItem on 07-tea-" + table + ": 200"},
		}}
		return check.LessonResult{Build: check.BuildResult{Verdict: check.Passed}, Number: 7, Seconds: seconds, Verdict: check.Failed, Checks: []check.Result{r}}
	}
	one := transcript(l, result("ABCDEFGHIJ234", 1.04))
	assert.Equal(t, one, transcript(l, result("ZZZZZZZZZZ777", 12.7)))
	assert.Contains(t, one, "Lesson 7: Tea  lessons/07-tea\n")
	assert.Contains(t, one, "✗ FAIL  It is hot")
	assert.Contains(t, one, "Got   cold\n")
}

func TestATranscriptHasNoFiguresThatVary(t *testing.T) {
	t.Parallel()
	l := course.Lesson{Lesson: check.Lesson{Number: 7, ID: "07-tea", Title: "Tea"}}
	result := func(milliseconds string) check.LessonResult {
		return check.LessonResult{Build: check.BuildResult{Verdict: check.Passed}, Verdict: check.Failed, Checks: []check.Result{{
			ID: "a", Requirement: "It is hot", Severity: check.Must, Verdict: check.Failed, Measures: []check.Measure{{
				Title:   "How long it takes",
				Columns: []check.Column{{Name: "memory (MB)"}, {Name: "kettle (ms)", Varies: true}},
				Rows:    [][]string{{"128", milliseconds}, {"1,769", "–"}},
			}},
			Finding: &check.Finding{Got: "it takes ≈" + milliseconds + " times as long as what was measured beside it, and that is a long line"},
		}}}
	}
	r := result("1,234.5 (≈3,000,000 ×)")
	one := transcript(l, r)
	assert.Equal(t, one, transcript(l, result("7 (≈12 ×)")))
	assert.Contains(t, one, "memory (MB)   kettle (ms)\n            128      N (≈N ×)\n          1,769             –\n")
	assert.Equal(t, "1,234.5 (≈3,000,000 ×)", r.Checks[0].Measures[0].Rows[0][1], "the result itself is left alone")
}
