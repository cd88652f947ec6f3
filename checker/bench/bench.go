package main

import (
	"context"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/course"
)

// bench is one run of the program.
type bench struct {
	course    *Copy
	checker   string // the program that is measured
	pairs     int    // of a row, not counting the first, which warms caches up
	coldPairs int    // of the row that takes minutes
	tell      func(format string, args ...any)
	report    *Report
}

// part is what is measured together.
type part struct {
	measure func(*bench, context.Context) error
	rows    []Row
}

// parts are those of the table, by the name under which they can be asked for.
var parts = map[string]part{
	"save":       {(*bench).save, []Row{firstFinding, verdictEmbedded, verdictContainers, share, waits}},
	"watch":      {(*bench).watch, []Row{watchFinding}},
	"lessons":    {(*bench).lessons, sharesOf(course.Lessons())},
	"invocation": {(*bench).invocation, []Row{invocation}},
	"verify":     {(*bench).verify, []Row{verifyOne}},
	"grade":      {(*bench).grade, []Row{gradeOne}},
	"cold":       {(*bench).cold, []Row{coldStart}},
}

// failed is why there is nothing to show in a row.
const failed = "it failed; see the error above the table"

// measure measures a part. When that fails, its rows say so, and the others are worth no less; the error
// is told in full. What is returned is the end of the context.
func (b *bench) measure(ctx context.Context, name string, p part) error {
	err := p.measure(b, ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		b.tell("measuring %s: %v", name, err)
		for _, r := range p.rows {
			b.skip(r, failed)
		}
	}
	return nil
}

// order is that of the rows in the table.
var order = slices.Concat(
	[]string{"first-finding", "watch-finding", "verdict-embedded", "verdict-containers", "share"},
	each(sharesOf(course.Lessons()), func(r Row) string { return r.ID }),
	[]string{"cold", "invocation", "verify", "grade", "waits"},
)

// skip has a row say why it was not measured.
func (b *bench) skip(r Row, why string) { r.Why = why; b.add(r) }

func (b *bench) add(r Row) { b.report.Rows = append(b.report.Rows, r) }

// alternate measures pairs, and one more beforehand, which does not count.
func (b *bench) alternate(ctx context.Context, what string, pairs int, pair func() error, discard func()) error {
	for n := range pairs + 1 {
		if n == 0 {
			b.tell("%s: warming up", what)
		} else {
			b.tell("%s: pair %d of %d", what, n, pairs)
		}
		if err := pair(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if n == 0 {
			discard()
		}
	}
	return nil
}

// The rows, without their pairs.
var (
	firstFinding = Row{
		ID: "first-finding", What: "save → first finding, embedded", Against: "a bare go build of the starter's function, with the release flags",
		Kind: Ratio, Goal: 1.25, Unit: time.Second,
	}
	watchFinding = Row{
		ID: "watch-finding", What: "save → first finding of a watch",
		Against: "a bare go build of the starter's function, with the release flags; the look at the files is in what is measured",
		Kind:    Ratio, Goal: 1.25, Unit: time.Second,
	}
	verdictEmbedded = Row{
		ID: "verdict-embedded", What: "save → whole verdict, embedded",
		Against: "a bare go build of the solution's function, with the release flags; without ordered waits",
		Kind:    Ratio, Unit: time.Second,
	}
	verdictContainers = Row{
		ID: "verdict-containers", What: "save → whole verdict, warm containers",
		Against: "a bare go build of the solution's function, with the release flags; without ordered waits",
		Kind:    Ratio, Goal: 1.6, Unit: time.Second,
	}
	share = Row{
		ID: "share", What: "the harness's own share of a lesson",
		Against: "a bare go build of the solution's function; what the whole verdict takes beyond it, without ordered waits",
		Kind:    Difference, Goal: 0.25, Unit: time.Second,
	}
	coldStart = Row{
		ID: "cold", What: "fresh clone → first verdict",
		Against: "go build of the checker and then the function, with an empty build cache; modules are there",
		Kind:    Ratio, Goal: 1.1, Unit: time.Second,
	}
	invocation = Row{
		ID: "invocation", What: "a warm invocation in the sandbox",
		Against: "the DynamoDB call that it makes, made directly, through the same endpoint; medians of batches",
		Kind:    Difference, Goal: 0.0008, Unit: time.Millisecond,
	}
	verifyOne = Row{
		ID: "verify", What: "verify, one mistake",
		Against: "go build of the same answers, of which only the link is left to do, one for each CPU at once; both divided by their number. " +
			"The ordered waits of the last answers are in it",
		Kind: Ratio, Goal: 1.3, Unit: time.Second,
	}
	gradeOne = Row{
		ID: "grade", What: "grade, one submission",
		Against: "a bare go build of the same submissions, saved anew, one for each CPU at once; both divided by their number. " +
			"Without ordered waits, which a room waits for side by side",
		Kind: Ratio, Goal: 1.3, Unit: time.Second,
	}
	waits = Row{
		ID: "waits", What: "ordered waits of a lesson", Against: "the whole verdict without the checks that order waits",
		Kind: Difference, Unit: time.Second,
	}
)
