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
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

// seed makes what a learner reads the same each time.
const seed = 1

// atOnce is how many answers are judged side by side for each CPU. Nearly all of a run is waiting for
// deadlines and for tries of the SDK; what computes is above all the build, and of those one runs on each
// CPU.
const atOnce = 4

// embeddedBackend is the name of the one that is as quick with many callers as with one. Emulators in containers
// are not: with them, one answer for each CPU is enough.
const embeddedBackend = "embedded"

func (o Options) atOnce() int {
	if o.Backend == embeddedBackend {
		return atOnce * runtime.NumCPU()
	}
	return runtime.NumCPU()
}

// Options say what to prove.
type Options struct {
	Place   course.Place
	Lessons []course.Lesson
	// Backend is the name of what Open opens. Transcripts are those of the embedded one.
	Backend string
	Open    backend.Opener
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
		return nil, fmt.Errorf("there is no place for temporary files, which TMPDIR may name: %w", err)
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
	group.SetLimit(o.atOnce())
	building := make(chan struct{}, runtime.NumCPU())
	for n, s := range subjects {
		group.Go(func() error {
			row, signature, err := judge(ctx, l, s, o, building, filepath.Join(work, fmt.Sprint(n)))
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
	all = append(all, orphans(l, known)...)
	if o.Pristine {
		all = append(all, starterProblems(l, o.Place, known.Starter)...)
	}
	return all
}
