package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/check"
)

// failMark is what a failed check's line begins with on stdout.
const failMark = "✗ FAIL"

// Checks that take longer than longWait and declare no wait are named, as are those that declare one and
// take less than shortWait. They are for the reader's judgement, and decide nothing.
const (
	longWait  = 500 * time.Millisecond
	shortWait = 250 * time.Millisecond
)

// save measures what comes after a learner has saved a file.
func (b *bench) save(ctx context.Context) error {
	docker := b.docker(ctx)
	starter, err := b.course.source("lessons")
	if err != nil {
		return err
	}
	solution, err := b.course.source("solutions")
	if err != nil {
		return err
	}
	first, embedded, contained, own, waited := firstFinding, verdictEmbedded, verdictContainers, share, waits
	var lessons []check.LessonResult
	discard := func() {
		for _, r := range []*Row{&first, &embedded, &contained, &own, &waited} {
			r.Pairs = nil
		}
		lessons = nil
	}
	whole := []string{"--dir", "solutions", "--backend"}
	pair := func() error {
		built, err := b.built(ctx, starter, "lessons")
		if err != nil {
			return err
		}
		p := b.course.check(b.checker, 1, "--backend", "embedded")
		p.mark = failMark
		found, err := b.saved(ctx, starter, p)
		if err != nil {
			return err
		}
		first.Pairs = append(first.Pairs, Pair{built.took, found.took})

		built, err = b.built(ctx, solution, "solutions")
		if err != nil {
			return err
		}
		judged, err := b.saved(ctx, solution, b.course.check(b.checker, 0, append(whole, "embedded", "--skip-waits")...))
		if err != nil {
			return err
		}
		embedded.Pairs = append(embedded.Pairs, Pair{built.took, judged.took})
		own.Pairs = append(own.Pairs, Pair{built.took, judged.took})
		if docker == nil {
			confirmed, err := b.saved(ctx, solution, b.course.check(b.checker, 0, append(whole, "containers", "--skip-waits")...))
			if err != nil {
				return err
			}
			contained.Pairs = append(contained.Pairs, Pair{built.took, confirmed.took})
		}
		all, err := b.saved(ctx, solution, b.course.check(b.checker, 0, append(whole, "embedded", "--format", "json")...))
		if err != nil {
			return err
		}
		waited.Pairs = append(waited.Pairs, Pair{judged.took, all.took})
		of, err := resultsIn(all.stdout)
		lessons = append(lessons, of...)
		return err
	}
	if err := b.alternate(ctx, "save", b.pairs, pair, discard); err != nil {
		return err
	}
	b.add(first)
	b.add(embedded)
	if docker != nil {
		b.skip(contained, "no Docker")
	} else {
		b.add(contained)
	}
	b.add(own)
	b.add(waited)
	b.report.Waits, b.report.Notes = declared(b.course.lesson.Lesson, lessons)
	return nil
}

// docker says why there are no containers to measure, or nil. The first check starts them.
func (b *bench) docker(ctx context.Context) error { return containers.Available(ctx) }

// built saves a file and builds the lesson's functions, to where the build before was, as the checker does: the baseline
// of a save.
func (b *bench) built(ctx context.Context, s *Source, in string) (ran, error) {
	p, err := b.build(in)
	if err != nil {
		return ran{}, err
	}
	return b.saved(ctx, s, p)
}

func (b *bench) build(in string) (program, error) {
	functions, err := b.course.functions(in)
	if err != nil {
		return program{}, err
	}
	var packages []string
	for _, f := range functions {
		packages = append(packages, "./"+in+"/"+b.course.lesson.ID+"/"+f)
	}
	return b.course.build(filepath.Join(b.course.tmp, "built", b.course.lesson.ID, in)+string(filepath.Separator), packages...), nil
}

// saved saves a file and runs a program.
func (b *bench) saved(ctx context.Context, s *Source, p program) (ran, error) {
	if err := s.Save(); err != nil {
		return ran{}, err
	}
	return b.course.run(ctx, p)
}

// declared tells how long the checks took that order waits, and which checks look as if their declaration
// were wrong.
func declared(l check.Lesson, results []check.LessonResult) (waits []Wait, notes []string) {
	for n, c := range l.Checks {
		took := median(each(results, func(r check.LessonResult) time.Duration {
			return time.Duration(r.Checks[n].Seconds * float64(time.Second))
		}))
		if c.Waits != "" {
			waits = append(waits, Wait{Check: c.ID, Seconds: took.Seconds(), For: c.Waits})
		}
		switch {
		case c.Waits == "" && took > longWait:
			notes = append(notes, fmt.Sprintf("%s takes %.1f s and declares no wait.", c.ID, took.Seconds()))
		case c.Waits != "" && took < shortWait:
			notes = append(notes, fmt.Sprintf("%s declares a wait, and takes only %.2f s.", c.ID, took.Seconds()))
		}
	}
	return waits, notes
}
