package lesson05

import (
	"fmt"
	"testing"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/conformance"
)

// Sources: "Understanding the Lambda execution environment lifecycle" in the Lambda Developer Guide, and the published
// measurements of cold starts.
var coldStartFacts = []conformance.Row{
	{ID: "measure-init", Certainty: conformance.Documented, Fact: "Init Duration in the REPORT line of a cold start is the time that its INIT took.",
		Skip: fmt.Sprintf("the CPU time of INIT, as the median of %d cold starts, in turns with as many of a function that only says hello: what counts is the ratio, of which %.0f is allowed",
			check.Samples, maxInit)},
	{ID: "measure-init-wait", Certainty: conformance.Documented, Fact: "What INIT waits for is part of it.",
		Skip: fmt.Sprintf("it counts if it is %v longer than five waits of hello: on a busy machine every process waits", longWait)},
	{ID: "measure-init-boost", Certainty: conformance.Reported, Fact: "INIT has more CPU than MemorySize gives, so that it takes as long with 128 MB as with 1024.",
		Skip: "the CPU of this machine"},
	{ID: "measure-init-package", Certainty: conformance.Reported, Fact: "Before INIT the package is fetched and unpacked, which is not part of Init Duration.",
		Skip: fmt.Sprintf("nothing is fetched: the size is a requirement of its own, %.2f times that of hello", maxSize)},
	{ID: "measure-init-disk", Certainty: conformance.Inferred, Fact: "INIT reads from a disk what it runs of the binary.",
		Skip: "the binary is in memory since it was built"},
	{ID: "measure-init-tls", Certainty: conformance.Inferred, Fact: "The first call of a process to AWS looks up a name, and shakes hands for TCP and TLS.",
		Skip: "calls go to 127.0.0.1, without TLS"},
}

func TestTheDocumentSaysHowColdStartsAreMeasured(t *testing.T) {
	t.Parallel()
	conformance.Run(t, coldStartFacts)
	conformance.Document(t, "docs/fidelity.md", "measure-", coldStartFacts)
}
