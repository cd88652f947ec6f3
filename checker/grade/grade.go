package grade

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

// backendName is where graded functions' data is: containers cannot be reached from an enclosure.
const backendName = "embedded"

// Options say what to grade, and how.
type Options struct {
	Place   course.Place
	Lessons []course.Lesson
	// Folder has the submissions; see [Find].
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
	// AtOnce is how many jobs are worked on side by side.
	AtOnce int
	// Done is told each record as it is known, one at a time, and whether it was kept from an earlier run.
	Done func(r Record, kept bool)
}

// grading is a run under way.
type grading struct {
	Options
	digest string // of all that is the same for all records

	mu   sync.Mutex
	book Book
}

// Run grades every submission in the folder and returns what it has found. The error is of what concerns them all: a
// folder that cannot be read, a machine without enclosures (enclosure.ErrUnavailable), or the context's. What was
// known by then is kept in Records.
func Run(ctx context.Context, o Options) (Book, error) {
	g := &grading{Options: o, book: Book{Schema: Schema, Seed: o.Seed}}
	if err := os.MkdirAll(o.Records, 0o755); err != nil {
		return g.book, fmt.Errorf("cannot keep records: %w", err)
	}
	work, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return g.book, fmt.Errorf("there is no place for temporary files, which TMPDIR may name: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // what stays are files of nobody
	if err := g.conditions(ctx, work); err != nil {
		return g.book, err
	}
	if g.digest, err = g.common(); err != nil {
		return g.book, err
	}
	submissions, err := Find(o.Folder)
	if err != nil {
		return g.book, err
	}
	defer func() { _ = closeAll(submissions) }() // they were only read
	var group errgroup.Group
	group.SetLimit(max(1, o.AtOnce))
	for n, s := range submissions {
		for _, l := range o.Lessons {
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
	fmt.Fprintf(sum, "%d %q %v %v", g.Seed, g.Only, g.Unsafe, g.Limits)
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// one grades a lesson of a submission.
func (g *grading) one(ctx context.Context, s Submission, l course.Lesson, work string) error {
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
func (r *Record) taken(s Submission, to string) bool {
	r.Outcome, r.Why = Refused, s.refused
	if s.refused != "" {
		return false
	}
	dir, err := s.find(r.Lesson)
	if err != nil {
		r.Why = fmt.Sprintf("the submission cannot be read: %v", err)
		return false
	}
	if dir == "" {
		r.Outcome, r.Why = Missing, "the submission has no directory "+r.Lesson
		return false
	}
	t, err := take(s.files, dir, to)
	r.Left, r.Digest = t.left, t.digest
	if err != nil {
		r.Why, r.Digest = fmt.Sprintf("%s cannot be taken: %v", dir, err), ""
		return false
	}
	return true
}

// check has the lesson checked that was taken.
func (g *grading) check(ctx context.Context, r *Record, l course.Lesson, lessons, disk string) error {
	j := Job{Root: g.Place.Root, Dir: lessons, Disk: disk, Lesson: l.ID, Seed: g.Seed, Only: g.Only}
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

func (g *grading) file(r Record) string {
	return filepath.Join(g.Records, r.Learner, r.Lesson+".json")
}

// kept returns the record of an earlier run, if it follows from the same.
func (g *grading) kept(r Record) (Record, bool) {
	data, err := os.ReadFile(g.file(r))
	var earlier Record
	if err != nil || json.Unmarshal(data, &earlier) != nil || earlier.Digest == "" || earlier.Digest != r.Digest ||
		earlier.Learner != r.Learner || earlier.Lesson != r.Lesson {
		return r, false
	}
	return earlier, true
}

// keep writes a record, as a whole or not at all.
func (g *grading) keep(r Record) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(g.file(r), data)
}

// writeWhole replaces a file by another.
func writeWhole(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("cannot keep results: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-")
	if err != nil {
		return fmt.Errorf("cannot keep results: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot keep results: %w", err), ignoreMissing(os.Remove(f.Name())))
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
