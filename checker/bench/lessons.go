package main

import (
	"context"
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/course"
)

// maxLesson is how many pairs are measured of each lesson.
const maxLesson = 5

// lessons measures the checker's own share of each lesson but the first, which [bench.save] measures.
func (b *bench) lessons(ctx context.Context) error {
	for _, l := range course.Lessons()[1:] {
		row, err := b.lesson(ctx, l)
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil:
			b.tell("measuring lesson %d: %v", l.Number, err)
			b.skip(shareOf(l), failed)
		default:
			b.add(row)
		}
	}
	return nil
}

func (b *bench) lesson(ctx context.Context, l course.Lesson) (Row, error) {
	row := shareOf(l)
	own := *b
	var err error
	if own.course, err = b.course.of(l); err != nil {
		return row, err
	}
	solution, err := own.course.source("solutions")
	if err != nil {
		return row, err
	}
	pair := func() error {
		built, err := own.built(ctx, solution, "solutions")
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
	err = b.alternate(ctx, fmt.Sprintf("lesson %d", l.Number), min(b.pairs, maxLesson), pair, func() { row.Pairs = nil })
	return row, err
}

// shareOf is the row of a lesson's share, without its pairs.
func shareOf(l course.Lesson) Row {
	return Row{
		ID: fmt.Sprintf("share-%02d", l.Number), What: fmt.Sprintf("its own share of lesson %d", l.Number),
		Against: "a bare go build of its solution; what the whole verdict takes beyond it, without ordered waits",
		Kind:    Difference, Goal: share.Goal, Unit: time.Second,
	}
}

// sharesOf are the rows of lessons that come after the first.
func sharesOf(all []course.Lesson) (rows []Row) {
	for _, l := range all[1:] {
		rows = append(rows, shareOf(l))
	}
	return rows
}
