package grade

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Page writes one HTML page that needs nothing else: who passed what, the first requirement that is not met, where most
// are stuck, how long it took, and what was in force.
func Page(w io.Writer, b Book) error { return page.Execute(w, view(b)) }

// pageView is what the page shows.
type pageView struct {
	Lessons  []string
	Learners []learnerView
	Stuck    []stuckView
	Mistakes []mistakeView
	Summary  []countView
	Details  []detailView
	Learned  string // all of it in a sentence
	Force    string
}

type learnerView struct {
	Name   string
	Passed int
	Cells  []cellView
}

// cellView is what came of a lesson of a learner.
type cellView struct {
	Outcome Outcome
	Mark    string // beside the colour and the word
	Rank    int    // to sort by
	First   string // requirement that is not met
	Seconds string
	Anchor  string // of the details; "" if there are none
}

type stuckView struct {
	Lesson, Requirement string
	Learners            []string
	Of                  int // learners whose code was checked
}

type mistakeView struct {
	Lesson, Name, Explanation string
	Learners                  []string
}

type countView struct {
	Lesson          string
	Counts          []int // by outcome
	Median, Longest string
}

type detailView struct {
	Anchor, Learner, Lesson string
	Outcome                 Outcome
	Why, Build              string
	Left                    []string
	Requirement             string
	Finding                 *check.Finding
	Diagnosis               *check.Diagnosis
}

// outcomes in the order in which the page has them.
var outcomes = []struct {
	outcome Outcome
	mark    string
}{{Passed, "✓"}, {Failed, "✗"}, {NotBuilt, "⚒"}, {Stopped, "■"}, {Refused, "⊘"}, {Missing, "–"}, {Errored, "!"}}

func rank(o Outcome) int {
	for n, each := range outcomes {
		if each.outcome == o {
			return n
		}
	}
	return len(outcomes)
}

// Outcomes are for the heads of the page's table.
func (pageView) Outcomes() []Outcome {
	var all []Outcome
	for _, each := range outcomes {
		all = append(all, each.outcome)
	}
	return all
}

func view(b Book) pageView {
	v := pageView{Force: b.Force}
	lessons := map[string]bool{}
	learners := map[string]map[string]Record{}
	for _, r := range b.Records {
		lessons[r.Lesson] = true
		if learners[r.Learner] == nil {
			learners[r.Learner] = map[string]Record{}
		}
		learners[r.Learner][r.Lesson] = r
	}
	v.Lessons = slices.Sorted(maps.Keys(lessons))
	for _, name := range slices.Sorted(maps.Keys(learners)) {
		l := learnerView{Name: name}
		for _, lesson := range v.Lessons {
			r, ok := learners[name][lesson]
			if !ok {
				r = Record{Learner: name, Lesson: lesson, Outcome: Missing, Why: "there is no result"}
			}
			if r.Outcome == Passed {
				l.Passed++
			}
			c := cellOf(r)
			if c.Outcome != Passed && ok {
				c.Anchor = fmt.Sprintf("d%d", len(v.Details)+1)
				v.Details = append(v.Details, detailOf(r, c.Anchor))
			}
			l.Cells = append(l.Cells, c)
		}
		v.Learners = append(v.Learners, l)
	}
	for _, lesson := range v.Lessons {
		v.Summary = append(v.Summary, countOf(lesson, b.Records))
	}
	v.Stuck, v.Mistakes = stuck(b.Records), mistakes(b.Records)
	passed := 0
	for _, l := range v.Learners {
		passed += l.Passed
	}
	v.Learned = fmt.Sprintf("%s, %s: %d of %d passed.", many(len(v.Learners), "learner"), many(len(v.Lessons), "lesson"), passed, len(v.Learners)*len(v.Lessons))
	return v
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func cellOf(r Record) cellView {
	c := cellView{Outcome: r.Outcome, Rank: rank(r.Outcome), Mark: "?"}
	if c.Rank < len(outcomes) {
		c.Mark = outcomes[c.Rank].mark
	}
	if l := r.Checked(); l != nil {
		c.Seconds = fmt.Sprintf("%.1f s", l.Seconds)
		if f := l.FirstFailure(); f != nil && r.Outcome == Failed {
			c.First = f.Requirement
		}
	}
	return c
}

func detailOf(r Record, anchor string) detailView {
	d := detailView{Anchor: anchor, Learner: r.Learner, Lesson: r.Lesson, Outcome: r.Outcome, Why: r.Why, Left: r.Left}
	l := r.Checked()
	if l == nil {
		return d
	}
	if r.Outcome == NotBuilt {
		d.Build = strings.TrimSpace(l.Build.Output)
	}
	if f := l.FirstFailure(); f != nil {
		d.Requirement, d.Finding, d.Diagnosis = f.Requirement, f.Finding, l.Diagnosis
	}
	return d
}
