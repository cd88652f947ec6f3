package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

const (
	// maxGrade is how many pairs are measured of grade: each takes half a minute.
	maxGrade = 3
	// roomForEach is how many learners are in the room, for each CPU.
	roomForEach = 8
)

// room is a folder of submissions, and the same answers where they can be built.
type room struct {
	folder   string
	packages []string // to build, relative to the copy's Root
	built    []*Source
	graded   []*Source
}

// room makes a room of people who have all written the solution.
func (c *Copy) room() (*room, error) {
	functions, err := c.functions("solutions")
	if err != nil {
		return nil, err
	}
	r := &room{folder: filepath.Join(c.tmp, "submissions")}
	for n := range roomForEach * runtime.NumCPU() {
		here := filepath.Join("room", strconv.Itoa(n))
		there := filepath.Join(r.folder, fmt.Sprintf("learner-%02d", n), "lessons", c.lesson.ID)
		for _, dir := range []string{filepath.Join(c.Root, here), there} {
			if err := copyTree(c.lessonDir("solutions"), dir); err != nil {
				return nil, err
			}
		}
		for _, f := range functions {
			r.packages = append(r.packages, "./"+filepath.ToSlash(filepath.Join(here, f)))
			main := filepath.Join(filepath.FromSlash(f), "main.go")
			built, err := openSource(filepath.Join(c.Root, here, main), &c.saves)
			if err != nil {
				return nil, err
			}
			graded, err := openSource(filepath.Join(there, main), &c.saves)
			if err != nil {
				return nil, err
			}
			r.built, r.graded = append(r.built, built), append(r.graded, graded)
		}
	}
	return r, nil
}

// saveAll has each learner write something of their own.
func saveAll(sources []*Source) error {
	for _, s := range sources {
		if err := s.Save(); err != nil {
			return err
		}
	}
	return nil
}

// grade measures the grading of a room, learner by learner.
func (b *bench) grade(ctx context.Context) error {
	r, err := b.course.room()
	if err != nil {
		return err
	}
	row := gradeOne
	learners := time.Duration(roomForEach * runtime.NumCPU())
	pair := func() error {
		if err := saveAll(r.built); err != nil {
			return err
		}
		built, err := b.buildAll(ctx, r.packages)
		if err != nil {
			return err
		}
		if err := saveAll(r.graded); err != nil {
			return err
		}
		out := filepath.Join(b.course.tmp, "grades")
		graded, err := b.course.run(ctx, program{
			name: b.checker, exit: []int{0}, environ: b.course.environ("NO_COLOR=1"),
			args: []string{"grade", r.folder, "--lesson", strconv.Itoa(b.course.lesson.Number), "--out", out, "--skip-waits"},
		})
		if err != nil {
			return err
		}
		if err := allPassed(filepath.Join(out, "results.json"), int(learners)); err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built / learners, graded.took / learners})
		return os.RemoveAll(out)
	}
	if err := b.alternate(ctx, "grade", min(b.pairs, maxGrade), pair, func() { row.Pairs = nil }); err != nil {
		return err
	}
	b.add(row)
	return nil
}

// allPassed requires that so many learners have passed: what was measured would otherwise be something else.
func allPassed(results string, learners int) error {
	data, err := os.ReadFile(results)
	if err != nil {
		return err
	}
	var book struct {
		Records []struct{ Learner, Outcome, Why string }
	}
	if err := json.Unmarshal(data, &book); err != nil {
		return fmt.Errorf("%s: %w", results, err)
	}
	for _, r := range book.Records {
		if r.Outcome != "passed" {
			return fmt.Errorf("the submission of %s is to pass, and has %s %s", r.Learner, r.Outcome, r.Why)
		}
	}
	if len(book.Records) != learners {
		return fmt.Errorf("%s has %d records, not %d", results, len(book.Records), learners)
	}
	return nil
}
