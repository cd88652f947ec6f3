package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/course"
)

// Matrix shows which mistake of a lesson fails which checks on a backend, a line for each, and how many there are. The
// checks are columns, by their number in the lesson, and a mistake that is taken for itself has a mark behind it.
func Matrix(l course.Lesson, backend string, rows []Row) string {
	var mistakes []Row
	var tally Tally
	for _, r := range rows {
		switch {
		case r.Lesson != l.ID || r.Backend != backend:
		case r.Kind == Mistake:
			mistakes = append(mistakes, r)
		case r.Kind == WholeLesson:
			tally = r.Tally
		}
	}
	slices.SortFunc(mistakes, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	width := 0
	for _, m := range mistakes {
		width = max(width, len(m.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Lesson %d on %s: which mistake fails which checks\n\n", l.Number, backend)
	for n, c := range l.Checks {
		fmt.Fprintf(&b, "  %2d  %s\n", n+1, c.ID)
	}
	fmt.Fprintf(&b, "\n  %-*s", width, "")
	for n := range l.Checks {
		fmt.Fprintf(&b, " %2d", n+1)
	}
	b.WriteString("\n")
	for _, m := range mistakes {
		fmt.Fprintf(&b, "  %-*s", width, m.Name)
		for _, c := range l.Checks {
			mark := "·"
			if slices.Contains(m.Failed, c.ID) {
				mark = "✗"
			}
			fmt.Fprintf(&b, "  %s", mark)
		}
		if m.Diagnosis == m.Name {
			b.WriteString("  =")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%s\n", tally)
	return b.String()
}

func (t Tally) String() string {
	return fmt.Sprintf("%d mistakes, with %d signatures; %d are taken for themselves (=), and nothing is said of the others.",
		t.Mistakes, t.Signatures, t.Diagnosed)
}
