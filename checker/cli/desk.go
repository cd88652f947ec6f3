package cli

import (
	"errors"
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/desk"
)

type resetCommand struct {
	Lessons []string `arg:"" help:"Lessons, by number or directory."`
	Restore string   `help:"Put back what was saved under this name instead." placeholder:"NAME"`
}

// Run puts the starters back.
func (c *resetCommand) Run(p Process) error {
	return atDesks(p, c.Lessons, func(d *desk.Desk, l course.Lesson) error {
		if c.Restore != "" {
			saved, err := d.Restore(c.Restore, time.Now())
			var unknown *desk.UnknownError
			if errors.As(err, &unknown) {
				return usageError{err}
			}
			return told(p, l, saved, "has the files of "+c.Restore, err)
		}
		files, err := d.Starter()
		if err != nil {
			return err
		}
		saved, err := d.Put(files, time.Now())
		return told(p, l, saved, "is as it was in the beginning", err)
	})
}

type solutionCommand struct {
	Lessons []string `arg:"" help:"Lessons, by number or directory."`
}

// Run puts the reference solutions in the lessons' directories.
func (c *solutionCommand) Run(p Process) error {
	return atDesks(p, c.Lessons, func(d *desk.Desk, l course.Lesson) error {
		files, err := d.Reference()
		if err != nil {
			return err
		}
		saved, err := d.Put(files, time.Now())
		return told(p, l, saved, "is the reference solution", err)
	})
}

// told says what a lesson is now, and how to get back what it was.
func told(p Process, l course.Lesson, saved, now string, err error) error {
	switch {
	case errors.Is(err, desk.ErrSame):
		fmt.Fprintf(p.Stdout, "Lesson %d %s: there was nothing to do.\n", l.Number, now)
		return nil
	case err == nil:
		fmt.Fprintf(p.Stdout, "Lesson %d %s.\n", l.Number, now)
	}
	if saved != "" {
		fmt.Fprintf(p.Stdout, "Your files are saved. This brings them back: make lesson-%d reset RESTORE=%s\n", l.Number, saved)
	}
	return err
}

type diffCommand struct {
	Lesson string `arg:"" help:"The lesson, by number or directory."`
	Anyway bool   `help:"Show it although the lesson is not passed: it is the solution."`
}

// Run shows how the learner's files differ from the reference.
func (c *diffCommand) Run(p Process) error {
	return atDesks(p, []string{c.Lesson}, func(d *desk.Desk, l course.Lesson) error {
		place, err := locate(p)
		if err != nil {
			return err
		}
		progress, err := loadProgress(p, place)
		if err != nil {
			return err
		}
		text, err := d.Diff()
		if err != nil {
			return err
		}
		if text == "" {
			fmt.Fprintf(p.Stdout, "Lesson %d is the reference solution, to the letter.\n", l.Number)
			return nil
		}
		if !progress.Passed(l.ID) && !c.Anyway {
			fmt.Fprintf(p.Stderr, "Lesson %d is not passed yet, as far as is known: the difference to the reference is its solution.\n"+
				"make lesson-%d hint says less, a little at a time. To see the difference all the same: make lesson-%d diff ANYWAY=1\n",
				l.Number, l.Number, l.Number)
			return status(ExitFailed)
		}
		fmt.Fprint(p.Stdout, text)
		return nil
	})
}

// atDesks does something with the learner's files of each lesson.
func atDesks(p Process, names []string, do func(*desk.Desk, course.Lesson) error) error {
	lessons, err := named(names)
	if err != nil {
		return err
	}
	place, err := locate(p)
	if err != nil {
		return err
	}
	for _, l := range lessons {
		if err := do(desk.At(place, l), l); err != nil {
			return err
		}
	}
	return nil
}
