package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
)

func workflow() check.Document {
	finding := &check.Finding{Did: "sent it", Got: "100%\n::error::no", Want: "```", Why: "It is lost.", Next: "Look."}
	return check.Document{Lessons: []check.LessonResult{
		{Lesson: "01-handler", Number: 1, Verdict: check.Failed, Seconds: 1.23, Build: check.BuildResult{Verdict: check.Passed}, Checks: []check.Result{
			{ID: "a", Requirement: "All is well: always, and ever", Severity: check.Must, Verdict: check.Failed, Finding: finding},
			{ID: "b", Requirement: "It is quick", Severity: check.Should, Verdict: check.Failed, Finding: finding},
			{ID: "c", Requirement: "It is there", Severity: check.Must, Verdict: check.Passed},
			{ID: "d", Requirement: "It is sure", Severity: check.Must, Verdict: check.Errored, Error: "no disk"},
		}},
		{Lesson: "02-api-gateway", Number: 2, Verdict: check.Failed, Build: check.BuildResult{Verdict: check.Failed, Output: "main.go:1: no\n"}},
	}}
}

func TestAnnotationsAreOneLineEachWhateverTheySay(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, GitHub(&b, workflow(), "lessons"))
	const at = "file=lessons/01-handler/template.yaml,title=Lesson 1%3A "
	const text = "::Test: sent it%0AGot: 100%25%0A::error::no%0AWant: ```%0A%0AIt is lost.%0ALook."
	assert.Equal(t, []string{
		"::error " + at + "All is well%3A always%2C and ever" + text,
		"::warning " + at + "It is quick" + text,
		"::error " + at + "d could not be run::no disk",
		"Lesson 1 01-handler: failed",
		"::error file=lessons/02-api-gateway/template.yaml,title=Lesson 2 does not build::main.go:1: no",
		"Lesson 2 02-api-gateway: failed",
		"",
	}, strings.Split(b.String(), "\n"))
}

func TestTheSummaryKeepsTextsInTheirFences(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	d := workflow()
	d.Lessons[0].Diagnosis = &check.Diagnosis{Mistake: "loses-it", Explanation: "It is kept in memory."}
	require.NoError(t, Markdown(&b, d))
	assert.Contains(t, b.String(), "| 01-handler | failed | 1 of 4 | 1.2 |\n")
	assert.Contains(t, b.String(), "### 01-handler: All is well: always, and ever\n\n````text\nTest  sent it\n")
	assert.Contains(t, b.String(), "Want  ```\n````\n\nIt is lost. Look.\n\nThis looks like: It is kept in memory.\n")
	assert.Contains(t, b.String(), "### 02-api-gateway does not build\n\n```text\nmain.go:1: no\n```\n")
}
