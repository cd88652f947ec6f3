// Package scratch is what tests of several packages begin and end with: a directory that all tests of a
// package share, and a look at what they have left running. It knows nothing of the checker.
package scratch

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Goroutines whose threads are the parents of functions' processes, without isolation and with it. They stay for the life of
// the program.
const (
	spawner = "example.com/serverless-patterns/checker/sandbox.init.func1.1"
	parent  = "example.com/serverless-patterns/checker/sandbox/isolation.parent"
)

// lingering is a connection of net/http's server whose client sent more than it took. It ends by itself, half
// a second later.
const lingering = "net/http.(*conn).closeWriteAndWait"

// Main is the TestMain of a package. It sets dir to a new directory, runs the tests, calls end, which may be
// nil, removes the directory, and ends the program: with a failure too if goroutines are left.
func Main(m *testing.M, dir *string, end func()) {
	code, err := run(m, dir, end)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m interface{ Run() int }, dir *string, end func()) (code int, err error) {
	if *dir, err = os.MkdirTemp("", "checker-test-"); err != nil {
		return 1, err
	}
	code = m.Run()
	if end != nil {
		end()
	}
	if err := os.RemoveAll(*dir); err != nil || code != 0 {
		return code, err
	}
	return code, goleak.Find(goleak.IgnoreAnyFunction(spawner), goleak.IgnoreAnyFunction(parent), goleak.IgnoreAnyFunction(lingering))
}

// FixSeed has package rapid draw the same in each run, from an init function of the tests. What a fresh seed finds is news, and
// not the fault of whoever's change is tested: -rapid.seed 0 is for nights, and any other number for what one has found.
func FixSeed() {
	if err := flag.Set("rapid.seed", "1"); err != nil {
		panic(err) // the package's tests do not import rapid
	}
}
