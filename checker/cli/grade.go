package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/sandbox/enclosure"
)

type gradeCommand struct {
	Folder  string        `arg:"" optional:"" help:"The folder with a submission in each sub-folder: a clone, a zip, or lesson directories."`
	Lesson  []string      `short:"l" help:"Lessons, by number or directory. All of them if none is named." placeholder:"LESSON"`
	Out     string        `help:"Where results are written, and found again after an interrupt. Default: FOLDER-grades." placeholder:"DIR"`
	From    string        `help:"Grade nothing: build the page from the result documents in a folder, as check --format json prints them." placeholder:"RESULTS"`
	Unsafe  bool          `help:"Run submissions without an enclosure, where this machine has none: they can then reach your network and use all of it."`
	Seed    uint64        `help:"Everything random follows from this number, for all submissions alike." default:"1"`
	AtOnce  int           `help:"How many submissions are checked side by side. As many build as there are CPUs, at most; the others wait, as checks mostly do. Default: four for each CPU." placeholder:"N"`
	Memory  uint64        `help:"Memory of a submission, in MB." default:"3072"`
	Disk    uint64        `help:"Disk of a submission, in MB. It is memory, too." default:"1536"`
	Threads int           `help:"Processes and threads of a submission." default:"500"`
	CPU     time.Duration `help:"CPU time of each process of a submission." default:"2m"`
	Time    time.Duration `help:"How long the check of a lesson may take." default:"10m"`

	// SkipWaits is for those who measure the checker. What is left is no verdict on a lesson.
	SkipWaits bool `hidden:"" help:"Leave out the checks that have something to be waited for."`
}

// Run grades, and writes results.csv, results.json and index.html.
func (c *gradeCommand) Run(ctx context.Context, p Process) error {
	if (c.Folder == "") == (c.From == "") {
		return usageError{errors.New("grade takes a folder of submissions, or --from and a folder of results")}
	}
	out := cmp.Or(c.Out, filepath.Clean(cmp.Or(c.Folder, c.From))+"-grades")
	if c.From != "" {
		book, err := grade.Collect(c.From)
		if err != nil {
			return err
		}
		return writeBook(p, out, book)
	}
	o, err := c.options(p, out)
	if err != nil {
		return err
	}
	book, err := grade.Run(ctx, o)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintf(p.Stderr, "checker: what is done is kept in %s: the same command goes on from there\n", out)
		return errInterrupted
	case errors.Is(err, enclosure.ErrUnavailable):
		return fmt.Errorf("submissions are strangers' code, and this machine cannot enclose it: %w\n"+
			"Use a Linux machine that allows user namespaces, or check each lesson in a job of its own and collect the results with --from. "+
			"--unsafe grades here all the same: only for code that you would run yourself", err)
	case err != nil:
		return err
	}
	if err := writeBook(p, out, book); err != nil {
		return err
	}
	for _, r := range book.Records {
		if r.Outcome == grade.Errored {
			return status(ExitFault)
		}
	}
	return nil
}

func (c *gradeCommand) options(p Process, out string) (grade.Options, error) {
	if err := c.limits(); err != nil {
		return grade.Options{}, err
	}
	place, err := locate(p)
	if err != nil {
		return grade.Options{}, err
	}
	lessons, err := named(c.Lesson)
	if err != nil {
		return grade.Options{}, err
	}
	if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
		return grade.Options{}, usageError{fmt.Errorf("%s: there is no such directory", c.Folder)}
	}
	if c.Unsafe {
		fmt.Fprintln(p.Stderr, "Without an enclosure: what was handed in can reach your network, and use all of this machine.")
	}
	return grade.Options{
		Place: place, Lessons: lessons, Folder: c.Folder, Records: filepath.Join(out, "records"),
		Program: p.Program, Worker: []string{workName}, Environ: p.Environ, Seed: c.Seed, Unsafe: c.Unsafe,
		AtOnce: cmp.Or(c.AtOnce, grade.AtOnce()), SkipWaits: c.SkipWaits,
		Limits: enclosure.Limits{Memory: c.Memory << 20, Disk: c.Disk << 20, Processes: c.Threads, CPU: c.CPU, Time: c.Time},
		Slow: func() {
			fmt.Fprintln(p.Stderr, "Compiling the AWS SDK and what else lessons have in common, once. With an empty build cache that takes a minute or two.")
		},
		Others: func(names []string) {
			fmt.Fprintf(p.Stderr, "Left out, since a submission is a sub-folder or a zip: %s\n", strings.Join(names, ", "))
		},
		Done: func(r grade.Record, kept bool) {
			note := ""
			if kept {
				note = "  (kept)"
			}
			fmt.Fprintf(p.Stderr, "%-9s  %-24s  %s%s\n", r.Outcome, r.Lesson, r.Learner, note)
		},
	}, nil
}

// mostMegabytes is more memory or disk than any machine has, and few enough to be counted in bytes.
const mostMegabytes = 1 << 30

// limits refuses limits under which every submission would be stopped, or that are none.
func (c *gradeCommand) limits() error {
	refuse := func(flag string, value any, rule string) error {
		return usageError{fmt.Errorf("--%s %v: it is %s", flag, value, rule)}
	}
	megabytes := fmt.Sprintf("a number of MB from 1 to %d", mostMegabytes)
	const aSecond = "1s or more"
	switch {
	case c.AtOnce < 0:
		return refuse("at-once", c.AtOnce, "1 or more; without it, there are four for each CPU")
	case c.Memory < 1 || c.Memory > mostMegabytes:
		return refuse("memory", c.Memory, megabytes)
	case c.Disk < 1 || c.Disk > mostMegabytes:
		return refuse("disk", c.Disk, megabytes)
	case c.Threads < 1:
		return refuse("threads", c.Threads, "1 or more")
	case c.CPU < time.Second:
		return refuse("cpu", c.CPU, aSecond)
	case c.Time < time.Second:
		return refuse("time", c.Time, aSecond)
	}
	return nil
}

// writeBook writes the three forms of a book, and says where.
func writeBook(p Process, out string, book grade.Book) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("cannot write results: %w", err)
	}
	for _, form := range []struct {
		name  string
		write func(io.Writer, grade.Book) error
	}{{"results.csv", grade.CSV}, {"results.json", grade.JSON}, {"index.html", grade.Page}} {
		name := filepath.Join(out, form.name)
		f, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("cannot write results: %w", err)
		}
		if err := errors.Join(form.write(f, book), f.Close()); err != nil {
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
		fmt.Fprintln(p.Stdout, name)
	}
	return nil
}

// workName is the subcommand of what runs in an enclosure.
const workName = "work"

type workCommand struct{}

// Run does the job that is on standard input. The grade command starts it.
func (*workCommand) Run(ctx context.Context, p Process) error {
	report := grade.ReportFile()
	defer report.Close()
	return grade.Work(ctx, os.Stdin, report, opener(embeddedBackend, images{}, p))
}
