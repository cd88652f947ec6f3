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
}

// stateDir is where the state of the runs of an answer is, below the answer's own directory.
const stateDir = "state"

// judge runs an answer as often as asked, and compares each run with what is declared.
func (r *run) judge(ctx context.Context, p *proof, s subject, work string) (judgement, error) {
	j := judgement{Row: Row{Lesson: p.lesson.ID, Backend: r.backend.Name, Kind: s.kind, Name: s.answer.Name}}
	if s.kind == "solution" {
		defer p.setSolved() // also when it is not built
	} else {
		<-p.solved
	}
	dir := filepath.Join(work, "lessons", p.lesson.ID)
	if err := os.RemoveAll(dir); err != nil { // the solution's, of a time before
		return j, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return j, err
	}
	if s.kind != "starter" {
		if err := os.CopyFS(dir, onlyCode{os.DirFS(filepath.Join(r.Place.Root, "solutions", p.lesson.ID))}); err != nil {
			return j, err
		}
	}
	if err := s.answer.Write(dir); err != nil {
		return j, err
	}
	err := r.runs(ctx, p, s, work, &j)
	return j, err
}

// runs runs an answer. It holds a place in building while it builds; what is built once is kept for the next run, and for
// other answers when the solution is built.
func (r *run) runs(ctx context.Context, p *proof, s subject, work string, j *judgement) error {
	options := check.Options{
		Root: r.Place.Root, Dir: filepath.Join(work, "lessons"), State: filepath.Join(work, stateDir), Open: r.backend.Open,
	}
	if s.kind != "solution" {
		options.Alike = p.state
	}
	var unfinished, wrong bool // any of the runs
	for n := range s.runs {
		r.building <- struct{}{}
		built := sync.OnceFunc(func() {
			<-r.building
			if s.kind == "solution" {
				p.setSolved()
			}
		})
		options.Seed, options.Built = r.Seed+uint64(n), func(check.BuildResult) { built() }
		result := check.Run(ctx, p.lesson.Lesson, options)
		built() // also when it did not get that far
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !r.renews() { // otherwise they are known when all answers are
			result.Diagnosis = p.book.Diagnose(result)
			j.Problems = append(j.Problems, wrongDiagnosis(result, s, n)...)
		}
		if n == 0 {
			j.Failed, j.signature, j.result = failed(result), signatureOf(result), result
			if result.Diagnosis != nil {
				j.Diagnosis = result.Diagnosis.Mistake
			}
			if r.keeps(s) && !r.Update {
				j.Problems = append(j.Problems, transcriptProblems(p.lesson, s.answer.Name, result)...)
			}
		}
		j.Problems = append(j.Problems, problems(result, s, n)...)
		unfinished = unfinished || result.Error != "" || slices.ContainsFunc(result.Checks, func(c check.Result) bool { return c.Verdict == check.Errored })
		wrong = wrong || slices.ContainsFunc(result.Checks, func(c check.Result) bool { return judgedWrongly(c, s) })
	}
	j.disturbed = unfinished && !wrong
	return nil
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
