package verify

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The thread that starts processes stays for the life of the program.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("example.com/serverless-patterns/checker/sandbox.init.func1.1"),
		goleak.IgnoreAnyFunction("example.com/serverless-patterns/checker/sandbox/isolation.parent"))
}

// name is how a row is called in these tests.
func (r Row) name() string { return fmt.Sprintf("%s %s", r.Kind, r.Name) }
