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
	return normalize(messages(r).Replace(out.String()))
}

// messages gives the messages of queues, whose ids differ from run to run, names that do not.
func messages(r check.LessonResult) *strings.Replacer {
	var pairs []string
	for _, c := range r.Checks {
		if c.Finding == nil {
			continue
		}
		for _, timeline := range c.Finding.Timelines {
			for n, m := range timeline.Messages {
				pairs = append(pairs, m.ID, fmt.Sprintf("MESSAGE-%d", n+1))
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// variable is what differs from run to run, or from machine to machine, in what a learner reads.
var variable = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`-[A-Z2-7]{13}\b`), "-XXXXXXXXXXXXX"},
	{regexp.MustCompile(`-[A-Z2-7]{1,12}…`), "-X…"},                                       // the same, cut                             // the end of a physical name
	{regexp.MustCompile(`(bucket)-[a-z2-7]{12}\b`), "${1}-xxxxxxxxxxxx"},                  // the end of a bucket's name
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|[+-]\d\d:\d\d)`), "TIME"}, // slog's
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`), "TIME"},                        // package log's
	{regexp.MustCompile(`RequestID: [0-9A-Za-z-]{36,}`), "RequestID: …"},                  // the backend's
	{regexp.MustCompile(`\b[a-z0-9]{10}\.execute-api\b`), "XXXXXXXXXX.execute-api"},       // the id of an API
	{regexp.MustCompile(`\b[A-Z2-7]{26}\b`), "XXXXXXXXXXXXXXXXXXXXXXXXXX"},                // rand.Text
	{regexp.MustCompile(`\bcmVjZWlwdC[A-Za-z0-9+/=]*…?`), "HANDLE"},                       // the receipt handle of a message
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`0x[0-9a-f]+\??`), "0x…"},
	{regexp.MustCompile(`goroutine \d+`), "goroutine N"},
	{regexp.MustCompile(`Init Duration: [\d.]+ ms`), "Init Duration: N ms"},
	{regexp.MustCompile(`met, in \d+\.\d s\b`), "met, in N s"},
	{measured, "≈N"},
}

var (
	figure   = regexp.MustCompile(`\d[\d,]*(\.\d+)?`)
	measured = regexp.MustCompile(`≈` + figure.String())
)

// withoutMeasured is a finding without what was measured. It is taken out before the text is wrapped: how long the
// figures are must not decide where lines end.
func withoutMeasured(f *check.Finding) *check.Finding {
	if f == nil {
		return nil
	}
	out := *f
	for _, text := range []*string{&out.Did, &out.Got, &out.Want, &out.Why, &out.Next} {
		*text = measured.ReplaceAllString(*text, "≈N")
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

func normalize(text string) string {
	for _, v := range variable {
		text = v.pattern.ReplaceAllString(text, v.replacement)
	}
	return text
}

// transcriptProblems compares what a learner reads with what is kept, or keeps it.
func (r *run) transcriptProblems(l course.Lesson, s subject, result check.LessonResult) []string {
	if r.backend.Name != embeddedBackend || s.kind != "starter" && s.kind != "mistake" {
		return nil
	}
	got := transcript(l, result)
	name := "transcripts/" + s.answer.Name + ".txt"
	if r.Update {
		if err := os.WriteFile(filepath.Join(sourceDir(l, r.Place), filepath.FromSlash(name)), []byte(got), 0o600); err != nil {
			return []string{err.Error()}
		}
		return nil
	}
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
