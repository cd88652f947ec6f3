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
	"example.com/serverless-patterns/checker/course"
)

// judge runs an answer as often as asked, and compares each run with what is declared. It holds a place in
// building while it builds.
func judge(ctx context.Context, l course.Lesson, s subject, o Options, building chan struct{}, work string) (Row, string, error) {
	row := Row{Lesson: l.ID, Kind: s.kind, Name: s.answer.Name}
	lessons := filepath.Join(work, "lessons")
	dir := filepath.Join(lessons, l.ID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return row, "", err
	}
	if s.kind != "starter" {
		if err := os.CopyFS(dir, onlyCode{os.DirFS(filepath.Join(o.Place.Root, "solutions", l.ID))}); err != nil {
			return row, "", err
		}
	}
	if err := s.answer.Write(dir); err != nil {
		return row, "", err
	}
	signature := ""
	for n := range s.runs {
		building <- struct{}{}
		built := sync.OnceFunc(func() { <-building })
		result := check.Run(ctx, l.Lesson, check.Options{
			Root: o.Place.Root, Dir: lessons, State: filepath.Join(work, "state"), Open: o.Open, Seed: seed + uint64(n),
			Built: func(check.BuildResult) { built() },
		})
		built() // also when it did not get that far
		if ctx.Err() != nil {
			return row, "", context.Cause(ctx)
		}
		if n == 0 {
			row.Failed, signature = failed(result), signatureOf(result)
			row.Problems = append(row.Problems, transcriptProblems(l, s, o, result)...)
		}
		row.Problems = append(row.Problems, problems(result, s, n)...)
	}
	return row, signature, nil
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
		declared := slices.Contains(s.answer.Fails, c.ID)
		switch {
		case c.Verdict == check.Failed && !declared:
			complain("%s fails, and should not: %s", c.ID, c.Finding.Got)
		case c.Verdict == check.Passed && declared:
			complain("%s passes, and should fail", c.ID)
		case c.Verdict != check.Passed && c.Verdict != check.Failed:
			complain("%s did not run to its end: %s %s", c.ID, c.Verdict, c.Error)
		}
	}
	for _, id := range s.answer.Fails {
		if !slices.ContainsFunc(r.Checks, func(c check.Result) bool { return c.ID == id }) {
			complain("it declares to fail %s, which is no check", id)
		}
	}
	if first := r.FirstFailure(); first != nil && s.answer.Reads != "" && !strings.Contains(first.Finding.Got, s.answer.Reads) {
		complain("a learner does not read %q, but %q", s.answer.Reads, first.Finding.Got)
	}
	return all
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
	for _, c := range r.Checks {
		if c.Verdict == check.Failed {
			fmt.Fprintf(&s, "%s: %s\n", c.ID, normalize(c.Finding.Got))
		}
	}
	return s.String()
}
