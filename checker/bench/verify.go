package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxVerify is how many pairs are measured of verify: each takes a minute.
const maxVerify = 3

// verify measures the proof of a lesson, answer by answer.
func (b *bench) verify(ctx context.Context) error {
	packages, err := b.course.answers()
	if err != nil {
		return err
	}
	row := verifyOne
	answers := time.Duration(len(packages))
	pair := func() error {
		built, err := b.buildAll(ctx, packages)
		if err != nil {
			return err
		}
		proven, err := b.course.run(ctx, program{
			name: b.checker, exit: []int{0}, environ: b.course.environ("NO_COLOR=1"),
			args: []string{"verify", "--backend", "embedded", strconv.Itoa(b.course.lesson.Number)},
		})
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{built / answers, proven.took / answers})
		return nil
	}
	if err := b.alternate(ctx, "verify", min(b.pairs, maxVerify), pair, func() { row.Pairs = nil }); err != nil {
		return err
	}
	b.add(row)
	return nil
}

// buildAll builds functions, each into a directory of its own, so that each is linked anew.
func (b *bench) buildAll(ctx context.Context, packages []string) (time.Duration, error) {
	begin := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for _, p := range packages {
		group.Go(func() error {
			out := filepath.Join(b.course.tmp, "built", strings.TrimPrefix(p, "./"))
			_, err := b.course.run(ctx, b.course.build(out+string(filepath.Separator), p))
			if err != nil {
				return err
			}
			return os.RemoveAll(out)
		})
	}
	err := group.Wait()
	return time.Since(begin), err
}
