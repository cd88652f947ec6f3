package sam_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// TestProblems compares what is said of each template in testdata/problems with the text beside it.
// UPDATE_GOLDEN=1 records the texts anew; read the diff as a learner would.
func TestProblems(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/problems/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			template, err := sam.Parse("template.yaml", data)
			require.Error(t, err)
			assert.Nil(t, template)
			golden := strings.TrimSuffix(path, ".yaml") + ".txt"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644))
			}
			want, readErr := os.ReadFile(golden)
			require.NoError(t, readErr)
			assert.Equal(t, string(want), err.Error()+"\n")

			var problems sam.Problems
			require.ErrorAs(t, err, &problems)
			assert.True(t, slices.IsSortedFunc(problems, func(a, b sam.Problem) int { return a.Line - b.Line }))
		})
	}
}

func TestProblemHasItsPlaceAsFields(t *testing.T) {
	t.Parallel()
	_, err := sam.Parse("lessons/template.yaml", []byte(header+`
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: -1
`))
	assert.Equal(t, sam.Problems{{
		File: "lessons/template.yaml", Line: 7, Column: 26, Path: "Resources.Q.Properties.VisibilityTimeout",
		Message: "is -1; it must be from 0 to 43200 seconds",
	}}, err)
	assert.EqualError(t, err, "lessons/template.yaml:7:26: Resources.Q.Properties.VisibilityTimeout: is -1; it must be from 0 to 43200 seconds")
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	_, err := sam.Parse("template.yaml", []byte(strings.Repeat("#", 1_000_001)))
	assert.ErrorContains(t, err, "1000001 bytes")
}

// TestAbsurdTemplatesAreRefusedSoon has sizes at which quadratic work would show as a test that hangs.
func TestAbsurdTemplatesAreRefusedSoon(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"long keys":         "a" + strings.Repeat("x", 300_000) + ": [" + strings.Repeat("1,", 60_000) + "]",
		"unknown names":     header + "Resources:\n" + strings.Repeat("  A: !Ref Bcdef\n", 20_000),
		"deep flow":         strings.Repeat("[", 9_000),
		"unknown resources": header + "Outputs: {" + strings.Repeat("a: {Value: !Ref Bcdef}, ", 20_000) + "}",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sam.Parse("template.yaml", []byte(text))
			assert.Error(t, err)
		})
	}
}
