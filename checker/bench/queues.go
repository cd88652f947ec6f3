package main

import (
	"context"

	"example.com/serverless-patterns/checker/course"
)

// queueLesson is the lesson whose messages are delivered.
const queueLesson = "sqs-partial-failures"

// queues measures the checker's own share of a lesson with queues, without ordered waits.
func (b *bench) queues(ctx context.Context) error {
	lesson, err := course.Find(queueLesson)
	if err != nil {
		return err
	}
	own := *b
	if own.course, err = b.course.of(lesson); err != nil {
		return err
	}
	solution, err := own.course.source("solutions")
	if err != nil {
		return err
	}
	row := queueShare
	pair := func() error {
		built, err := own.saved(ctx, solution, own.build("solutions"))
		if err != nil {
			return err
		}
		judged, err := own.saved(ctx, solution, own.course.check(b.checker, 0, "--dir", "solutions", "--backend", "embedded", "--skip-waits"))
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built.took, judged.took})
		return nil
	}
	if err := b.alternate(ctx, "queues", b.pairs, pair, func() { row.Pairs = nil }); err != nil {
		return err
	}
	b.add(row)
	return nil
}
