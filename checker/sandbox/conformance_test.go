package sandbox

import (
	"slices"
	"testing"

	"example.com/serverless-patterns/checker/conformance"
)

// What Lambda does, fact by fact. The topics are in the files conformance_*_test.go; what is a matter of
// this sandbox alone is in function_test.go.
func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, slices.Concat(
		runtimeAPIRows, runtimeAPIHeaderRows, libraryRows, extensionRows,
		environmentRows, packageRows, fileSystemRows,
		initRows, initFailureRows,
		invokeRows, deadlineRows, freezeRows, payloadRows,
		errorRows, exitRows, answerRows,
		logRows, jsonLogRows, resourceRows,
	))
}
