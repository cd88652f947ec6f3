package sam

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALenientReadingLeavesOutWhatIsOnlyNotSupportedHere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "template.yaml")
	const text = `Transform: AWS::Serverless-2016-10-31
Parameters:
  Memory: {Type: Number}
Conditions: {Always: !Equals [a, a]}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Condition: Always
    Properties:
      CodeUri: ../src
      Runtime: provided.al2023
      Handler: bootstrap
      MemorySize: !Ref Memory
      Events:
        Records: {Type: Kinesis, Properties: {Stream: any, StartingPosition: LATEST}}
`
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	_, err := Load(path)
	var problems Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 5, "%v", problems) // Memory, Conditions, Condition, CodeUri, Kinesis

	template, left, err := LoadLeniently(path, map[string]string{"Memory": "512"})
	require.NoError(t, err)
	require.Len(t, left, 2)
	assert.Equal(t, 4, left[0].Line)
	assert.Equal(t, "Conditions are not evaluated", left[0].Message)
	assert.Equal(t, 8, left[1].Line)
	f := template.Functions[0]
	assert.Equal(t, "../src", f.CodeUri)
	assert.Equal(t, 512, f.MemorySize)
	require.Len(t, f.Events, 1)
	assert.Equal(t, "Kinesis", f.Events[0].Type)
	assert.Nil(t, f.Events[0].Source)

	_, _, err = LoadLeniently(path, nil)
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 1, "a value that is missing is a problem all the same: %v", problems)
	_, _, err = LoadLeniently(path+".not", nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}
