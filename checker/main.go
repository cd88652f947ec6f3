// Checker checks the lessons of the workshop: see `checker --help`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/serverless-patterns/checker/cli"
	"example.com/serverless-patterns/checker/prologue"
)

func main() { os.Exit(run()) }

func run() int {
	prologue.End()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	// Without this, a pipe that nobody reads would end the program before it has cleaned up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // whoever needs it will say so
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return cli.Run(ctx, cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Dir: dir, Program: program, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
}
