package desk

import (
	"cmp"
	"slices"

	"example.com/serverless-patterns/checker/course/bank"
)

// After is what a learner may read once a lesson is passed.
type After struct {
	Difference string   // the smallest one from the reference, as a unified diff; "" if there is none
	Breaks     []string // two changes, in a sentence each, that would break what is passed now
}

// After compares the learner's files with the reference, and looks for mistakes that few checks catch: they are the
// easiest to make unseen.
func (d *Desk) After() (After, error) {
	difference, err := d.Smallest()
	if err != nil {
		return After{}, err
	}
	known, err := bank.Load(d.lesson.Files)
	if err != nil {
		return After{}, err
	}
	after := After{Difference: difference}
	mistakes := slices.Clone(known.Mistakes)
	slices.SortStableFunc(mistakes, func(a, b bank.Answer) int { return cmp.Compare(len(a.Fails), len(b.Fails)) })
	caught := map[string]bool{}
	for _, m := range mistakes {
		if len(after.Breaks) < 2 && !caught[m.Fails[0]] {
			after.Breaks = append(after.Breaks, m.What)
			caught[m.Fails[0]] = true
		}
	}
	return after, nil
}
