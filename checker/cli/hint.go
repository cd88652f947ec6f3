package cli

import (
	"fmt"
	"slices"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course"
)

type hintCommand struct {
	Lesson string `arg:"" help:"The lesson, by number or directory."`
	Only   string `help:"The requirement, by its check's id. Default: the first that failed when the lesson was last checked." placeholder:"CHECK"`
}

// Run shows the next hint.
func (c *hintCommand) Run(p Process) error {
	l, err := course.Find(c.Lesson)
	if err != nil {
		return err
	}
	place, err := locate(p)
	if err != nil {
		return err
	}
	progress, err := loadProgress(p, place)
	if err != nil {
		return err
	}
	id := c.Only
	if id == "" {
		id = progress.Next(l.ID)
	}
	switch {
	case id == "" && progress.Passed(l.ID):
		fmt.Fprintf(p.Stdout, "Lesson %d is passed: nothing needs a hint.\n", l.Number)
		return nil
	case id == "" && progress.Checked(l.ID):
		return usageError{fmt.Errorf("lesson %d did not build when it was last checked: what the compiler says comes first", l.Number)}
	case id == "":
		return usageError{fmt.Errorf("lesson %d was not checked yet, so it is not known what fails: make lesson-%d check", l.Number, l.Number)}
	}
	at := slices.IndexFunc(l.Checks, func(each check.Check) bool { return each.ID == id })
	if at < 0 {
		return usageError{fmt.Errorf("lesson %d has no check %q", l.Number, id)}
	}
	hints := l.Hints[id]
	n, err := progress.Hint(l.ID, id, len(hints))
	if err != nil { // the hint is worth no less
		fmt.Fprintln(p.Stderr, "checker:", err)
	}
	fmt.Fprintf(p.Stdout, "%s\n\nHint %d of %d: %s\n", l.Checks[at].Requirement, n+1, len(hints), hints[n])
	if n+1 < len(hints) {
		fmt.Fprintf(p.Stdout, "\nThe same command gives the next hint.\n")
	} else {
		fmt.Fprintf(p.Stdout, "\nThat is the last one. The reference is in solutions/%s; make lesson-%d diff ANYWAY=1 shows how yours differs.\n", l.ID, l.Number)
	}
	return nil
}
