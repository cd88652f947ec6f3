package check

import (
	"math"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
)

// Schema names the version of [Document]'s JSON form.
const Schema = "serverless-patterns/result/v1"

// Verdict is how something ended. Only what ran to its end can have passed.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"  // by the learner's code
	Errored Verdict = "error"   // by a fault of this machine or of the checker
	Skipped Verdict = "skipped" // not run
)

// Document is the result of a run, as `--format json` prints it.
type Document struct {
	Schema  string         `json:"schema"`
	Backend string         `json:"backend"`
	Seed    uint64         `json:"seed"`
	Verdict Verdict        `json:"verdict"`
	Lessons []LessonResult `json:"lessons"`
}

// LessonResult is the result of one lesson. An Error is a fault that kept the lesson from being
// checked. Of a lesson that was looked at twice, Checks are the last word.
type LessonResult struct {
	Lesson  string      `json:"lesson"`
	Number  int         `json:"number"`
	Verdict Verdict     `json:"verdict"`
	Seconds float64     `json:"seconds"`
	Error   string      `json:"error,omitempty"`
	Build   BuildResult `json:"build"`
	Checks  []Result    `json:"checks"`

	Confirmation *Confirmation `json:"confirmation,omitempty"`
	// Anywhere is set on a result of [RunOn] for another backend that was not asked: nothing of the template is in any, so
	// that what came of it on the first holds for all.
	Anywhere bool `json:"-"`
	// Diagnosis is nil unless the lesson failed as a known mistake fails.
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
}

// Diagnosis is what a result looks like. It is a guess by behaviour, and changes no verdict.
type Diagnosis struct {
	Mistake     string `json:"mistake"`     // its name in the lesson's bank
	Explanation string `json:"explanation"` // what the code probably does, and what comes of it on AWS
}

// BuildResult says whether the template could be read and the functions compiled. Output is what the
// compiler printed, or, if Template is set, what is wrong with the template, so that nothing was compiled.
type BuildResult struct {
	Verdict  Verdict `json:"verdict"`
	Seconds  float64 `json:"seconds"`
	Output   string  `json:"output"`
	Template bool    `json:"template,omitempty"`
}

// Result is the result of one check. A failed one has a Finding, an errored one an Error, and one that was
// skipped because it could not be met a Reason.
type Result struct {
	ID          string   `json:"id"`
	Requirement string   `json:"requirement"`
	Severity    Severity `json:"severity"`
	Verdict     Verdict  `json:"verdict"`
	Seconds     float64  `json:"seconds"`
	Error       string   `json:"error,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Finding     *Finding `json:"finding,omitempty"`
	// Measures are the tables of what was measured, whatever the verdict.
	Measures []Measure `json:"measures,omitempty"`
}

// Finding is why a check failed, in the order in which a learner reads it.
type Finding struct {
	Did  string `json:"did"`  // what was sent
	Got  string `json:"got"`  // what came back
	Want string `json:"want"` // what was wanted instead
	Why  string `json:"why"`  // what it means on AWS
	Next string `json:"next"` // the next step
	// Hints are the id of the check whose hints lead there, if it is not the one that failed.
	Hints string `json:"hints,omitempty"`
	// Evidence are calls and log lines, shortest first.
	Evidence []string `json:"evidence"`
	// Timelines are what happened to each message, if queues are concerned: as data what is drawn in Evidence.
	Timelines []eventsource.Timeline `json:"timelines,omitempty"`
}

// HintsFor is the id of the check whose hints help with a result that failed.
func (r *Result) HintsFor() string {
	if r.Finding != nil && r.Finding.Hints != "" {
		return r.Finding.Hints
	}
	return r.ID
}

// FirstFailure is the finding to read first: of a must if there is one. It is nil when nothing failed.
func (l LessonResult) FirstFailure() *Result {
	var first *Result
	for n := range l.Checks {
		r := &l.Checks[n]
		if r.Verdict != Failed {
			continue
		}
		if r.Severity == Must {
			return r
		}
		if first == nil {
			first = r
		}
	}
	return first
}

// verdict follows from the checks: a must that failed, or that cannot be met, decides, then a fault.
func (l LessonResult) verdict() Verdict {
	verdict := Skipped
	for _, r := range l.Checks {
		switch {
		case r.Severity == Must && (r.Verdict == Failed || r.Verdict == Skipped && r.Reason != ""):
			return Failed
		case r.Verdict == Errored:
			verdict = Errored
		case verdict == Skipped && (r.Verdict == Passed || r.Verdict == Failed):
			verdict = Passed
		}
	}
	return verdict
}

// NewDocument puts the results of lessons together. The worst verdict is the document's.
func NewDocument(backend string, seed uint64, lessons []LessonResult) Document {
	d := Document{Schema: Schema, Backend: backend, Seed: seed, Verdict: Skipped, Lessons: lessons}
	rank := map[Verdict]int{Skipped: 0, Passed: 1, Failed: 2, Errored: 3}
	for _, l := range lessons {
		if rank[l.Verdict] > rank[d.Verdict] {
			d.Verdict = l.Verdict
		}
	}
	return d
}

// seconds rounds to milliseconds, which is all that a reader can use.
func seconds(d time.Duration) float64 {
	return math.Round(d.Seconds()*1000) / 1000
}
