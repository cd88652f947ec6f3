package verify

import (
	"fmt"
	"slices"

	"example.com/serverless-patterns/checker/course"
)

// What the course must have at least, to be called proven.
const (
	leastMistakes   = 110 // in all lessons together
	leastSignatures = 8   // in each lesson
)

// Tally counts the mistakes of a lesson, or of the course.
type Tally struct {
	Mistakes   int
	Signatures int // the ways in which they show
	Diagnosed  int // those that are taken for themselves; nothing is said of the others
}

func tallyOf(judged []judgement) Tally {
	var t Tally
	signatures := map[string]bool{}
	for _, j := range judged {
		if j.Kind != Mistake {
			continue
		}
		t.Mistakes++
		signatures[j.signature] = true
		if j.Diagnosis == j.Name {
			t.Diagnosed++
		}
	}
	t.Signatures = len(signatures)
	return t
}

// wholeCourse tells whether these are all lessons that there are.
func wholeCourse(lessons []course.Lesson) bool {
	all := course.Lessons()
	return slices.EqualFunc(lessons, all, func(a, b course.Lesson) bool { return a.ID == b.ID })
}

// courseRow is the judgement on all lessons together.
func courseRow(backend string, rows []Row) Row {
	row := Row{Lesson: "course", Backend: backend, Kind: WholeCourse, Name: "all lessons"}
	for _, r := range rows {
		if r.Kind != WholeLesson {
			continue
		}
		row.Tally.Mistakes += r.Tally.Mistakes
		row.Tally.Signatures += r.Tally.Signatures
		row.Tally.Diagnosed += r.Tally.Diagnosed
		if r.Tally.Signatures < leastSignatures {
			row.Problems = append(row.Problems, fmt.Sprintf("%s has %d signatures, not %d", r.Lesson, r.Tally.Signatures, leastSignatures))
		}
	}
	if row.Tally.Mistakes < leastMistakes {
		row.Problems = append(row.Problems, fmt.Sprintf("the course has %d mistakes, not %d", row.Tally.Mistakes, leastMistakes))
	}
	return row
}
