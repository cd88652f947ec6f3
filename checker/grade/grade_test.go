package grade_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/report"
)

func TestAnInterruptedRunGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	r := room{t, t.TempDir()}
	for _, learner := range []string{"ann", "bob", "cy"} {
		r.add(learner, nil)
	}
	o := r.options()
	o.AtOnce = 1
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var done []string
	o.Done = func(r grade.Record, _ bool) {
		done = append(done, r.Learner)
		interrupt()
	}
	_, err := grade.Run(ctx, o)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Skip(err) // as of machines without enclosures
	}
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, done, 1)

	kept := map[string]bool{}
	o.Done = func(r grade.Record, was bool) { kept[r.Learner] = was }
	again := run(t, o)
	assert.Equal(t, map[string]bool{done[0]: true, "bob": false, "cy": false}, kept)
	for _, record := range again {
		assert.Equal(t, grade.Passed, record.Outcome, "%s: %s", record.Learner, explained(record))
	}

	// What was handed in again is graded again, and nothing else is.
	main := filepath.Join(r.folder, "cy", "lessons", lesson, "get-item", "main.go")
	require.NoError(t, os.WriteFile(main, []byte("package main\n\nbroken\n"), 0o600))
	again = run(t, o)
	assert.Equal(t, map[string]bool{"ann": true, "bob": true, "cy": false}, kept)
	assert.Equal(t, grade.NotBuilt, again["cy"].Outcome)
	output := again["cy"].Checked().Build.Output
	assert.Contains(t, output, "\n"+lesson+"/get-item/main.go:3:1: ", "where it was built is nobody's business")
}

func TestWorkersAskBeforeTheyMeasure(t *testing.T) {
	t.Parallel()
	l, err := course.Find("05-large-dependencies")
	require.NoError(t, err)
	at := slices.IndexFunc(l.Checks, func(c check.Check) bool { return c.Alone })
	require.GreaterOrEqual(t, at, 0)
	r, learners := room{t, t.TempDir()}, []string{"ann", "bob", "cy"}
	for _, learner := range learners {
		r.hand(learner, l, solution)
	}
	dir := t.TempDir()
	o := r.options()
	o.Lessons, o.Only, o.Environ, o.AtOnce = []course.Lesson{l}, l.Checks[at].ID, append(os.Environ(), overheard+"="+dir), len(learners)
	all := run(t, o)
	require.Len(t, all, len(learners))
	for learner, record := range all {
		assert.Equal(t, grade.Passed, record.Outcome, "%s: %s", learner, explained(record))
	}
	said, err := filepath.Glob(filepath.Join(dir, "words-*"))
	require.NoError(t, err)
	asked := 0
	for _, name := range said {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if strings.HasPrefix(string(text), "{\"built\":true}\n{\"alone\":true}\n{\"report\":") {
			asked++
		}
	}
	assert.Equal(t, len(learners), asked, "each has built, then asked, then measured")
}

func TestATimeLimitStopsASubmission(t *testing.T) {
	t.Parallel()
	r := room{t, t.TempDir()}
	r.add("ann", map[string]string{"lessons/" + lesson + "/get-item/deed.go": "package main\n\nimport \"time\"\n\nfunc init() { time.Sleep(time.Hour) }\n"})
	o := r.options()
	o.Limits.Time = 3 * time.Second // less than the limit of INIT, which is 10 s
	record := run(t, o)["ann"]
	assert.Equal(t, grade.Stopped, record.Outcome)
	assert.Equal(t, "it used more than 3 s", record.Why)
}

func TestWithoutAnEnclosureThePageSaysSo(t *testing.T) {
	t.Parallel()
	r := room{t, t.TempDir()}
	r.add("ann", nil)
	o := r.options()
	o.Unsafe = true
	book, err := grade.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Nil(t, book.Limits)
	assert.Contains(t, book.Force, "without an enclosure")
	require.Len(t, book.Records, 1)
	assert.Equal(t, grade.Passed, book.Records[0].Outcome, explained(book.Records[0]))
}

// book is one of all outcomes.
func book(t *testing.T) grade.Book {
	t.Helper()
	l, err := course.Find(lesson)
	require.NoError(t, err)
	document := func(failed string) *check.Document {
		result := check.LessonResult{Lesson: lesson, Number: 1, Verdict: check.Passed, Seconds: 1.25, Build: check.BuildResult{Verdict: check.Passed}}
		for _, c := range l.Checks {
			r := check.Result{ID: c.ID, Requirement: c.Requirement, Severity: check.Must, Verdict: check.Passed, Seconds: 0.1}
			if c.ID == failed {
				result.Verdict, r.Verdict = check.Failed, check.Failed
				r.Finding = &check.Finding{Did: "sent an event", Got: "=HYPERLINK(\"http://x\")<script>alert(1)</script>", Want: "200", Why: "why", Next: "next"}
			}
			result.Checks = append(result.Checks, r)
		}
		d := check.NewDocument("embedded", 1, []check.LessonResult{result})
		return &d
	}
	return grade.Book{Schema: grade.Schema, Seed: 1, Force: "in a test", Records: []grade.Record{
		{Learner: "=ann", Lesson: lesson, Number: 1, Outcome: grade.Passed, Result: document("")},
		{Learner: "bob", Lesson: lesson, Number: 1, Outcome: grade.Failed, Result: document("answer")},
		{Learner: "cy", Lesson: lesson, Number: 1, Outcome: grade.Stopped, Why: "it used more than 3 s"},
		{Learner: "dan", Lesson: lesson, Number: 1, Outcome: grade.Failed, Result: document("answer"), Left: []string{"go.mod: no"}},
	}}
}

func TestTheTableHasARowForEachLearnerLessonAndCheck(t *testing.T) {
	t.Parallel()
	b := book(t)
	b.Records[1].Result.Lessons[0].Diagnosis = &check.Diagnosis{Mistake: "loses-it", Explanation: "…"}
	var out bytes.Buffer
	require.NoError(t, grade.CSV(&out, b))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	l, err := course.Find(lesson)
	require.NoError(t, err)
	require.Len(t, rows, 1+len(b.Records)*len(l.Checks))
	assert.Equal(t, []string{"learner", "lesson", "outcome", "check", "requirement", "severity", "verdict", "seconds", "got", "reason", "mistake"}, rows[0])
	for _, row := range rows[1:] {
		for _, text := range row {
			assert.NotContains(t, []string{"=", "+", "@", "-"}, text[:min(1, len(text))], "no text is a formula")
		}
	}
	stopped := rows[1+2*len(l.Checks)]
	assert.Equal(t, []string{"cy", lesson, "stopped", l.Checks[0].ID, l.Checks[0].Requirement, "must", "skipped", "", "", "it used more than 3 s", ""}, stopped)
	assert.Equal(t, "loses-it", rows[1+len(l.Checks)][len(rows[0])-1], "bob's")
	assert.Empty(t, rows[1][len(rows[0])-1], "ann's, who has passed")
}

func TestThePageShowsWhoPassedAndWherePeopleAreStuck(t *testing.T) {
	t.Parallel()
	b := book(t)
	b.Records[3].Result.Lessons[0].Diagnosis = &check.Diagnosis{Mistake: "loses-it", Explanation: "It is kept in <memory>."}
	var out bytes.Buffer
	require.NoError(t, grade.Page(&out, b))
	text := out.String()
	assert.Contains(t, text, `<td class="n" data-key="1">1</td><td class="lesson">01-handler</td><td>It is kept in &lt;memory&gt;.<small class="name">loses-it</small></td><td>dan</td>`, "who fell for which mistake")
	assert.Contains(t, text, "<p>This looks like: It is kept in &lt;memory&gt;.</p>")
	assert.Contains(t, text, "4 learners, 1 lesson: 1 of 4 passed.")
	assert.Contains(t, text, "Checked in a test.")
	assert.Contains(t, text, `<td class="n" data-key="2">2 of 3</td>`, "the one that was stopped does not count")
	assert.Contains(t, text, "it used more than 3 s")
	assert.Contains(t, text, "go.mod: no")
	assert.NotContains(t, text, "<script>alert", "what learners wrote is text")
	assert.NotContains(t, text, "http://www", "nothing comes from elsewhere")

	out.Reset()
	require.NoError(t, grade.Page(&out, book(t)))
	assert.NotContains(t, out.String(), "looks like", "nothing is guessed")
}

func TestResultsOfOtherMachinesAreCollected(t *testing.T) {
	t.Parallel()
	b := book(t)
	folder := t.TempDir()
	write := func(name string, write func(*os.File) error) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		f, err := os.Create(filepath.Join(folder, name))
		require.NoError(t, err)
		require.NoError(t, errors.Join(write(f), f.Close()))
	}
	document := func(n int) func(*os.File) error {
		return func(f *os.File) error {
			return grade.JSON(f, grade.Book{Records: b.Records[n : n+1], Schema: grade.Schema})
		}
	}
	write("book.json", document(2))
	for name, n := range map[string]int{"ann.json": 0, "bob/result.json": 1} {
		write(name, func(f *os.File) error { return report.JSON(f, *b.Records[n].Result) })
	}
	got, err := grade.Collect(folder)
	require.NoError(t, err)
	outcomes := map[string]grade.Outcome{}
	for _, r := range got.Records {
		outcomes[r.Learner] = r.Outcome
	}
	assert.Equal(t, map[string]grade.Outcome{"ann": grade.Passed, "bob": grade.Failed, "cy": grade.Stopped}, outcomes)

	write("bad.json", func(f *os.File) error { _, err := f.WriteString(`{"schema":"other/v1"}`); return err })
	_, err = grade.Collect(folder)
	require.ErrorContains(t, err, `its schema is "other/v1"`)
	_, err = grade.Collect(t.TempDir())
	require.ErrorContains(t, err, "has no result documents")
}
