package grade

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
)

// columns are the heads of a [CSV].
var columns = []string{"learner", "lesson", "outcome", "check", "requirement", "severity", "verdict", "seconds", "got", "reason", "mistake"}

// CSV writes a row for each learner, lesson and check. Where nothing was checked, every check of the lesson is skipped,
// so that all learners have as many rows.
func CSV(w io.Writer, b Book) error {
	rows := csv.NewWriter(w)
	_ = rows.Write(columns) // Error has it
	for _, r := range b.Records {
		mistake := "" // that all checks of the lesson together look like
		if l := r.Checked(); l != nil && l.Diagnosis != nil {
			mistake = l.Diagnosis.Mistake
		}
		for _, c := range r.checks() {
			got, seconds := "", ""
			if c.Finding != nil {
				got = c.Finding.Got
			}
			if c.Verdict != check.Skipped {
				seconds = fmt.Sprintf("%.3f", c.Seconds)
			}
			_ = rows.Write([]string{
				cell(r.Learner), r.Lesson, string(r.Outcome), c.ID, c.Requirement, string(c.Severity), string(c.Verdict), seconds, cell(got), cell(r.reason(c)), cell(mistake),
			})
		}
	}
	rows.Flush()
	return rows.Error()
}

// cell keeps a spreadsheet from taking a text for a formula. What learners wrote is in some.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// checks are the results of a record; those of a lesson that was not checked are skipped.
func (r Record) checks() []check.Result {
	if l := r.Checked(); l != nil && len(l.Checks) > 0 {
		return l.Checks
	}
	l, err := course.Find(r.Lesson)
	if err != nil {
		return []check.Result{{Verdict: check.Skipped}} // another course's
	}
	var all []check.Result
	for _, c := range l.Checks {
		severity := c.Severity
		if severity == "" {
			severity = check.Must
		}
		all = append(all, check.Result{ID: c.ID, Requirement: c.Requirement, Severity: severity, Verdict: check.Skipped})
	}
	return all
}

// reason says why a check has not passed, if that is not its finding.
func (r Record) reason(c check.Result) string {
	switch {
	case c.Error != "":
		return c.Error
	case c.Reason != "":
		return c.Reason
	case r.Why != "":
		return r.Why
	case r.Outcome == NotBuilt:
		return r.Checked().Build.Output
	}
	return ""
}

// JSON writes the book, indented.
func JSON(w io.Writer, b Book) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(b)
}
