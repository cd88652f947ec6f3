package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// asProgram is the environment variable with which the tests' binary is bench itself.
const asProgram = "CHECKER_TEST_IS_BENCH"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}
