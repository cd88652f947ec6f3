package sam_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// FuzzParse checks that no input makes Parse panic, that it says the same each time, and that what it
// says is a list of problems with lines.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/problems/*.yaml")
	require.NoError(f, err)
	for _, path := range append(paths, "testdata/items.yaml") {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(header + "Resources: {A: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Events: {E: {Type: Api}}}}}"))
	f.Add([]byte(header + "Resources: {A: {Type: AWS::SQS::Queue, Properties: {<<: [&x {QueueName: !Sub [\"${a}\", {a: 1}]}, *x]}}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		template, err := sam.Parse("template.yaml", data)
		again, errAgain := sam.Parse("template.yaml", data)
		if err == nil {
			require.NoError(t, errAgain)
			require.Equal(t, template, again)
			for _, output := range template.Outputs {
				_ = output.Value.String()
				_, _ = output.Value.Resolve(deployed{})
			}
			return
		}
		require.Nil(t, template)
		require.EqualError(t, errAgain, err.Error())
		var problems sam.Problems
		require.ErrorAs(t, err, &problems)
		require.NotEmpty(t, problems)
		for _, problem := range problems {
			require.Positive(t, problem.Line)
			require.Positive(t, problem.Column)
			require.NotEmpty(t, problem.Message)
		}
	})
}
