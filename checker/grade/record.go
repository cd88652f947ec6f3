package grade

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// Schema names the version of [Book]'s JSON form.
const Schema = "serverless-patterns/grade/v1"

// Outcome is what came of one lesson of one submission.
type Outcome string

// The outcomes. Only what was checked to its end can have passed.
const (
	Passed   Outcome = "passed"
	Failed   Outcome = "failed"    // a requirement
	NotBuilt Outcome = "not built" // the code does not compile, or the template cannot be read
	Missing  Outcome = "missing"   // there is no such lesson in the submission
	Refused  Outcome = "refused"   // the submission is not taken, such as a zip that climbs out
	Stopped  Outcome = "stopped"   // it went over a limit, or ended its own check
	Errored  Outcome = "error"     // this machine, or the checker
)

// Record is what came of one lesson of one submission.
type Record struct {
	Learner string  `json:"learner"`
	Lesson  string  `json:"lesson"` // the directory: 01-handler
	Number  int     `json:"number"`
	Outcome Outcome `json:"outcome"`
	// Why says more of what was not checked to its end: Missing, Refused, Stopped and Errored.
	Why string `json:"why,omitempty"`
	// Left are the files that were not taken, with the reason.
	Left []string `json:"left,omitempty"`
	// Digest is of all that the record follows from: files, checker, seed and limits. "" if it is not to be kept.
	Digest string `json:"digest,omitempty"`
	// Result is the document of the check, if there was one: serverless-patterns/result/v1.
	Result *check.Document `json:"result,omitempty"`
}

// Checked is the lesson's result; nil if there is none.
func (r Record) Checked() *check.LessonResult {
	if r.Result == nil {
		return nil
	}
	for n := range r.Result.Lessons {
		if r.Result.Lessons[n].Lesson == r.Lesson {
			return &r.Result.Lessons[n]
		}
	}
	return nil
}

// outcomeOf is what a check's result comes to.
func outcomeOf(l check.LessonResult) (Outcome, string) {
	switch {
	case l.Build.Verdict == check.Failed:
		return NotBuilt, ""
	case l.Verdict == check.Passed:
		return Passed, ""
	case l.Verdict == check.Failed:
		return Failed, ""
	case l.Error != "":
		return Errored, l.Error
	}
	for _, c := range l.Checks {
		if c.Error != "" {
			return Errored, c.ID + ": " + c.Error
		}
	}
	return Errored, "it was not checked to its end"
}

// Book is all that was found: a record for each learner and lesson.
type Book struct {
	Schema string `json:"schema"`
	Seed   uint64 `json:"seed"`
	// Limits are those that were in force; nil if submissions ran without an enclosure, or elsewhere.
	Limits *enclosure.Limits `json:"limits,omitempty"`
	// Force says in words under which conditions submissions were checked.
	Force   string   `json:"force"`
	Records []Record `json:"records"`
}

// sort puts records in the order of learners, and of lessons.
func (b *Book) sort() {
	slices.SortFunc(b.Records, func(x, y Record) int {
		if c := strings.Compare(x.Learner, y.Learner); c != 0 {
			return c
		}
		return strings.Compare(x.Lesson, y.Lesson)
	})
}
