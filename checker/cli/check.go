package cli

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/desk"
	"example.com/serverless-patterns/checker/report"
)

// slowBuild is how long a build is silent. A first one takes longer, and says so.
const slowBuild = 3 * time.Second

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
	seed := rand.Uint64N(1 << 32)
	if c.Seed != nil {
		seed = *c.Seed
	}
	for _, l := range lessons {
		if _, err := os.Stat(filepath.Join(dir, l.ID)); err != nil {
			return usageError{fmt.Errorf("there is no lesson in %s; --dir is where the numbered lesson directories are", filepath.Join(dir, l.ID))}
		}
	}
	own := place.IsOwn(dir)
	text := report.NewText(p.Stdout, p.Environ)
	if !own {
		text.Flags = fmt.Sprintf("--dir %q ", c.Dir)
	}
	var results []check.LessonResult
	for _, l := range lessons {
		o := check.Options{Root: place.Root, Dir: dir, State: place.State, Seed: seed, Only: c.Only, SkipWaits: c.SkipWaits}
		c.open(p, &o)
		o.Likely = own && wasPassed(p, place, l.ID)
		if c.Format == "text" {
			text.Lesson(l.Lesson, lessonPath(p.Dir, dir, l.ID))
			o.Checked = text.Check
		}
		announce := time.AfterFunc(slowBuild, func() {
			fmt.Fprintf(p.Stderr, "Building the functions of %s. The first build compiles the AWS SDK too: about half a minute.\n", l.ID)
		})
		o.Built = func(b check.BuildResult) {
			announce.Stop()
			if c.Format == "text" {
				text.Build(b)
			}
		}
		result := l.Run(ctx, o)
		announce.Stop()
		if ctx.Err() != nil {
			return errInterrupted
		}
		if c.Format == "text" {
			text.Summary(result)
		}
		if own {
			record(p, place, result)
		}
		if own && c.Format == "text" && c.Only == "" && len(lessons) == 1 && result.Verdict == check.Passed {
			after, err := desk.At(place, l).After()
			if err != nil {
				return err
			}
			text.After(l.Number, after.Difference, after.Breaks)
		}
		results = append(results, result)
	}
	document := check.NewDocument(shown(c.Backend), seed, results)
	switch c.Format {
	case "json":
		err = report.JSON(p.Stdout, document)
	case "github":
		err = annotate(p, document, lessonPath(place.Root, dir, ""))
	default:
		text.Confirmation(document)
	}
	if err != nil {
		return err
	}
	return exitStatus(results)
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

// open sets what opens the backends.
func (c *checkCommand) open(p Process, o *check.Options) {
	if c.Backend != autoBackend {
		o.Open = opener(c.Backend, c.images, p)
		return
	}
	o.Open = opener(embeddedBackend, c.images, p)
	o.Confirm = opener(containersBackend, c.images, p)
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
