package verify

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/diagnosis"
)

// ofRecord tells whether a run is like those that are kept.
func (r *run) ofRecord() bool { return r.backend.Name == embeddedBackend && r.Seed == Seed }

// keeps tells whether what a run finds of an answer is kept: what is kept is of the embedded backend, and of one seed.
func (r *run) keeps(s subject) bool {
	return r.ofRecord() && (s.kind == Starter || s.kind == Mistake)
}

// renews tells whether the run finds out what mistakes look like, instead of knowing it.
func (r *run) renews() bool { return r.Update && r.ofRecord() }

// signsOf are those that a lesson keeps. What an update has kept is not in l.Files yet.
func (r *run) signsOf(l course.Lesson) (diagnosis.Signs, error) {
	if r.Update {
		return diagnosis.Read(os.DirFS(sourceDir(l, r.Place)))
	}
	return diagnosis.Read(l.Files)
}

// wrongDiagnosis says when an answer is taken for what it is not.
func wrongDiagnosis(r check.LessonResult, s subject, n int) []string {
	if r.Diagnosis == nil || s.kind == Mistake && r.Diagnosis.Mistake == s.answer.Name {
		return nil
	}
	return []string{fmt.Sprintf("run %d: it is taken for the mistake %s", n+1, r.Diagnosis.Mistake)}
}

// signProblems compares what mistakes look like with what is kept of it, or keeps it, and what a learner reads then.
func (r *run) signProblems(p *proof) []string {
	if !r.ofRecord() {
		return nil
	}
	var all []string
	for _, m := range p.known.Mistakes {
		if m.OnAWS == "" {
			all = append(all, fmt.Sprintf("mistakes/%s.txt does not say what comes of it on AWS", m.Name))
		}
	}
	kept, now := p.signs, diagnosis.Signs{}
	for n, j := range p.judged {
		if !r.keeps(p.subjects[n]) {
			continue
		}
		if sign, ok := diagnosis.SignOf(j.result); ok {
			now[j.Name] = sign
		} else if sign, ok := kept[j.Name]; ok {
			now[j.Name] = sign // a run that did not get to its end says nothing, and is a problem by itself
		}
	}
	if r.Update {
		if err := r.keep(p, now); err != nil {
			all = append(all, err.Error())
		}
		return all
	}
	names := maps.Clone(kept)
	maps.Copy(names, now)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !kept[name].Equal(now[name]) {
			all = append(all, fmt.Sprintf("%s does not look as %s says: %q now. `bin/checker verify --update` keeps it", name, diagnosis.File, now[name]))
		}
	}
	return all
}

// keep writes what mistakes look like, and what a learner reads of each. What did not run to its end leaves as it was what is kept of it.
func (r *run) keep(p *proof, now diagnosis.Signs) error {
	if err := os.WriteFile(filepath.Join(sourceDir(p.lesson, r.Place), diagnosis.File), now.Format(), 0o600); err != nil {
		return err
	}
	book := diagnosis.NewBook(now, p.known.Mistakes)
	for n := range p.judged {
		j := &p.judged[n]
		if _, ok := diagnosis.SignOf(j.result); !ok || !r.keeps(p.subjects[n]) {
			continue
		}
		if j.result.Diagnosis = book.Diagnose(j.result); j.result.Diagnosis != nil {
			j.Diagnosis = j.result.Diagnosis.Mistake
			p.rows[slices.IndexFunc(p.rows, func(row Row) bool { return row.Kind == j.Kind && row.Name == j.Name })].Diagnosis = j.Diagnosis
		}
		if err := keepTranscript(p.lesson, r.Place, j.Name, j.result); err != nil {
			return err
		}
	}
	return nil
}
