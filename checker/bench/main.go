package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/serverless-patterns/checker/course"
)

// options are the command line.
type options struct {
	Rows    []string `arg:"" optional:"" enum:"save,watch,lessons,invocation,verify,grade,cold" help:"What to measure: save, watch, lessons, invocation, verify, grade or cold. Default: all but cold."`
	Pairs   int      `short:"n" default:"7" help:"How many pairs to measure; of a lesson 5 at most, of verify and grade 3."`
	Cold    int      `default:"0" help:"How many fresh clones to measure. Each takes minutes."`
	JSON    bool     `name:"json" help:"Write one JSON document instead of the table."`
	Checker string   `help:"The checker to measure. Default: bin/checker of the course." placeholder:"PROGRAM"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A second signal is not let through: cleaning up takes a moment, and is bounded.
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		fmt.Fprintln(os.Stderr, "bench: interrupted")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and shows the result. A goal that is missed is no error.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var o options
	parser, err := kong.New(&o, kong.Name("bench"), kong.Writers(stdout, stderr),
		kong.Description("Measures what the checker costs, against bare builds and calls, and compares it with the project's goals."))
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	place, err := course.FindPlace(dir, cmp.Or(executable(), dir))
	if err != nil {
		return err
	}
	checker, err := filepath.Abs(cmp.Or(o.Checker, filepath.Join(place.Root, "bin", "checker")))
	if err != nil {
		return err
	}
	if _, err := os.Stat(checker); err != nil {
		return fmt.Errorf("there is no checker to measure; `make bench` builds it: %w", err)
	}
	machine, err := examine(ctx)
	if err != nil {
		return err
	}
	copied, err := newCopy(place, course.Lessons()[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	report := Report{Machine: machine}
	b := &bench{
		course: copied, checker: checker, pairs: max(1, o.Pairs), coldPairs: max(1, o.Cold), report: &report,
		tell: func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) },
	}
	for _, name := range o.parts() {
		if err := b.measure(ctx, name, parts[name]); err != nil {
			return err
		}
	}
	b.complete(len(o.Rows) == 0)
	report.Machine.After = loadNow(ctx)
	if o.JSON {
		return writeJSON(stdout, report)
	}
	writeTable(stdout, report)
	return nil
}

// parts are the names of what to measure.
func (o options) parts() []string {
	if len(o.Rows) > 0 {
		return o.Rows
	}
	parts := []string{"save", "watch", "lessons", "invocation", "verify", "grade"}
	if o.Cold > 0 {
		parts = append(parts, "cold")
	}
	return parts
}

// complete brings the rows into their order. With all, it adds those that were not measured.
func (b *bench) complete(all bool) {
	if all {
		if !slices.ContainsFunc(b.report.Rows, func(r Row) bool { return r.ID == coldStart.ID }) {
			b.skip(coldStart, "it takes minutes; make bench COLD=1 does")
		}
	}
	slices.SortStableFunc(b.report.Rows, func(x, y Row) int { return cmp.Compare(slices.Index(order, x.ID), slices.Index(order, y.ID)) })
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}
