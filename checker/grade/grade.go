package grade

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/grade/handin"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// backendName is where graded functions' data is: containers cannot be reached from an enclosure.
const backendName = "embedded"

// Options say what to grade, and how.
type Options struct {
	Place   course.Place
	Lessons []course.Lesson
	// Folder has the submissions; see [handin.Find].
	Folder string
	// Records is where records are kept, and found again by the next run.
	Records string
	// Program and Worker are how this program is started to call [Work], and Environ with what.
	Program string
	Worker  []string
	Environ []string
	Seed    uint64
	// Only is the id of the one check to run; "" runs all.
	Only   string
	Limits enclosure.Limits
	// Unsafe does without enclosures and their limits.
	Unsafe bool
	// AtOnce is how many jobs are under way side by side. Whatever it is, no more build than there are CPUs.
	AtOnce int
	// SkipWaits leaves out the checks that order waits, to measure what the rest costs. What is left is no verdict.
	SkipWaits bool
	// Slow is told when what lessons have in common takes long to compile. Nil is told nothing.
	Slow func()
	// Others is told the names of the files in Folder that are nobody's submission, if there are any.
	Others func(names []string)
	// Done is told each record as it is known, one at a time, and whether it was kept from an earlier run.
	Done func(r Record, kept bool)
}

// workDir is where jobs have their files, in Records. No learner has such a name.
const workDir = ".work"

// grading is a run under way.
type grading struct {
	Options
	digest string // of all that is the same for all records
	floor  *floor
	warm   func() error // once, before the first job

	mu   sync.Mutex
	book Book
}

// Run grades every submission in the folder and returns what it has found. The error is of what concerns them all: a
// folder that cannot be read, a machine without enclosures (enclosure.ErrUnavailable) or without the lessons' modules, or
// the context's. What was known by then is kept in Records.
func Run(ctx context.Context, o Options) (Book, error) {
	g := &grading{Options: o, book: Book{Schema: Schema, Seed: o.Seed}, floor: newFloor(o.AtOnce)}
	if err := os.MkdirAll(o.Records, 0o755); err != nil {
		return g.book, fmt.Errorf("cannot keep records: %w", err)
	}
	dir, err := check.NewWorkdir(filepath.Join(o.Records, workDir))
	if err != nil {
		return g.book, err
	}
	defer func() { _ = dir.Remove() }() // what stays, the next run removes
	work := dir.Path
	if err := g.conditions(ctx, work); err != nil {
		return g.book, err
	}
	g.warm = sync.OnceValue(func() error { return g.compileShared(ctx, work) })
	own, err := ownSettings(ctx, g.Environ)
	if err != nil {
		return g.book, err
	}
	g.Environ = slices.Concat(g.Environ, own)
	if g.digest, err = g.common(); err != nil {
		return g.book, err
	}
	submissions, others, err := handin.Find(o.Folder)
	if err != nil {
		return g.book, err
	}
	defer func() { _ = handin.Close(submissions) }() // they were only read
	if len(others) > 0 && o.Others != nil {
		o.Others(others)
	}
	var group errgroup.Group
	group.SetLimit(max(1, o.AtOnce))
	// Lesson by lesson: those that have checks which measure keep others waiting the least.
	for _, l := range o.Lessons {
		for n, s := range submissions {
			group.Go(func() error {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return g.one(ctx, s, l, filepath.Join(work, fmt.Sprintf("%d-%s", n, l.ID)))
			})
		}
	}
	err = group.Wait()
	g.book.sort()
	return g.book, err
}

// conditions tries an enclosure, and says what is in force.
func (g *grading) conditions(ctx context.Context, work string) error {
	if g.Unsafe {
		g.book.Force = "without an enclosure: submissions could reach this machine's network and use all of it"
		return nil
	}
	_, disk, err := workplace(filepath.Join(work, "trial"), "")
	if err != nil {
		return err
	}
	r, err := g.submit(ctx, Job{Disk: disk, Limits: &g.Limits})
	switch {
	case err != nil && ctx.Err() == nil:
		return fmt.Errorf("%w: %w", enclosure.ErrUnavailable, err)
	case err != nil:
		return err
	case r.Error != "":
		return fmt.Errorf("%w: %s", enclosure.ErrUnavailable, r.Error)
	}
	g.book.Limits = &g.Limits
	g.book.Force = "each lesson of each submission in namespaces of its own, without a network, with at most " + g.Limits.String()
	return nil
}

// common digests what all records follow from, beside the submissions: the checker and the course's modules.
func (g *grading) common() (string, error) {
	sum := sha256.New()
	for _, name := range []string{g.Program, filepath.Join(g.Place.Root, "go.mod"), filepath.Join(g.Place.Root, "go.sum")} {
		err := func() error {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.Copy(sum, f)
			return err
		}()
		if err != nil {
			return "", fmt.Errorf("cannot read what records follow from: %w", err)
		}
	}
	fmt.Fprintf(sum, "%d %q %v %v %v", g.Seed, g.Only, g.SkipWaits, g.Unsafe, g.Limits)
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// one grades a lesson of a submission.
func (g *grading) one(ctx context.Context, s handin.Submission, l course.Lesson, work string) error {
	defer func() { _ = os.RemoveAll(work) }()
	r := Record{Learner: s.Learner, Lesson: l.ID, Number: l.Number}
	lessons, disk, err := workplace(work, l.ID)
	if err != nil {
		return err
	}
	kept := false
	if r.taken(s, filepath.Join(lessons, l.ID)) {
		r.Digest = fmt.Sprintf("%x", sha256.Sum256([]byte(g.digest+r.Digest)))
		var earlier Record
		if earlier, kept = g.kept(r); kept {
			earlier.Left = r.Left // other files may have been left since
			r = earlier
		} else if err := g.check(ctx, &r, l, lessons, disk); err != nil {
			return err
		}
	}
	if !kept {
		if err := g.keep(r); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.book.Records = append(g.book.Records, r)
	if g.Done != nil {
		g.Done(r, kept)
	}
	return nil
}

// taken takes the lesson's directory, and tells whether there is one to check; otherwise the record says why not.
func (r *Record) taken(s handin.Submission, to string) bool {
	t, err := s.Take(r.Lesson, to)
	r.Left, r.Digest = t.Left, t.Digest
	switch {
	case errors.Is(err, handin.ErrMissing):
		r.Outcome, r.Why = Missing, err.Error()
	case errors.Is(err, handin.ErrMachine):
		r.Outcome, r.Why = Errored, err.Error()
	case err != nil:
		r.Outcome, r.Why = Refused, err.Error()
	}
	return err == nil
}

// check has the lesson checked that was taken.
func (g *grading) check(ctx context.Context, r *Record, l course.Lesson, lessons, disk string) error {
	if err := g.warm(); err != nil {
		return err
	}
	j := Job{Root: g.Place.Root, Dir: lessons, Disk: disk, Lesson: l.ID, Seed: g.Seed, Only: g.Only, SkipWaits: g.SkipWaits}
	if !g.Unsafe {
		j.Limits = &g.Limits
	}
	report, err := g.submit(ctx, j)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		r.Outcome, r.Why = Errored, err.Error()
	case report.Stopped != "":
		r.Outcome, r.Why = Stopped, "it used "+report.Stopped
	case report.Error != "":
		r.Outcome, r.Why = Errored, report.Error
	case report.Result == nil:
		r.Outcome, r.Why = Errored, "its check has no result"
	default:
		r.Outcome, r.Why = outcomeOf(*report.Result)
		d := check.NewDocument(backendName, g.Seed, []check.LessonResult{*report.Result})
		r.Result = &d
	}
	if r.Outcome == Errored {
		r.Digest = "" // the next run may have better luck
	}
	return nil
}
