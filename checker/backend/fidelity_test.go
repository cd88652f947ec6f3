package backend_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

const fidelityFile = "docs/fidelity.md"

// difference is a row of the document's tables.
type difference struct{ embedded, containers, aws string }

const asAWS = "as AWS"

// of is what a backend is said to answer.
func (d difference) of(backend string) string {
	said := d.embedded
	if backend == "containers" {
		said = d.containers
	}
	if said == asAWS {
		return d.aws
	}
	return said
}

// readFidelity reads the rows of a service in all tables of the document, by their ids.
func readFidelity(t *testing.T, prefix string) map[string]difference {
	t.Helper()
	found := map[string]difference{}
	for _, cells := range conformance.Table(t, fidelityFile, prefix, 4) {
		found[cells[0]] = difference{embedded: cells[1], containers: cells[2], aws: cells[3]}
	}
	return found
}

// declarations are what a document says of a technology's answers, by the ids of facts.
func declarations(t *testing.T, technology, prefix string) map[string]string {
	t.Helper()
	said := map[string]string{}
	if technology == "moto" {
		for id, d := range readMoto(t, prefix) {
			said[id] = d.moto
		}
		return said
	}
	for id, d := range readFidelity(t, prefix) {
		said[id] = d.of(technology)
	}
	return said
}

// The other direction, that what is declared is so and that nothing else is, is TestConformance.
func TestTheDocumentOnDifferencesHasWhatTheSuiteHas(t *testing.T) {
	t.Parallel()
	answers := answersOfAWS()
	declared := readFidelity(t, "dynamodb-")
	queues := readFidelity(t, "sqs-")
	require.NotEmpty(t, declared)
	require.NotEmpty(t, queues)
	maps.Copy(declared, queues)
	for id, d := range declared {
		answer, ok := answers[id]
		if assert.True(t, ok, "%s declares %s, which no fact has", fidelityFile, id) {
			assert.Equal(t, answer, d.aws, "%s: what AWS answers to %s", fidelityFile, id)
		}
		assert.False(t, same(d.aws, d.of("embedded")) && same(d.aws, d.of("containers")), "%s declares %s, which is no difference", fidelityFile, id)
	}
}

// answersOfAWS are those of all facts.
func answersOfAWS() map[string]string {
	answers := map[string]string{}
	for _, f := range facts() {
		answers["dynamodb-"+f.id] = f.aws
	}
	for _, f := range queueFacts() {
		answers["sqs-"+f.id] = f.aws
	}
	return answers
}
