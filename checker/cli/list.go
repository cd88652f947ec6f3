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
	progress, err := course.LoadProgress(place)
	if err != nil {
		return err
	}
	minutes := 0
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
	}
	fmt.Fprintf(p.Stdout, "\n%d minutes in all. To check one: make lesson-1 check\n", minutes)
	return nil
}
