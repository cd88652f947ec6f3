package check

import (
	"context"
	"errors"
	"os"
	"time"

	"example.com/serverless-patterns/checker/backend"
)

// Other is a further backend that a lesson is checked on; see [RunOn].
type Other struct {
	// Open opens the backend. The run closes it.
	Open backend.Opener
	// Turn waits until checks may be run there, and returns what is called when they have ended.
	Turn func() (end func())
}

// on runs the checks on another backend, with the binaries that are there. Nobody is told of single checks.
func (r *run) on(ctx context.Context, other Other, dir string) LessonResult {
	if len(confirmable(r.template)) == 0 {
		same := r.result
		same.Anywhere, same.Confirmation = true, nil
		same.conclude(nil)
		return same
	}
	defer other.Turn()()
	begin := time.Now()
	again := &run{
		lesson: r.lesson, options: r.options, services: r.services, template: r.template, binaries: r.binaries, result: r.result,
	}
	again.options.Checked = nil
	again.result.Checks, again.result.Confirmation = notRun(r.lesson), nil
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		again.backend, err = other.Open(ctx, r.services)
	}
	if err == nil {
		again.checks(ctx, dir)
		err = errors.Join(context.Cause(ctx), again.backend.Close())
	}
	again.result.conclude(err)
	again.result.Seconds = seconds(time.Since(begin))
	return again.result
}
