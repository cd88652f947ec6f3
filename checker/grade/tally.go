package grade

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// stuck are the requirements that were not met, those of most learners first.
func stuck(records []Record) []stuckView {
	type key struct{ lesson, requirement string }
	by := map[key][]string{}
	checked := map[string]int{}
	for _, r := range records {
		l := r.Checked()
		if l == nil || r.Outcome != Passed && r.Outcome != Failed {
			continue
		}
		checked[r.Lesson]++
		for _, c := range l.Checks {
			if c.Verdict == check.Failed {
				k := key{r.Lesson, c.Requirement}
				by[k] = append(by[k], r.Learner)
			}
		}
	}
	var all []stuckView
	for k, names := range by {
		slices.Sort(names)
		all = append(all, stuckView{k.lesson, k.requirement, names, checked[k.lesson]})
	}
	slices.SortFunc(all, func(a, b stuckView) int {
		if d := len(b.Learners) - len(a.Learners); d != 0 {
			return d
		}
		return strings.Compare(a.Lesson+a.Requirement, b.Lesson+b.Requirement)
	})
	return all
}

func countOf(lesson string, records []Record) countView {
	c := countView{Lesson: lesson, Counts: make([]int, len(outcomes))}
	var seconds []float64
	for _, r := range records {
		if r.Lesson != lesson {
			continue
		}
		if n := rank(r.Outcome); n < len(c.Counts) {
			c.Counts[n]++
		}
		if l := r.Checked(); l != nil {
			seconds = append(seconds, l.Seconds)
		}
	}
	if len(seconds) > 0 {
		slices.Sort(seconds)
		c.Median, c.Longest = fmt.Sprintf("%.1f s", seconds[len(seconds)/2]), fmt.Sprintf("%.1f s", seconds[len(seconds)-1])
	}
	return c
}

// mistakes are the known ones that results look like, those of most learners first.
func mistakes(records []Record) []mistakeView {
	type key struct{ lesson, name string }
	by := map[key]*mistakeView{}
	for _, r := range records {
		l := r.Checked()
		if l == nil || l.Diagnosis == nil || r.Outcome != Failed {
			continue
		}
		k := key{r.Lesson, l.Diagnosis.Mistake}
		if by[k] == nil {
			by[k] = &mistakeView{Lesson: r.Lesson, Name: l.Diagnosis.Mistake, Explanation: l.Diagnosis.Explanation}
		}
		by[k].Learners = append(by[k].Learners, r.Learner)
	}
	var all []mistakeView
	for _, m := range by {
		slices.Sort(m.Learners)
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b mistakeView) int {
		if d := len(b.Learners) - len(a.Learners); d != 0 {
			return d
		}
		return strings.Compare(a.Lesson+a.Name, b.Lesson+b.Name)
	})
	return all
}
