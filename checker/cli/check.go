package cli

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/desk"
	"example.com/serverless-patterns/checker/report"
)

type checkCommand struct {
	Lessons []string `arg:"" optional:"" help:"Lessons, by number or directory. All of them if none is named."`
	Dir     string   `help:"Where the numbered lesson directories are: lessons, solutions, or any directory. Default: lessons."`
	Backend string   `help:"Where the data is: auto, embedded, containers, or the URL of an endpoint. auto is embedded first, and then containers for what is passed." default:"auto" env:"SERVERLESS_PATTERNS_BACKEND" placeholder:"BACKEND"`
	images
	Format string  `help:"How results are shown: text, json, or github for a step of GitHub Actions." enum:"text,json,github" default:"text"`
	Only   string  `help:"The one check to run, by its id." placeholder:"CHECK"`
	Seed   *uint64 `help:"Repeat a run: everything random follows from this number."`

	// SkipWaits is for those who measure the checker. What is left is no verdict on a lesson.
	SkipWaits bool `hidden:"" help:"Leave out the checks that have something to be waited for."`
}

// Run checks the lessons one after the other.
func (c *checkCommand) Run(ctx context.Context, p Process) error {
	lessons, err := c.chosen()
	if err != nil {
		return err
	}
	c.Backend = cmp.Or(c.Backend, autoBackend) // an empty variable is none
	if err := known(c.Backend, autoBackend, embeddedBackend, containersBackend); err != nil {
		return err
	}
	place, err := locate(p)
	if err != nil {
		return err
	}
	dir, err := place.Lessons(c.Dir)
	if err != nil {
		return usageError{err}
	}
	for _, l := range lessons {
		if _, err := lessonIn(dir, l.ID); err != nil {
			return err
		}
	}
	r := &checkRun{checkCommand: c, process: p, place: place, dir: dir, own: place.IsOwn(dir), seed: rand.Uint64N(1 << 32)}
	if c.Seed != nil {
		r.seed = *c.Seed
	}
	r.text = report.NewText(p.Stdout, p.Environ)
	if !r.own {
		r.text.Flags = fmt.Sprintf("--dir %q ", c.Dir)
	}
	var results []check.LessonResult
	for _, l := range lessons {
		result := r.check(ctx, l)
		if ctx.Err() != nil {
			return errInterrupted
		}
		results = append(results, result)
		if c.Format == "text" {
			r.text.Summary(result)
		}
		if r.own {
			record(p, place, result)
		}
		if r.own && c.Format == "text" && c.Only == "" && len(lessons) == 1 && result.Verdict == check.Passed {
			after, err := desk.At(place, l).After()
			if err != nil {
				return err
			}
			r.text.After(l.Number, after.Difference, after.Breaks)
		}
	}
	document := check.NewDocument(shown(c.Backend), r.seed, results)
	switch c.Format {
	case "json":
		err = report.JSON(p.Stdout, document)
	case "github":
		err = annotate(p, document, lessonPath(place.Root, dir, ""))
	default:
		r.text.Confirmation(document)
	}
	if err != nil {
		return err
	}
	return exitStatus(results)
}

// checkRun is what holds for all lessons of one command.
type checkRun struct {
	*checkCommand
	process Process
	place   course.Place
	dir     string // where the lessons are
	own     bool   // they are the learner's
	seed    uint64
	text    *report.Text
}

// check checks one lesson. As text, it says how far it is.
func (r *checkRun) check(ctx context.Context, l course.Lesson) check.LessonResult {
	o := check.Options{
		Root: r.place.Root, Dir: r.dir, State: r.place.State, Seed: r.seed, Only: r.Only, SkipWaits: r.SkipWaits,
		Likely: r.own && wasPassed(r.process, r.place, l.ID),
	}
	openOn(r.Backend, r.images, r.process, &o)
	if r.Format == "text" {
		r.text.Lesson(l.Lesson, lessonPath(r.process.Dir, r.dir, l.ID))
		o.Checked = r.text.Check
	}
	announce := announceBuild(r.process, l.ID)
	defer announce.Stop()
	o.Built = func(b check.BuildResult) {
		announce.Stop()
		if r.Format == "text" {
			r.text.Build(b)
		}
	}
	return l.Run(ctx, o)
}

func (c *checkCommand) chosen() ([]course.Lesson, error) {
	lessons, err := named(c.Lessons)
	if err != nil {
		return nil, err
	}
	return c.having(lessons)
}

// having requires that --only names a check of one of the lessons.
func (c *checkCommand) having(lessons []course.Lesson) ([]course.Lesson, error) {
	var known []string
	var with []course.Lesson
	for _, l := range lessons {
		for _, each := range l.Checks {
			known = append(known, each.ID)
			if each.ID == c.Only {
				with = append(with, l)
			}
		}
	}
	switch {
	case c.Only == "":
		return lessons, nil
	case len(with) == 0:
		return nil, usageError{fmt.Errorf("--only %s: there is no such check; there are: %s", c.Only, strings.Join(known, ", "))}
	default:
		return with, nil
	}
}

// wasPassed tells whether a lesson was passed when it was last checked.
func wasPassed(p Process, place course.Place, lesson string) bool {
	progress, err := loadProgress(p, place)
	return err == nil && progress.Passed(lesson) // whoever records the result says so
}

// loadProgress reads the learner's progress, and says so if there was one that it could not read.
func loadProgress(p Process, place course.Place) (*course.Progress, error) {
	progress, err := course.LoadProgress(place)
	if err == nil && progress.SetAside() != "" {
		fmt.Fprintf(p.Stderr, "checker: the progress in %s cannot be understood: maybe a newer version of the course wrote it. "+
			"It is kept as %s, and your files are as they were; progress begins anew.\n",
			filepath.Join(place.State, "progress.json"), filepath.Base(progress.SetAside()))
	}
	return progress, err
}

// record notes the result in the learner's progress. The verdict stands without it.
func record(p Process, place course.Place, result check.LessonResult) {
	progress, err := loadProgress(p, place)
	if err == nil {
		err = progress.Record(result, time.Now())
	}
	if err != nil {
		fmt.Fprintln(p.Stderr, "checker:", err)
	}
}

// exitStatus is the gravest of the lessons' ends.
func exitStatus(results []check.LessonResult) error {
	exit := ExitPassed
	for _, r := range results {
		switch {
		case r.Verdict == check.Errored, r.Verdict == check.Skipped:
			exit = max(exit, ExitFault)
		case r.Build.Verdict == check.Failed:
			exit = max(exit, ExitBuild)
		case r.Verdict == check.Failed:
			exit = max(exit, ExitFailed)
		}
	}
	if exit != ExitPassed {
		return status(exit)
	}
	return nil
}
