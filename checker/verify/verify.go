// Package verify proves the course by its own rules:
//
//   - a reference solution, and every other right answer of the bank, passes all checks of its lesson;
//   - the starter builds, and fails exactly the checks that it is declared to fail;
//   - each mistake fails exactly its declared checks, and the finding that is read first says what the
//     mistake declares;
//   - no two mistakes of a lesson have the same signature: failed checks, and what was got;
//   - each check fails on at least one mistake, and has hints in four steps, which are short, name only what is
//     there, and do not give the solution away;
//   - the requirements in a lesson's README are those of its checks, word for word and in order;
//   - there are at least eight signatures a lesson, and 110 mistakes in the course as a whole;
//   - what a learner reads for the starter and for each mistake is the kept transcript;
//   - an answer without tables and queues has nothing in any backend, and is judged once for all of them;
//   - a mistake that can be told from all others is taken for itself or, where words differ between backends and
//     seeds, for nothing; the starter and right answers are never taken for a mistake, and each mistake says what
//     comes of it on AWS.
//
// It runs the checks as `checker check` does. How the course is written is package course's business.
package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
	"example.com/serverless-patterns/checker/course/diagnosis"
)

// Seed is the one of what is kept: it makes what a learner reads the same each time.
const Seed = 1

// How many answers are judged side by side for each CPU. Nearly all of a run is waiting for deadlines and for tries
// of the SDK; what computes is above all the build, and of those one runs on each CPU. The embedded backend is as
// quick with many callers as with one, and emulators in containers are not.
const (
	atOnce             = 4
	atOnceOnContainers = 2
)

// embeddedBackend is the name of the one that is no container.
const embeddedBackend = "embedded"

// Backend is one on which answers are judged. Transcripts are those of the embedded one.
type Backend struct {
	Name string
	Open backend.Opener
}

func (b Backend) atOnce() int {
	if b.Name == embeddedBackend {
		return atOnce * runtime.NumCPU()
	}
	return atOnceOnContainers * runtime.NumCPU()
}

// Options say what to prove.
type Options struct {
	Place   course.Place
	Lessons []course.Lesson
	// Backends are those on which each answer is judged.
	Backends []Backend
	// Runs is how often solutions, starters and other right answers are run; mistakes once. They must
	// agree. The first has the seed that is named here, the others follow it.
	Runs int
	// Seed is that of the first run. Transcripts and signs are of [Seed], and with another they are not looked at. It is
	// [Seed] if it is 0.
	Seed uint64
	// Pristine requires that the lessons directory holds the starters. It does for those who write
	// the course, not for those who take it.
	Pristine bool
	// Update writes transcripts and starters instead of comparing them.
	Update bool
	// Done is told each answer as it is judged, from several goroutines, one at a time. Nil is told
	// nothing.
	Done func(Row)
}

// The kinds of rows: of an answer, of a lesson as a whole, or of the course.
const (
	Solution    = "solution"
	Starter     = "starter"
	Mistake     = "mistake"
	Right       = "right"
	WholeLesson = "lesson"
	WholeCourse = "course"
)

// Row is the judgement on one answer to a lesson, on a lesson, or on the course.
type Row struct {
	Lesson   string
	Backend  string
	Kind     string // one of those above
	Name     string
	Failed   []string // ids of the checks that failed
	Problems []string // what is not as declared
	// Anywhere is set if this backend was not asked, since nothing of the answer is in any: it is judged on the first.
	Anywhere bool
	// Diagnosis is the mistake that the first run is taken for; "" for none.
	Diagnosis string
	Tally     Tally // of a lesson as a whole, and of the course
}

// subject is an answer to be run.
type subject struct {
	kind   string
	answer bank.Answer
	runs   int
}

// Run proves lessons, and returns a row for each answer on each backend, one for each lesson as a whole, and one for the
// course if it is all of its lessons. The error is a fault of this machine.
func Run(ctx context.Context, o Options) (rows []Row, err error) {
	work, err := os.MkdirTemp("", "verify-")
	if err != nil {
		return nil, fmt.Errorf("there is no place for temporary files, which TMPDIR may name: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	o.Seed = cmp.Or(o.Seed, Seed)
	v := &verification{Options: o, building: make(chan struct{}, runtime.NumCPU())}
	for n, b := range o.Backends {
		v.runs = append(v.runs, &run{verification: v, backend: b, first: n == 0, places: make(chan struct{}, b.atOnce())})
	}
	if err := v.all(ctx, work); err != nil {
		return nil, err
	}
	for _, r := range v.runs {
		var found []Row
		for _, p := range r.proofs {
			found = append(found, p.rows...)
		}
		if wholeCourse(o.Lessons) {
			row := courseRow(r.backend.Name, found)
			found = append(found, row)
			if o.Done != nil {
				o.Done(row)
			}
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

// verification is what all backends have in common: an answer is built once.
type verification struct {
	Options
	runs     []*run
	building chan struct{} // holds those that build

	mu sync.Mutex // of the proofs
}

// all proves all lessons, side by side.
func (v *verification) all(ctx context.Context, work string) error {
	group, together := errgroup.WithContext(ctx)
	limit := 0
	for _, r := range v.runs {
		limit += r.backend.atOnce() // of those on all but the first, some wait for their turn
	}
	group.SetLimit(limit)
	directory := func(l course.Lesson, at int) string { return filepath.Join(work, l.ID, fmt.Sprint(at)) }
	var all []task
	for _, l := range v.Lessons {
		b := newBeginning(filepath.Join(directory(l, 0), stateDir))
		var proofs []*proof
		for _, r := range v.runs {
			p, err := r.open(l, b)
			if err != nil {
				return err
			}
			proofs = append(proofs, p)
		}
		for at := range proofs[0].subjects {
			all = append(all, task{proofs, at})
		}
	}
	// The lessons keep pace: where checks measure, one after the other, all of its answers at once would wait.
	slices.SortStableFunc(all, func(a, b task) int { return cmp.Compare(a.part(), b.part()) })
	for _, t := range all {
		group.Go(func() error { return v.answer(together, t.proofs, t.at, directory(t.proofs[0].lesson, t.at), true) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, r := range v.runs {
		for _, p := range r.proofs {
			for _, at := range p.disturbed {
				if err := v.answer(ctx, []*proof{p}, at, directory(p.lesson, at), false); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// task is an answer that is to be judged on all backends.
type task struct {
	proofs []*proof // of its lesson, one for each backend
	at     int      // among the subjects
}

// part is which part of the lesson's answers come before it.
func (t task) part() float64 { return float64(t.at) / float64(len(t.proofs[0].subjects)) }

// run is a proof of lessons on a backend.
type run struct {
	*verification
	backend Backend
	first   bool // of the backends: what does not depend on one is looked at once
	proofs  []*proof
	places  chan struct{} // holds those that are judged, if it is not the first
}

// beginning is what answers to a lesson begin with: the solution's binaries.
type beginning struct {
	state string // where they are
	// solved is closed, by setSolved, when the solution has been built.
	solved    chan struct{}
	setSolved func()
}

func newBeginning(state string) *beginning {
	solved := make(chan struct{})
	return &beginning{state: state, solved: solved, setSolved: sync.OnceFunc(func() { close(solved) })}
}

// proof is a lesson on a backend, with what has been found so far.
type proof struct {
	*beginning
	run       *run
	lesson    course.Lesson
	known     bank.Bank
	signs     diagnosis.Signs // that are kept
	book      diagnosis.Book  // of them
	subjects  []subject       // the solution comes first
	left      int             // subjects that are not judged yet
	disturbed []int           // those which are judged once more when the machine has nothing else to do
	rows      []Row
	judged    []judgement // of each subject
}

// open reads a lesson's bank.
func (r *run) open(l course.Lesson, b *beginning) (*proof, error) {
	known, err := bank.Load(l.Files)
	if err != nil {
		return nil, err
	}
	if r.Update {
		if known.Starter, err = updateStarter(l, r.Place, known.Starter); err != nil {
			return nil, err
		}
	}
	signs, err := r.signsOf(l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.ID, err)
	}
	subjects := []subject{{Solution, bank.Answer{Name: "solution"}, r.Runs}, {Starter, known.Starter, r.Runs}}
	for _, a := range known.Right {
		subjects = append(subjects, subject{Right, a, r.Runs})
	}
	for _, a := range known.Mistakes {
		subjects = append(subjects, subject{Mistake, a, 1})
	}
	p := &proof{
		beginning: b, run: r, lesson: l, known: known, signs: signs, book: diagnosis.NewBook(signs, known.Mistakes),
		subjects: subjects, left: len(subjects), judged: make([]judgement, len(subjects)),
	}
	r.proofs = append(r.proofs, p)
	return p, nil
}

// answer judges one answer on the backends of the proofs, and with the last one its lesson as a whole. Beside others, it may
// be that the machine has too much to do for a judgement; then the answer is noted as disturbed.
func (v *verification) answer(ctx context.Context, proofs []*proof, at int, work string, besideOthers bool) error {
	s, l := proofs[0].subjects[at], proofs[0].lesson
	judged, err := v.judge(ctx, proofs, s, work)
	if s.kind != Solution { // others begin with it
		err = errors.Join(err, os.RemoveAll(work))
	}
	if err != nil {
		return fmt.Errorf("%s, %s %s: %w", l.ID, s.kind, s.answer.Name, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for n, p := range proofs {
		if judged[n].disturbed && besideOthers {
			p.disturbed = append(p.disturbed, at)
			continue
		}
		p.judged[at] = judged[n]
		v.tell(p, judged[n].Row)
		if p.left--; p.left == 0 {
			v.tell(p, p.run.wholeLesson(p))
		}
	}
	return nil
}

func (v *verification) tell(p *proof, row Row) {
	p.rows = append(p.rows, row)
	if v.Done != nil {
		v.Done(row)
	}
}
