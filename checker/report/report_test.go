package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/report"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing them")

const width = 100

var (
	lesson  = check.Lesson{Number: 3, ID: "03-sqs-partial-failures", Title: "Partial batch failures"}
	built   = check.BuildResult{Verdict: check.Passed, Seconds: 0.8}
	passed  = check.Result{ID: "ids", Requirement: "Each message is saved under its id", Severity: check.Must, Verdict: check.Passed}
	broken  = check.Result{ID: "broken", Requirement: "Nothing is lost", Severity: check.Must, Verdict: check.Errored, Error: "the container of DynamoDB Local was stopped; start it again with `checker check`, or look at `docker ps` if it was not you"}
	couldBe = check.Result{ID: "log-fields", Requirement: "The log has fields", Severity: check.Should, Verdict: check.Failed, Finding: finding("plain text")}
	untried = func(id string) check.Result {
		r := failedOf(id)
		r.Verdict, r.Finding, r.Reason = check.Skipped, nil, "INIT of ProcessFunction does not end"
		return r
	}
	failedOf = func(id string) check.Result {
		return check.Result{
			ID: id, Requirement: "A bad message does not stop the good ones of its batch from being saved, whatever place it has in the batch: " + id,
			Severity: check.Must, Verdict: check.Failed, Finding: finding(`"a"`),
		}
	}
)

func finding(got string) *check.Finding {
	return &check.Finding{
		Did:  "invoked ProcessFunction with a batch of three messages of which the second is no JSON",
		Got:  got + " in the table",
		Want: `"a" and "c" in the table`,
		Why: "An error that the handler returns fails the whole batch: SQS delivers all of it again, the good messages too, and again, until " +
			"each of them has reached maxReceiveCount.",
		Next: "Return the ids of the messages that failed as batchItemFailures, and set ReportBatchItemFailures in the template.",
		Evidence: []string{
			"call: DynamoDB PutItem on 03-ItemsTable-AAAAAAAAAAAAA: 200",
			`log:  {"level":"ERROR","msg":"<bad> & worse","stack":"` + strings.Repeat("x", 120) + `"}`,
		},
	}
}

// measured is a result with a table.
func measured(r check.Result) check.Result {
	r.Measures = []check.Measure{{
		Title:   "What a cold start costs",
		Columns: []check.Column{{Name: "function"}, {Name: "INIT (ms)", Varies: true}, {Name: "size (MB)"}, {Name: "may"}},
		Rows:    [][]string{{"ApiFunction", "120.4", "31.0", "dynamodb:*"}, {"GetItemFunction", "6.2", "9.8", "dynamodb:GetItem"}, {"hello, world", "4", "–", ""}},
		Note:    strings.Repeat("Each figure is the median of several cold starts. ", 3),
	}}
	return r
}

// passedOf is failedOf where it passes.
func passedOf(id string) check.Result {
	r := failedOf(id)
	r.Verdict, r.Finding = check.Passed, nil
	return r
}

func confirmed(r check.LessonResult, c check.Confirmation) check.LessonResult {
	c.Services = []backend.Service{backend.DynamoDB, backend.SQS}
	r.Confirmation = &c
	return r
}

func of(verdict check.Verdict, checks ...check.Result) check.LessonResult {
	return check.LessonResult{Lesson: lesson.ID, Number: 3, Verdict: verdict, Seconds: 1.04, Build: built, Checks: checks}
}

// show is all that a learner reads of a result.
func show(r check.LessonResult, environ ...string) string {
	var out bytes.Buffer
	text := report.NewText(&out, environ)
	text.Lesson(lesson, "lessons/"+lesson.ID)
	text.Build(r.Build)
	for _, c := range r.Checks {
		if c.Verdict != check.Skipped || c.Reason != "" {
			text.Check(c)
		}
	}
	text.Summary(r)
	text.Confirmation(check.NewDocument("auto", 1, []check.LessonResult{r}))
	return out.String()
}

func diagnosed(r check.LessonResult) check.LessonResult {
	r.Diagnosis = &check.Diagnosis{
		Mistake: "one-failure-fails-the-batch",
		Explanation: "The first record that fails ends the batch with an error. Lambda then gives SQS all of it back, and what was " +
			"saved already is saved again with each delivery.",
	}
	return r
}

var results = map[string]check.LessonResult{
	"passed":              of(check.Passed, passed, check.Result{ID: "b", Requirement: "It is fast", Severity: check.Should, Verdict: check.Passed}),
	"failed":              of(check.Failed, passed, failedOf("first"), couldBe, failedOf("second"), failedOf("third")),
	"one-failed":          of(check.Failed, passed, failedOf("first")),
	"measured":            of(check.Failed, measured(passed), measured(failedOf("first"))),
	"measured-and-passed": of(check.Passed, measured(passed)),
	"should-failed":       of(check.Passed, passed, couldBe),
	"check-error":         of(check.Errored, passed, broken),
	"error-and-failure":   of(check.Failed, broken, failedOf("first")),
	"only-one": of(check.Failed, check.Result{ID: "ids", Verdict: check.Skipped}, failedOf("first"),
		check.Result{ID: "b", Verdict: check.Skipped}),
	"does-not-build": {
		Lesson: lesson.ID, Number: 3, Verdict: check.Failed, Seconds: 0.4,
		Build: check.BuildResult{
			Verdict: check.Failed, Seconds: 0.4,
			Output: "# example.com/serverless-patterns/lessons/03-sqs-partial-failures/process\n" +
				"lessons/03-sqs-partial-failures/process/main.go:12:2: undefined: " + strings.Repeat("long", 30) + "\n",
		},
		Checks: []check.Result{{ID: "ids", Verdict: check.Skipped}},
	},
	"template-has-problems": {
		Lesson: lesson.ID, Number: 3, Verdict: check.Failed, Seconds: 0.1,
		Build: check.BuildResult{
			Verdict: check.Failed, Template: true,
			Output: "lessons/03-sqs-partial-failures/template.yaml:8:7: \"MemorySiz\" is not a property of AWS::Serverless::Function\n",
		},
		Checks: []check.Result{{ID: "ids", Verdict: check.Skipped}},
	},
	"confirmed":     confirmed(of(check.Passed, passed), check.Confirmation{Verdict: check.Passed, Backend: "containers", Seconds: 1.23}),
	"not-confirmed": confirmed(of(check.Passed, passed), check.Confirmation{Verdict: check.Skipped, Reason: "the Docker daemon at unix:///var/run/docker.sock is not running: start Docker"}),
	"confirmation-error": confirmed(of(check.Passed, passed), check.Confirmation{
		Verdict: check.Errored, Backend: "containers", Error: "DynamoDB Local in container 0123456789ab did not answer: EOF; see `docker logs 0123456789ab`, then check again, which starts another if this one is gone",
	}),
	"disagreement": confirmed(of(check.Failed, passed, failedOf("first")), check.Confirmation{
		Verdict: check.Failed, Backend: "containers", Seconds: 1.23, Disagreements: []check.Disagreement{{First: passedOf("first"), Second: failedOf("first")}},
	}),
	"disagreement-of-should": confirmed(of(check.Passed, passed), check.Confirmation{
		Verdict: check.Passed, Backend: "containers", Disagreements: []check.Disagreement{{First: couldBe, Second: untried("log-fields")}},
	}),
	"init-hangs": of(check.Failed, failedOf("first"), untried("second"), untried("third")),
	"diagnosed":  diagnosed(of(check.Failed, passed, failedOf("first"), couldBe)),
	"not-checked": {
		Lesson: lesson.ID, Number: 3, Verdict: check.Errored, Build: check.BuildResult{Verdict: check.Skipped},
		Error: "/somewhere/lessons/03-sqs-partial-failures: there is no such directory; --dir says where the numbered lesson directories are",
	},
}

// What a learner reads, whole. `go test ./checker/report -update` writes the files.
func TestWhatALearnerReads(t *testing.T) {
	t.Parallel()
	for name, r := range results {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name+".txt")
			got := show(r)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

func TestNoLineIsTooLongButEvidenceAndWhatOthersSay(t *testing.T) {
	t.Parallel()
	for name, r := range results {
		evidence := false
		for line := range strings.Lines(show(r)) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "  Evidence":
				evidence = true
			case line == "":
				evidence = false
			case evidence, strings.Contains(line, "main.go:12:2"), strings.Contains(line, "template.yaml:8:7"):
			default:
				assert.LessOrEqual(t, lipgloss.Width(line), width, "%s: %s", name, line)
			}
		}
	}
}

func TestNoLineIsLongerThanATerminalIsWide(t *testing.T) {
	t.Parallel()
	long := failedOf("a-requirement-with-a-rather-long-name")
	for _, r := range []check.LessonResult{results["passed"], of(check.Failed, failedOf("first"), long)} {
		for line := range strings.Lines(show(r)) {
			if !strings.Contains(line, "log: ") {
				assert.LessOrEqual(t, lipgloss.Width(strings.TrimSuffix(line, "\n")), 80, line)
			}
		}
	}
}

func TestNoLineEndsInSpaces(t *testing.T) {
	t.Parallel()
	for name, r := range results {
		assert.NotContains(t, show(r), " \n", name)
	}
}

func TestWhatFailedIsNamedSoThatItCanBeAskedFor(t *testing.T) {
	t.Parallel()
	got := show(results["failed"])
	for _, id := range []string{"first", "second", "third", "log-fields"} {
		assert.Contains(t, got, "["+id+"]\n")
	}
	assert.NotContains(t, got, "[ids]", "what has passed needs no name")
	assert.Contains(t, got, "make lesson-3 hint")
	assert.Contains(t, got, "make lesson-3 check ONLY=")
	assert.Contains(t, show(results["one-failed"]), "ONLY=")
	assert.NotContains(t, show(results["passed"]), "hint")
}

func TestEvidenceIsToTheLetter(t *testing.T) {
	t.Parallel()
	got := show(results["one-failed"])
	for _, line := range failedOf("first").Finding.Evidence {
		assert.Contains(t, got, "    "+line+"\n")
	}
}

func TestTheFindingIsInTheOrderInWhichItIsRead(t *testing.T) {
	t.Parallel()
	got := show(results["one-failed"])
	at := strings.Index(got, "\n✗ A bad message")
	require.Positive(t, at)
	for _, part := range []string{"\n  Test  ", "\n  Got   ", "\n  Want  ", "\n  Why   ", "\n  Next  ", "\n  Evidence\n"} {
		next := strings.Index(got[at:], part)
		require.Positive(t, next, part)
		at += next
	}
}

func TestAFaultIsSaidToBeNobodysOfTheLearners(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"check-error", "error-and-failure", "not-checked"} {
		assert.Contains(t, show(results[name]), "This is not your code's fault", name)
	}
	assert.NotContains(t, show(results["failed"]), "fault")
	assert.NotContains(t, show(results["check-error"]), "would work on AWS")
}

func TestTextsOfSeveralLinesAreIndentedToo(t *testing.T) {
	t.Parallel()
	r := failedOf("first")
	r.Finding = &check.Finding{Got: "a panic: first line of it\n" + strings.Repeat("word ", 30) + "\nlast", Want: "an answer"}
	got := show(of(check.Failed, r))
	assert.Contains(t, got, "  Got   a panic: first line of it\n        word word")
	assert.Contains(t, got, "\n        last\n")
	for line := range strings.Lines(got) {
		assert.LessOrEqual(t, lipgloss.Width(line), width)
	}
}

func TestALessonThatIsPassedIsSaidToBeAlsoWhenAShouldFails(t *testing.T) {
	t.Parallel()
	assert.Contains(t, show(results["should-failed"]), "would work on AWS")
}

func TestConfirmationIsOnlyAboutWhatWasNotConfirmed(t *testing.T) {
	t.Parallel()
	without := func(reason string) check.LessonResult {
		return confirmed(check.LessonResult{Verdict: check.Passed}, check.Confirmation{Verdict: check.Skipped, Reason: reason})
	}
	for name, test := range map[string]struct {
		document check.Document
		says     string
	}{
		"embedded alone":    {check.NewDocument("embedded", 1, []check.LessonResult{{Verdict: check.Passed}}), "Checked on the embedded backend alone"},
		"embedded, failed":  {check.NewDocument("embedded", 1, []check.LessonResult{{Verdict: check.Failed}}), ""},
		"embedded, errored": {check.NewDocument("embedded", 1, []check.LessonResult{{Verdict: check.Errored}}), ""},
		"containers":        {check.NewDocument("containers", 1, []check.LessonResult{{Verdict: check.Passed}}), ""},
		"confirmed":         {check.NewDocument("auto", 1, []check.LessonResult{results["confirmed"]}), ""},
		"failed":            {check.NewDocument("auto", 1, []check.LessonResult{{Verdict: check.Failed}}), ""},
		"the same reason":   {check.NewDocument("auto", 1, []check.LessonResult{without("no Docker"), without("no Docker")}), "Not confirmed on DynamoDB Local and ElasticMQ: no Docker.\n"},
		"passed and failed": {check.NewDocument("auto", 1, []check.LessonResult{without("no Docker"), {Verdict: check.Failed}}), "Not confirmed on DynamoDB Local and ElasticMQ: no Docker.\n"},
	} {
		var out bytes.Buffer
		report.NewText(&out, nil).Confirmation(test.document)
		assert.True(t, strings.HasPrefix(out.String(), test.says), "%s: %s", name, &out)
		assert.Equal(t, test.says != "", out.Len() > 0, "%s: %s", name, &out)
		assert.Equal(t, min(1, out.Len()), strings.Count(out.String(), "onfirm"), "%s: %s", name, &out)
	}
}

func TestJSONIsOneDocumentAndNothingElse(t *testing.T) {
	t.Parallel()
	var all []check.LessonResult
	for _, name := range []string{"passed", "failed", "does-not-build"} {
		all = append(all, results[name])
	}
	want := check.NewDocument("embedded", 1<<63, all)
	var out bytes.Buffer
	require.NoError(t, report.JSON(&out, want))
	assert.True(t, strings.HasPrefix(out.String(), "{\n  \"schema\": \"serverless-patterns/result/v1\",\n  \"backend\": \"embedded\",\n  \"seed\": 9223372036854775808,\n"), out.String())
	assert.True(t, strings.HasSuffix(out.String(), "\n}\n"))

	decoder := json.NewDecoder(&out)
	var got check.Document
	require.NoError(t, decoder.Decode(&got))
	assert.Equal(t, want, got)
	require.ErrorIs(t, decoder.Decode(&got), io.EOF)
}

func TestJSONLeavesHTMLAsItIs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, report.JSON(&out, check.NewDocument("embedded", 1, []check.LessonResult{results["one-failed"]})))
	assert.Contains(t, out.String(), `<bad> & worse`)
	assert.NotContains(t, out.String(), `\u003c`)
}

func TestJSONSaysWhenItCannotBeWritten(t *testing.T) {
	t.Parallel()
	assert.ErrorIs(t, report.JSON(full{}, check.Document{}), errFull)
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAfterALessonIsPassed(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	text := report.NewText(&out, nil)
	text.After(3, "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n", []string{"The tea is cold.", "The tea is green."})
	assert.Equal(t, "\nThe smallest difference to the reference (make lesson-3 diff shows them all):\n\n"+
		"    --- a\n    +++ b\n    @@ -1 +1 @@\n    -old\n    +new\n"+
		"\nTwo changes that would break it. Which requirement sees them?\n  - The tea is cold.\n  - The tea is green.\n", out.String())

	out.Reset()
	text.After(3, strings.Repeat("+line\n", 40), nil)
	assert.Equal(t, "\nmake lesson-3 diff shows how the reference does it.\n", out.String())
	out.Reset()
	text.After(3, "", nil)
	assert.Empty(t, out.String())
}
