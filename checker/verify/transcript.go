package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/course/diagnosis"
	"example.com/serverless-patterns/checker/report"
)

// transcript is all that a learner reads, as it is without a terminal.
func transcript(l course.Lesson, r check.LessonResult) string {
	var out bytes.Buffer
	text := report.NewText(&out, nil)
	text.Lesson(l.Lesson, "lessons/"+l.ID)
	text.Build(r.Build)
	r.Checks = slices.Clone(r.Checks)
	for n, c := range r.Checks {
		text.Check(c)
		r.Checks[n].Measures = withoutFigures(c.Measures)
		r.Checks[n].Finding = withoutMeasured(c.Finding)
	}
	text.Summary(r)
	return diagnosis.Normalize(diagnosis.Messages(r).Replace(out.String()))
}

var figure = regexp.MustCompile(`\d[\d,]*(\.\d+)?`)

// withoutMeasured is a finding without what was measured. It is taken out before the text is wrapped: how long the
// figures are must not decide where lines end.
func withoutMeasured(f *check.Finding) *check.Finding {
	if f == nil {
		return nil
	}
	out := *f
	for _, text := range []*string{&out.Did, &out.Got, &out.Want, &out.Why, &out.Next} {
		*text = diagnosis.Measured.ReplaceAllString(*text, "≈N")
	}
	return &out
}

// withoutFigures are tables without those figures that vary.
func withoutFigures(measures []check.Measure) []check.Measure {
	measures = slices.Clone(measures)
	for n, m := range measures {
		rows := make([][]string, len(m.Rows))
		for k, row := range m.Rows {
			rows[k] = slices.Clone(row)
			for at, column := range m.Columns {
				if column.Varies {
					rows[k][at] = figure.ReplaceAllString(row[at], "N")
				}
			}
		}
		measures[n].Rows = rows
	}
	return measures
}

// transcriptProblems compares what a learner reads with what is kept.
func transcriptProblems(l course.Lesson, answer string, result check.LessonResult) []string {
	got := transcript(l, result)
	name := transcriptOf(answer)
	want, err := fs.ReadFile(l.Files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []string{fmt.Sprintf("there is no %s: `bin/checker verify --update` writes it", name)}
	case err != nil:
		return []string{err.Error()}
	case string(want) != got:
		return []string{fmt.Sprintf("a learner reads something else than %s. Read the difference; `bin/checker verify --update` keeps it.\n%s",
			name, firstDifference(string(want), got))}
	}
	return nil
}

// keepTranscript writes what a learner reads.
func keepTranscript(l course.Lesson, place course.Place, answer string, result check.LessonResult) error {
	return os.WriteFile(filepath.Join(sourceDir(l, place), filepath.FromSlash(transcriptOf(answer))), []byte(transcript(l, result)), 0o600)
}

func transcriptOf(answer string) string { return "transcripts/" + answer + ".txt" }

// orphans are transcripts of what is no longer in the bank.
func orphans(l course.Lesson, known bank.Bank) []string {
	names, err := fs.Glob(l.Files, "transcripts/*.txt")
	if err != nil {
		panic(err) // the pattern is in this file
	}
	of := map[string]bool{known.Starter.Name: true}
	for _, m := range known.Mistakes {
		of[m.Name] = true
	}
	var all []string
	for _, name := range names {
		if !of[strings.TrimSuffix(path.Base(name), ".txt")] {
			all = append(all, fmt.Sprintf("%s is of no mistake that there is: remove it", name))
		}
	}
	return all
}

func firstDifference(want, got string) string {
	wantLines, gotLines := bytes.Split([]byte(want), []byte("\n")), bytes.Split([]byte(got), []byte("\n"))
	for n, line := range gotLines {
		if n >= len(wantLines) || !bytes.Equal(line, wantLines[n]) {
			kept := "(nothing)"
			if n < len(wantLines) {
				kept = string(wantLines[n])
			}
			return fmt.Sprintf("line %d\n  kept: %s\n  now:  %s", n+1, kept, line)
		}
	}
	return "it is shorter now"
}
