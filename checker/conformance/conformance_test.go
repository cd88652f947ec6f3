package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestARowNeedsATestOrAReason(t *testing.T) {
	t.Parallel()
	test := func(*testing.T) {}
	for name, row := range map[string]Row{
		"the id is not made of words and hyphens":       {ID: "Init", Certainty: Documented, Fact: "f", Test: test},
		"it states no fact":                             {ID: "init-limit", Certainty: Documented, Test: test},
		"its certainty is none of D, V, S, M, R, I":     {ID: "init-limit", Certainty: "DV", Fact: "f", Test: test},
		"it has a test and a reason for having none":    {ID: "init-limit", Certainty: Documented, Fact: "f", Test: test, Skip: "s"},
		"it has no test, and no reason for having none": {ID: "init-limit", Certainty: Recorded, Fact: "f"},
		"": {ID: "init-limit", Certainty: Documented, Fact: "f", Skip: "s"},
	} {
		assert.Equal(t, name, row.problem())
	}
}
