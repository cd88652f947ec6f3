package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"example.com/serverless-patterns/checker/check"
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
		judged, err := own.saved(ctx, solution, own.course.check(b.checker, 0,
			"--dir", "solutions", "--backend", "embedded", "--skip-waits", "--format", "json"))
		if err != nil {
			return err
		}
		measuring, err := measuring(l, judged.stdout)
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built.took, judged.took - measuring})
		return nil
	}
	err = b.alternate(ctx, fmt.Sprintf("lesson %d", l.Number), min(b.pairs, maxLesson), pair, func() { row.Pairs = nil })
	return row, err
}

// measuring is what the checks took that have the machine to themselves, one after the other, since they measure: how often
// they start the function is what they order.
func measuring(l course.Lesson, stdout []byte) (took time.Duration, err error) {
	lessons, err := resultsIn(stdout)
	if err != nil {
		return 0, err
	}
	for n, c := range l.Checks {
		if c.Alone {
			took += time.Duration(lessons[0].Checks[n].Seconds * float64(time.Second))
		}
	}
	return took, nil
}

// resultsIn reads what the checker wrote with --format json.
func resultsIn(stdout []byte) ([]check.LessonResult, error) {
	var document check.Document
	if err := json.Unmarshal(stdout, &document); err != nil {
		return nil, fmt.Errorf("the checker's result: %w", err)
	}
	return document.Lessons, nil
}

// shareOf is the row of a lesson's share, without its pairs.
func shareOf(l course.Lesson) Row {
	return Row{
		ID: fmt.Sprintf("share-%02d", l.Number), What: fmt.Sprintf("its own share of lesson %d", l.Number),
		Against: "a bare go build of its solution; what the whole verdict takes beyond it, without ordered waits and measurements",
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
