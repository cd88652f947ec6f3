package grade_test

import (
	"context"
	"os"
	"testing"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/grade"
	"example.com/serverless-patterns/checker/scratch"
)

// worker is the argument by which this program knows that it is to do a job, as `checker work` is.
const worker = "grade-test-worker"

// programDir has the real program. It is removed after the tests.
var programDir string

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == worker {
		report := grade.ReportFile()
		open := func(context.Context, []backend.Service) (backend.Backend, error) { return embedded.New(), nil }
		if err := grade.Work(context.Background(), os.Stdin, report, open); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	scratch.Main(m, &programDir, nil)
}
