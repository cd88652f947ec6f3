package check

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func result(id string, s Severity, v Verdict) Result { return Result{ID: id, Severity: s, Verdict: v} }

func TestTheVerdictOfALessonFollowsFromItsChecks(t *testing.T) {
	t.Parallel()
	var (
		passed      = result("a", Must, Passed)
		failed      = result("b", Must, Failed)
		couldFail   = result("c", Should, Failed)
		errored     = result("d", Must, Errored)
		couldError  = result("e", Should, Errored)
		skipped     = result("f", Must, Skipped)
		couldPassed = result("g", Should, Passed)
	)
	for name, test := range map[string]struct {
		checks []Result
		want   Verdict
	}{
		"no checks":                          {nil, Skipped},
		"none was run":                       {[]Result{skipped, skipped}, Skipped},
		"all passed":                         {[]Result{passed, couldPassed}, Passed},
		"a must failed":                      {[]Result{passed, failed, passed}, Failed},
		"a should failed":                    {[]Result{passed, couldFail}, Passed},
		"nothing but a should failed":        {[]Result{couldFail}, Passed},
		"one was run, and passed":            {[]Result{skipped, passed, skipped}, Passed},
		"one was run, and failed":            {[]Result{skipped, failed}, Failed},
		"an error is never a pass":           {[]Result{passed, errored, passed}, Errored},
		"nor is the error of a should":       {[]Result{passed, couldError, passed}, Errored},
		"an error, then a failure":           {[]Result{errored, failed}, Failed},
		"a failure, then an error":           {[]Result{failed, errored}, Failed},
		"an error, and a should that failed": {[]Result{couldFail, errored}, Errored},
	} {
		assert.Equal(t, test.want, LessonResult{Checks: test.checks}.verdict(), name)
	}
}

func TestTheFirstFailureIsOfAMustIfThereIsOne(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		checks []Result
		want   string
	}{
		"nothing failed":             {[]Result{result("a", Must, Passed), result("b", Must, Errored), result("c", Must, Skipped)}, ""},
		"the first must":             {[]Result{result("a", Must, Passed), result("b", Must, Failed), result("c", Must, Failed)}, "b"},
		"a must behind a should":     {[]Result{result("a", Should, Failed), result("b", Must, Failed)}, "b"},
		"the first should otherwise": {[]Result{result("a", Should, Failed), result("b", Should, Failed), result("c", Must, Passed)}, "a"},
	} {
		first := LessonResult{Checks: test.checks}.FirstFailure()
		if test.want == "" {
			assert.Nil(t, first, name)
			continue
		}
		require.NotNil(t, first, name)
		assert.Equal(t, test.want, first.ID, name)
	}
}

func TestTheWorstVerdictIsTheDocuments(t *testing.T) {
	t.Parallel()
	for want, verdicts := range map[Verdict][]Verdict{
		Skipped: {Skipped},
		Passed:  {Skipped, Passed},
		Failed:  {Failed, Passed, Skipped},
		Errored: {Passed, Errored, Failed},
	} {
		var lessons []LessonResult
		for _, v := range verdicts {
			lessons = append(lessons, LessonResult{Verdict: v})
		}
		d := NewDocument("embedded", 7, lessons)
		assert.Equal(t, Document{Schema: Schema, Backend: "embedded", Seed: 7, Verdict: want, Lessons: lessons}, d)
	}
	assert.Equal(t, Skipped, NewDocument("embedded", 7, nil).Verdict, "nothing was checked, so nothing passed")
}

// What other programs rely on, field by field and in this order: "Result" in the design.
func TestTheDocumentHasItsVersionedForm(t *testing.T) {
	t.Parallel()
	d := NewDocument("embedded", 1, []LessonResult{{
		Lesson: "03-sqs-partial-failures", Number: 3, Verdict: Failed, Seconds: 1.5,
		Build: BuildResult{Verdict: Passed, Seconds: 0.8},
		Checks: []Result{{
			ID: "bad-message-does-not-block", Requirement: "…", Severity: Must, Verdict: Failed, Seconds: 0.02,
			Finding:  &Finding{Did: "…", Got: "…", Want: "…", Why: "…", Next: "…", Evidence: []string{"…"}},
			Measures: []Measure{{Title: "…", Columns: []Column{{Name: "…"}, {Name: "INIT (ms)", Varies: true}}, Rows: [][]string{{"…", "4.2"}}}},
		}},
		Diagnosis: &Diagnosis{Mistake: "one-failure-fails-the-batch", Explanation: "…"},
	}})
	const want = `{"schema":"serverless-patterns/result/v1","backend":"embedded","seed":1,"verdict":"failed","lessons":[` +
		`{"lesson":"03-sqs-partial-failures","number":3,"verdict":"failed","seconds":1.5,` +
		`"build":{"verdict":"passed","seconds":0.8,"output":""},` +
		`"checks":[{"id":"bad-message-does-not-block","requirement":"…","severity":"must","verdict":"failed","seconds":0.02,` +
		`"finding":{"did":"…","got":"…","want":"…","why":"…","next":"…","evidence":["…"]},` +
		`"measures":[{"title":"…","columns":[{"name":"…"},{"name":"INIT (ms)","varies":true}],"rows":[["…","4.2"]]}]}],` +
		`"diagnosis":{"mistake":"one-failure-fails-the-batch","explanation":"…"}}]}`
	data, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, want, string(data)) //nolint:testifylint // not JSONEq: the order counts too
}

func TestOnlyWhatIsWrongIsInTheDocument(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Result{ID: "a", Verdict: Passed})
	require.NoError(t, err)
	assert.NotContains(t, string(data), "finding")
	assert.NotContains(t, string(data), "error")
	data, err = json.Marshal(LessonResult{})
	require.NoError(t, err)
	assert.NotContains(t, string(data), "diagnosis")
	data, err = json.Marshal(LessonResult{Error: "no disk", Checks: []Result{{Error: "no net"}}})
	require.NoError(t, err)
	assert.Contains(t, string(data), `"error":"no disk"`)
	assert.Contains(t, string(data), `"error":"no net"`)
}

func TestTheVerdictsHaveTheWordsOfTheDesign(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []Verdict{"passed", "failed", "error", "skipped"}, []Verdict{Passed, Failed, Errored, Skipped})
	assert.Equal(t, []Severity{"must", "should"}, []Severity{Must, Should})
}

func TestSecondsAreRoundedToMilliseconds(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 1.235, seconds(1234567*time.Microsecond), 1e-12)
	assert.Zero(t, seconds(499*time.Microsecond))
}
