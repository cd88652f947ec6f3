package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// cold measures the first check in a fresh clone, with an empty build cache. Modules are there already:
// how long they take to arrive is the network's affair.
func (b *bench) cold(ctx context.Context) error {
	row := coldStart
	for n := range b.coldPairs {
		b.tell("cold: pair %d of %d, which takes some minutes", n+1, b.coldPairs)
		built, err := b.coldBuild(ctx)
		if err != nil {
			return err
		}
		found, err := b.coldCheck(ctx)
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built, found})
	}
	b.add(row)
	return nil
}

// coldBuild builds the checker as make does, and then the lesson's function.
func (b *bench) coldBuild(ctx context.Context) (took time.Duration, err error) {
	cache, remove, err := b.emptyCache()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	checker := program{
		name: "go", exit: []int{0}, environ: b.course.environ("CGO_ENABLED=0", "GOWORK=off", cache),
		args: []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(b.course.tmp, "built", "checker"), "./checker"},
	}
	function, err := b.build("lessons")
	if err != nil {
		return 0, err
	}
	function.environ = append(function.environ, cache)
	for _, p := range []program{checker, function} {
		r, err := b.course.run(ctx, p)
		if err != nil {
			return 0, err
		}
		took += r.took
	}
	return took, nil
}

// coldCheck runs make as a learner does, until the first check is known to have failed.
func (b *bench) coldCheck(ctx context.Context) (took time.Duration, err error) {
	cache, remove, err := b.emptyCache()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	for _, made := range []string{"bin", ".workshop"} {
		if err := os.RemoveAll(filepath.Join(b.course.Root, made)); err != nil {
			return 0, err
		}
	}
	r, err := b.course.run(ctx, program{
		name: "make", args: []string{fmt.Sprintf("lesson-%d", b.course.lesson.Number), "check", "BACKEND=embedded"},
		environ: slices.Concat(b.course.environ("NO_COLOR=1"), []string{cache}), mark: failMark,
	})
	return r.took, err
}

// emptyCache makes a build cache of its own, as an entry of the environment.
func (b *bench) emptyCache() (entry string, remove func() error, err error) {
	dir, err := os.MkdirTemp(b.course.tmp, "cache-")
	return "GOCACHE=" + dir, func() error { return os.RemoveAll(dir) }, err
}
