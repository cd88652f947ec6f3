package cli

import (
	"context"
	"fmt"

	"example.com/serverless-patterns/checker/doctor"
)

type doctorCommand struct{}

// Run tells what it finds. Only what no check can do without makes it fail.
func (*doctorCommand) Run(ctx context.Context, p Process) error {
	place, err := locate(p)
	if err != nil {
		return err
	}
	healthy := true
	for _, f := range doctor.Examine(ctx, place) {
		mark := "ok     "
		switch {
		case !f.OK && f.Needed:
			mark, healthy = "MISSING", false
		case !f.OK:
			mark = "without"
		}
		fmt.Fprintf(p.Stdout, "%s  %-12s  %s\n", mark, f.Name, f.Text)
	}
	if !healthy {
		return status(ExitFault)
	}
	return nil
}
