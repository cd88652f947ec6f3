package verify

import "fmt"

// wholeLesson are the rules that concern all answers of a lesson together, and the lesson's texts.
func (r *run) wholeLesson(p *proof) Row {
	problems := r.wholeProblems(p) // an update finds out here what mistakes look like
	return Row{Lesson: p.lesson.ID, Backend: r.backend.Name, Kind: WholeLesson, Name: p.lesson.ID, Problems: problems, Tally: tallyOf(p.judged)}
}

func (r *run) wholeProblems(p *proof) []string {
	var all []string
	caught := map[string]bool{}
	bySignature := map[string]string{}
	for _, j := range p.judged {
		if j.Kind != Mistake {
			continue
		}
		for _, id := range j.Failed {
			caught[id] = true
		}
		if other, ok := bySignature[j.signature]; ok {
			all = append(all, fmt.Sprintf("the mistakes %s and %s cannot be told apart: %s", other, j.Name, j.signature))
		}
		bySignature[j.signature] = j.Name
	}
	all = append(all, r.signProblems(p)...)
	l := p.lesson
	for _, c := range l.Checks {
		if !caught[c.ID] {
			all = append(all, fmt.Sprintf("no mistake fails %s", c.ID))
		}
	}
	if !r.first {
		return all
	}
	solution, err := solutionFiles(l, r.Place)
	if err != nil {
		all = append(all, err.Error())
	}
	all = append(all, hintProblems(l, p.known.Starter.Files(), solution)...)
	all = append(all, readmeProblems(l, r.Place)...)
	all = append(all, orphans(l, p.known)...)
	if r.Pristine {
		all = append(all, starterProblems(l, r.Place, p.known.Starter)...)
	}
	return all
}
