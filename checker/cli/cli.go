// Package cli is the command line: one file for each subcommand, and nothing in them that could be
// wanted elsewhere.
//
// Results go to stdout, talk to stderr. The exit status says how it ended: see [ExitPassed] and the
// others.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/serverless-patterns/checker/course"
)

// Exit statuses.
const (
	ExitPassed = 0 // all passed
	ExitFailed = 1 // a check failed
	ExitBuild  = 2 // the learner's code or template does not build
	ExitUsage  = 3 // the command was not understood
	ExitFault  = 4 // this machine, or the checker itself
)

// Process is what a command has of the process that it runs in.
type Process struct {
	Args    []string // without the program's name
	Environ []string
	Dir     string // where the user is
	Program string // the checker's own path
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

// commands are the subcommands; their types' fields are the flags.
type commands struct {
	Check    checkCommand    `cmd:"" help:"Check lessons: all of them, or those that are named."`
	Watch    watchCommand    `cmd:"" help:"Check a lesson each time one of its files is saved, with keys for hints and more."`
	Serve    serveCommand    `cmd:"" help:"Keep a lesson's stack running: its APIs for curl and a browser, a line for everything that happens, new code when it is saved."`
	Hint     hintCommand     `cmd:"" help:"Give a hint for the requirement that fails now, a clearer one each time."`
	Diff     diffCommand     `cmd:"" help:"Show how your files of a lesson differ from the reference."`
	Reset    resetCommand    `cmd:"" help:"Put the files back that a lesson begins with. Yours are saved."`
	Solution solutionCommand `cmd:"" help:"Put the reference solution in place of your files, which are saved."`
	List     listCommand     `cmd:"" help:"List the lessons, and which are passed."`
	Verify   verifyCommand   `cmd:"" help:"Prove the course: solutions pass, starters and mistakes fail as declared."`
	Grade    gradeCommand    `cmd:"" help:"Check lessons of many people, each in an enclosure, and write a table and a page of who passed what."`
	Work     workCommand     `cmd:"" hidden:"" help:"Do one job of grade, in an enclosure. grade starts it."`
	Setup    setupCommand    `cmd:"" help:"Pull the images of the containers, and tell what of this machine the checker can use. make setup does more."`
	Doctor   doctorCommand   `cmd:"" help:"Tell what of this machine the checker can use."`
	Idle     idleCommand     `cmd:"" hidden:"" help:"Remove the containers when nobody has used them for a while. Checks start it."`
	Down     downCommand     `cmd:"" help:"Remove the containers that checks have started on this machine, of other clones too."`
}

// status is how a command ended, when that is not ExitPassed, and has been told to the user already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// usageError is a command that cannot be understood as it was given.
type usageError struct{ error }

// errInterrupted says why a command that was stopped by a signal did not end.
var errInterrupted = errors.New("interrupted")

// errLost is why a command is ended whose results cannot be written.
var errLost = errors.New("the results cannot be written")

// Run runs a command and returns the exit status. It ends early when its results cannot be written.
func Run(ctx context.Context, p Process) (exit int) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := &output{to: p.Stdout, lost: func() { cancel(errLost) }}
	p.Stdout = results.writer()
	exit = run(ctx, p)
	if err := results.err(); err != nil {
		exit = ExitFault
		if !errors.Is(err, syscall.EPIPE) { // who reads no further knows
			fmt.Fprintf(p.Stderr, "checker: the results cannot be written to standard output: %v\n", err)
		}
	}
	return exit
}

func run(ctx context.Context, p Process) (exit int) {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("checker"),
		kong.Description("Checks the lessons of Serverless Patterns in Go: it builds your Lambda functions, runs them as Lambda does, "+
			"and says whether they would work on AWS, and if not, why."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(code int) { panic(status(code)) }), // of --help
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		fmt.Fprintln(p.Stderr, "checker:", err)
		return ExitFault
	}
	defer func() {
		switch end := recover().(type) {
		case nil:
		case status: // of --help
			exit = int(end)
		default: // it has passed nothing, and Go's own status of a panic is that of code that does not build
			fmt.Fprintf(p.Stderr, "checker: a fault of the checker, please report it: %v\n%s", end, debug.Stack())
			exit = ExitFault
		}
	}()
	parsed, err := parser.Parse(p.Args)
	if err != nil {
		return explain(p, usageError{err})
	}
	err = parsed.Run()
	if errors.Is(context.Cause(ctx), errLost) {
		return ExitFault // Run says why
	}
	return explain(p, err)
}

// explain tells what went wrong, and returns the exit status for it.
func explain(p Process, err error) int {
	var (
		code    status
		usage   usageError
		unknown *course.UnknownLessonError
	)
	switch {
	case err == nil:
		return ExitPassed
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage), errors.As(err, &unknown):
		fmt.Fprintf(p.Stderr, "checker: %v\nSee checker --help.\n", err)
		return ExitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.Stderr, "checker: interrupted")
		return ExitFault
	default:
		fmt.Fprintf(p.Stderr, "checker: %v\n", err)
		return ExitFault
	}
}
