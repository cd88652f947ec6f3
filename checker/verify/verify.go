// Package verify proves the course by its own rules:
//
//   - a reference solution, and every other right answer of the bank, passes all checks of its lesson;
//   - the starter builds, and fails exactly the checks that it is declared to fail;
//   - each mistake fails exactly its declared checks, and the finding that is read first says what the
//     mistake declares;
//   - no two mistakes of a lesson have the same signature: failed checks, and what was got;
//   - each check fails on at least one mistake, and has hints;
//   - the requirements in a lesson's README are those of its checks, word for word and in order;
//   - what a learner reads for the starter and for each mistake is the kept transcript.
//
// It runs the checks as `checker check` does. How the course is written is package course's business.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

// seed makes what a learner reads the same each time.
const seed = 1

// Options say what to prove.
type Options struct {
	Place   course.Place
	Lessons []course.Lesson
	// Backend is the name of what Open opens. Transcripts are those of the embedded one.
	Backend string
	Open    func(context.Context) (backend.Backend, error)
	// Runs is how often solutions, starters and other right answers are run; mistakes once. They must
	// agree. The first has the seed that transcripts have, the others follow it.
	Runs int
	// Pristine requires that the lessons directory holds the starters. It does for those who write
	// the course, not for those who take it.
	Pristine bool
	// Update writes transcripts and starters instead of comparing them.
	Update bool
	// Done is told each answer as it is judged, from several goroutines, one at a time. Nil is told
	// nothing.
	Done func(Row)
}

// Row is the judgement on one answer to a lesson.
type Row struct {
	Lesson   string
	Kind     string // solution, starter, mistake or right
	Name     string
	Failed   []string // ids of the checks that failed
	Problems []string // what is not as declared
}

// subject is an answer to be run.
type subject struct {
	kind   string
	answer bank.Answer
	runs   int
}

// Run proves lessons, and returns a row for each answer, and one for each lesson as a whole. The error
// is a fault of this machine.
func Run(ctx context.Context, o Options) (rows []Row, err error) {
	work, err := os.MkdirTemp("", "verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	for _, l := range o.Lessons {
		found, err := verifyLesson(ctx, l, o, filepath.Join(work, l.ID))
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func verifyLesson(ctx context.Context, l course.Lesson, o Options, work string) ([]Row, error) {
	known, err := bank.Load(l.Files)
	if err != nil {
		return nil, err
	}
	if o.Update {
		if known.Starter, err = updateStarter(l, o.Place, known.Starter); err != nil {
			return nil, err
		}
	}
	subjects := []subject{{"solution", bank.Answer{Name: "solution"}, o.Runs}, {"starter", known.Starter, o.Runs}}
	for _, a := range known.Right {
		subjects = append(subjects, subject{"right", a, o.Runs})
	}
	for _, a := range known.Mistakes {
		subjects = append(subjects, subject{"mistake", a, 1})
	}

	rows := make([]Row, len(subjects))
	signatures := make([]string, len(subjects))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.NumCPU()) // half of a run is waiting
	for n, s := range subjects {
		group.Go(func() error {
			row, signature, err := judge(ctx, l, s, o, filepath.Join(work, fmt.Sprint(n)))
			if err != nil {
				return fmt.Errorf("%s, %s %s: %w", l.ID, s.kind, s.answer.Name, err)
			}
			rows[n], signatures[n] = row, signature
			mu.Lock()
			defer mu.Unlock()
			if o.Done != nil {
				o.Done(row)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	whole := Row{Lesson: l.ID, Kind: "lesson", Name: l.ID, Problems: wholeLesson(l, o, rows, signatures, known)}
	if o.Done != nil {
		o.Done(whole)
	}
	return append(rows, whole), nil
}

// judge runs an answer as often as asked, and compares each run with what is declared.
func judge(ctx context.Context, l course.Lesson, s subject, o Options, work string) (Row, string, error) {
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
		result := check.Run(ctx, l.Lesson, check.Options{
			Root: o.Place.Root, Dir: lessons, State: filepath.Join(work, "state"), Open: o.Open, Seed: seed + uint64(n),
		})
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

// wholeLesson are the rules that concern all answers of a lesson together, and its texts.
func wholeLesson(l course.Lesson, o Options, rows []Row, signatures []string, known bank.Bank) []string {
	var all []string
	caught := map[string]bool{}
	bySignature := map[string]string{}
	for n, row := range rows {
		if row.Kind != "mistake" {
			continue
		}
		for _, id := range row.Failed {
			caught[id] = true
		}
		if other, ok := bySignature[signatures[n]]; ok {
			all = append(all, fmt.Sprintf("the mistakes %s and %s cannot be told apart: %s", other, row.Name, signatures[n]))
		}
		bySignature[signatures[n]] = row.Name
	}
	for _, c := range l.Checks {
		if !caught[c.ID] {
			all = append(all, fmt.Sprintf("no mistake fails %s", c.ID))
		}
		if len(l.Hints[c.ID]) == 0 {
			all = append(all, fmt.Sprintf("there is no hint for %s", c.ID))
		}
	}
	all = append(all, readmeProblems(l, o.Place)...)
	if o.Pristine {
		all = append(all, starterProblems(l, o.Place, known.Starter)...)
	}
	return all
}

// readmeProblems compares the task list of the README with the checks.
func readmeProblems(l course.Lesson, place course.Place) []string {
	path := filepath.Join(place.Root, "lessons", l.ID, "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		return []string{err.Error()}
	}
	var tasks, requirements []string
	for line := range strings.Lines(string(data)) {
		if task, ok := strings.CutPrefix(line, "- [ ] "); ok {
			tasks = append(tasks, strings.TrimSpace(strings.ReplaceAll(task, "`", "")))
		}
	}
	for _, c := range l.Checks {
		requirements = append(requirements, c.Requirement)
	}
	if !slices.Equal(tasks, requirements) {
		return []string{fmt.Sprintf("lessons/%s/README.md: the task list is not that of the checks.\nREADME: %q\nchecks: %q", l.ID, tasks, requirements)}
	}
	return nil
}

// onlyCode leaves out of a directory what a build has no use for.
type onlyCode struct{ fs.FS }

func (o onlyCode) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }), err
}

// starterFiles are the files that a learner edits.
func starterFiles(l course.Lesson, place course.Place) (map[string]string, error) {
	root := os.DirFS(filepath.Join(place.Root, "lessons", l.ID))
	files := map[string]string{}
	err := fs.WalkDir(onlyCode{root}, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == "README.md" {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	})
	return files, err
}

func starterProblems(l course.Lesson, place course.Place, starter bank.Answer) []string {
	files, err := starterFiles(l, place)
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	kept := starter.Files()
	for name, text := range files {
		if kept[name] != text {
			all = append(all, fmt.Sprintf("lessons/%s/%s is not what starter.txtar has: `bin/checker verify --update` takes it over", l.ID, name))
		}
		delete(kept, name)
	}
	for name := range kept {
		all = append(all, fmt.Sprintf("lessons/%s/%s is missing; starter.txtar has it", l.ID, name))
	}
	slices.Sort(all)
	return all
}

func updateStarter(l course.Lesson, place course.Place, starter bank.Answer) (bank.Answer, error) {
	files, err := starterFiles(l, place)
	if err != nil {
		return starter, err
	}
	data := bank.FormatStarter(starter, files)
	if err := os.WriteFile(filepath.Join(sourceDir(l, place), "starter.txtar"), data, 0o600); err != nil {
		return starter, err
	}
	return bank.ParseStarter(data)
}

// sourceDir is where a lesson's bank is written.
func sourceDir(l course.Lesson, place course.Place) string {
	return filepath.Join(place.Root, "checker", "course", fmt.Sprintf("lesson%02d", l.Number))
}

// ErrNotProven says that a rule is broken.
var ErrNotProven = errors.New("the course is not proven")
