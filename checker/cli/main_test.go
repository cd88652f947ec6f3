package cli_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/serverless-patterns/checker/cli"
	lessons "example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/course/bank"
)

// patience is the deadline of everything that a test waits for.
const patience = 60 * time.Second

// courseDir is a copy of the course, made once for all tests: the developer's own .workshop is not
// touched.
var courseDir string

func TestMain(m *testing.M) {
	testscript.Main(course{m}, map[string]func(){"checker": checker})
}

// checker is main of ../main.go, which cannot be imported. The tests of interrupts and of make run the
// real program.
func checker() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	exit := cli.Run(ctx, cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Dir: dir, Program: program, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
	stop()
	os.Exit(exit)
}

// course makes the copy before the tests run, and removes it afterwards.
type course struct{ *testing.M }

func (c course) Run() int {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0))) // the tests wait more than they compute
	}
	shared, err := os.MkdirTemp("", "checker-cli-test-")
	if err == nil {
		defer func(dir string) { _ = os.RemoveAll(dir) }(shared)
		shared, err = filepath.EvalSymlinks(shared) // macOS' /var is a link
	}
	if err == nil {
		courseDir = filepath.Join(shared, "course")
		err = copyCourse(courseDir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot copy the course:", err)
		return 1
	}
	return c.M.Run()
}

// copyCourse copies what a learner's check needs.
func copyCourse(to string) error {
	const root = "../.."
	for _, dir := range []string{"lessons", "solutions"} {
		if err := os.CopyFS(filepath.Join(to, dir), os.DirFS(filepath.Join(root, dir))); err != nil {
			return err
		}
	}
	// What is checked is the starter, whatever a learner has made of it here.
	for _, l := range lessons.Lessons() {
		known, err := bank.Load(l.Files)
		if err != nil {
			return err
		}
		dir := filepath.Join(to, "lessons", l.ID)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := known.Starter.Write(dir); err != nil {
			return err
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "Makefile"} {
		if err := copyFile(filepath.Join(root, file), filepath.Join(to, file)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
