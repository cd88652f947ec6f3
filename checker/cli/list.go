package cli

import (
	"fmt"

	"example.com/serverless-patterns/checker/course"
)

type listCommand struct{}

// Run lists the lessons.
func (*listCommand) Run(p Process) error {
	place, err := locate(p)
	if err != nil {
		return err
	}
	progress, err := loadProgress(p, place)
	if err != nil {
		return err
	}
	minutes := 0
	var next *course.Lesson
	for _, l := range course.Lessons() {
		state := "not checked yet"
		switch {
		case progress.Confirmed(l.ID):
			state = "passed, confirmed"
		case progress.Passed(l.ID):
			state = "passed"
		case progress.Checked(l.ID):
			state = "not passed yet"
		}
		fmt.Fprintf(p.Stdout, "%2d  %-24s  %3d min  %-17s  %s\n", l.Number, l.ID, l.Minutes, state, l.Title)
		minutes += l.Minutes
		if next == nil && !progress.Passed(l.ID) {
			next = &l
		}
	}
	fmt.Fprintf(p.Stdout, "\n%d minutes in all. To check one: make lesson-1 check\n", minutes)
	if next == nil {
		fmt.Fprintln(p.Stdout, "All of them are passed.")
		return nil
	}
	fmt.Fprintf(p.Stdout, "Next: lesson %d, %s, about %d minutes; lessons/%s/README.md is its text.\n", next.Number, next.Title, next.Minutes, next.ID)
	if id := progress.Next(next.ID); id != "" {
		fmt.Fprintf(p.Stdout, "There, the requirement that failed first is %s: make lesson-%d hint\n", id, next.Number)
	}
	return nil
}
