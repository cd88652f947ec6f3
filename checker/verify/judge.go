package verify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course/diagnosis"
)

// judgement is what was found of an answer on a backend.
type judgement struct {
	Row
	signature string
	result    check.LessonResult // of the first run
	// disturbed is set when a run, or a check, did not get to its end, and nothing that did is otherwise than declared: what
	// is seen once is not taken back by another run.
	disturbed bool

	unfinished, wrong bool // any of the runs
}

// stateDir is where the state of the runs of an answer is, below the answer's own directory.
const stateDir = "state"

// judge runs an answer as often as asked, and compares each run with what is declared.
func (v *verification) judge(ctx context.Context, proofs []*proof, s subject, work string) ([]judgement, error) {
	p := proofs[0]
	if s.kind == Solution {
		defer p.setSolved() // also when it is not built
	} else {
		<-p.solved
	}
	dir := filepath.Join(work, "lessons", p.lesson.ID)
	if err := os.RemoveAll(dir); err != nil { // the solution's, of a time before
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if s.kind != Starter {
		if err := os.CopyFS(dir, onlyCode{os.DirFS(filepath.Join(v.Place.Root, "solutions", p.lesson.ID))}); err != nil {
			return nil, err
		}
	}
	if err := s.answer.Write(dir); err != nil {
		return nil, err
	}
	judged := make([]judgement, len(proofs))
	for k, p := range proofs {
		judged[k] = judgement{Row: Row{Lesson: p.lesson.ID, Backend: p.run.backend.Name, Kind: s.kind, Name: s.answer.Name}}
	}
	for n := range s.runs {
		for k, result := range v.once(ctx, proofs, s, work, n) {
			judged[k].take(proofs[k], s, n, result)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	for k := range judged {
		judged[k].disturbed = judged[k].unfinished && !judged[k].wrong
	}
	return judged, nil
}

// once runs an answer once on each backend. It holds a place in building while it builds; what is built once is kept for the
// next run, and for other answers when the solution is built.
func (v *verification) once(ctx context.Context, proofs []*proof, s subject, work string, n int) []check.LessonResult {
	p := proofs[0]
	options := check.Options{
		Root: v.Place.Root, Dir: filepath.Join(work, "lessons"), State: filepath.Join(work, stateDir), Open: p.run.backend.Open,
		Seed: v.Seed + uint64(n),
	}
	if s.kind != Solution {
		options.Alike = p.state
	}
	v.building <- struct{}{}
	built := sync.OnceFunc(func() {
		<-v.building
		if s.kind == Solution {
			p.setSolved()
		}
	})
	defer built() // also when it did not get that far
	options.Built = func(check.BuildResult) { built() }
	var others []check.Other
	for _, other := range proofs[1:] {
		others = append(others, check.Other{Open: other.run.backend.Open, Turn: other.run.turn})
	}
	return check.RunOn(ctx, p.lesson.Lesson, options, others...)
}

// turn waits for a place among those who are judged on the backend.
func (r *run) turn() (end func()) {
	r.places <- struct{}{}
	return func() { <-r.places }
}

// take notes what came of a run.
func (j *judgement) take(p *proof, s subject, n int, result check.LessonResult) {
	r := p.run
	if !r.renews() { // otherwise they are known when all answers are
		result.Diagnosis = p.book.Diagnose(result)
		j.Problems = append(j.Problems, wrongDiagnosis(result, s, n)...)
	}
	if n == 0 {
		j.Failed, j.signature, j.result, j.Anywhere = failed(result), signatureOf(result), result, result.Anywhere
		if result.Diagnosis != nil {
			j.Diagnosis = result.Diagnosis.Mistake
		}
		if r.keeps(s) && !r.Update {
			j.Problems = append(j.Problems, transcriptProblems(p.lesson, s.answer.Name, result)...)
		}
	}
	j.Problems = append(j.Problems, problems(result, s, n)...)
	j.unfinished = j.unfinished || result.Error != "" || slices.ContainsFunc(result.Checks, func(c check.Result) bool { return c.Verdict == check.Errored })
	j.wrong = j.wrong || slices.ContainsFunc(result.Checks, func(c check.Result) bool { return judgedWrongly(c, s) })
}

// judgedWrongly tells whether a check says of an answer what is not declared of it.
func judgedWrongly(c check.Result, s subject) bool {
	declared := slices.Contains(s.answer.Fails, c.ID)
	return c.Verdict == check.Failed && !declared || c.Verdict == check.Passed && declared
}

// problems says where a run differs from what is declared.
func problems(r check.LessonResult, s subject, n int) []string {
	var all []string
	complain := func(format string, args ...any) {
		all = append(all, fmt.Sprintf("run %d: ", n+1)+fmt.Sprintf(format, args...))
	}
	if r.Error != "" {
		complain("%s", r.Error)
		return all
	}
	if r.Build.Verdict != check.Passed {
		complain("it does not build:\n%s", r.Build.Output)
		return all
	}
	for _, c := range r.Checks {
		if c.Finding != nil && c.Finding.Hints != "" && !isCheck(r, c.Finding.Hints) {
			complain("%s sends to the hints for %s, which is no check", c.ID, c.Finding.Hints)
		}
		switch wrong := judgedWrongly(c, s); {
		case wrong && c.Verdict == check.Failed:
			complain("%s fails, and should not: %s", c.ID, c.Finding.Got)
		case wrong:
			complain("%s passes, and should fail", c.ID)
		case c.Verdict != check.Passed && c.Verdict != check.Failed:
			complain("%s did not run to its end: %s %s", c.ID, c.Verdict, c.Error)
		}
	}
	for _, id := range s.answer.Fails {
		if !isCheck(r, id) {
			complain("it declares to fail %s, which is no check", id)
		}
	}
	if first := r.FirstFailure(); first != nil && s.answer.Reads != "" && !strings.Contains(first.Finding.Got, s.answer.Reads) {
		complain("a learner does not read %q, but %q", s.answer.Reads, first.Finding.Got)
	}
	return all
}

func isCheck(r check.LessonResult, id string) bool {
	return slices.ContainsFunc(r.Checks, func(c check.Result) bool { return c.ID == id })
}

func failed(r check.LessonResult) []string {
	var ids []string
	for _, c := range r.Checks {
		if c.Verdict == check.Failed {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// signatureOf is how a mistake shows.
func signatureOf(r check.LessonResult) string {
	var s strings.Builder
	names := diagnosis.Messages(r)
	for _, c := range r.Checks {
		if c.Verdict == check.Failed {
			fmt.Fprintf(&s, "%s: %s\n", c.ID, diagnosis.Normalize(names.Replace(c.Finding.Got)))
		}
	}
	return s.String()
}
