package lesson06

import (
	"fmt"
	"testing"

	"example.com/serverless-patterns/checker/conformance"
)

// Sources: "Giving Lambda functions access to resources in an Amazon VPC" in the Lambda Developer Guide, "DNS attributes for your
// VPC" and "NAT gateways" in the Amazon VPC User Guide.
var networkFacts = []conformance.Row{
	{ID: "model-connection", Certainty: conformance.Inferred, Fact: "A new connection looks up a name at the VPC's resolver, and shakes hands for TCP and TLS, which takes some milliseconds to another zone.",
		Skip: fmt.Sprintf("modelled: %v for the look-up and %v for the handshakes, for each connection that was counted. The table of lesson 6 says so, and no requirement depends on it",
			lookUp, handshakes)},
	{ID: "model-ports", Certainty: conformance.Documented, Fact: "The environments of a function share the connections that a network interface can have, 65,000.",
		Skip: fmt.Sprintf("nothing runs out: lesson 6 counts, and allows %d connections to each service for %d requests", allowed, quotes)},
	{ID: "model-dns-limit", Certainty: conformance.Documented, Fact: "The resolver answers 1,024 packets a second to each network interface.", Skip: "there are no names to look up: services have addresses of 127.0.0.1"},
	{ID: "model-interface", Certainty: conformance.Documented, Fact: "A function's network interfaces are made when it is deployed, for each subnet with its security groups, and it is Pending for as long as that takes.",
		Skip: "none are made, and nothing waits: a cold start costs the same with a VpcConfig and without"},
	{ID: "model-interface-idle", Certainty: conformance.Documented, Fact: "A function that nobody has invoked for some weeks loses them, and the next invocation fails while they are made again.", Skip: "nothing is idle for that long"},
	{ID: "model-routes", Certainty: conformance.Documented, Fact: "Routes, endpoints and security groups decide what a function reaches.",
		Skip: "they are judged as the template declares them, and stop no packet"},
	{ID: "model-nat-idle", Certainty: conformance.Documented, Fact: "A NAT gateway drops a connection that was idle for 350 s.", Skip: "connections stay"},
}

func TestTheDocumentSaysWhatOfTheNetworkIsAModel(t *testing.T) {
	t.Parallel()
	conformance.Run(t, networkFacts)
	conformance.Document(t, "docs/fidelity.md", "model-", networkFacts)
}
