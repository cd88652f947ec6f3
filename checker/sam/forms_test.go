package sam_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

func TestYAMLForms(t *testing.T) {
	t.Parallel()
	t.Run("anchors, aliases and merge keys", func(t *testing.T) {
		t.Parallel()
		template := parse(t, header+`
Resources:
  A: {Type: AWS::SQS::Queue, Properties: &p {VisibilityTimeout: 60, DelaySeconds: 1}}
  B: {Type: AWS::SQS::Queue, Properties: {<<: *p, DelaySeconds: 2}}
  C: {Type: AWS::SQS::Queue, Properties: *p}
`)
		assert.Equal(t, time.Minute, template.Queues[1].VisibilityTimeout)
		assert.Equal(t, 2*time.Second, template.Queues[1].Delay)
		assert.Equal(t, time.Second, template.Queues[2].Delay)
	})
	t.Run("JSON", func(t *testing.T) {
		t.Parallel()
		template := parse(t, `{"Transform": ["AWS::Serverless-2016-10-31"], "Resources": {
			"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-q"}}},
			"App": {"Type": "AWS::Serverless::Application", "Properties": {
				"Location": "lessons/template.yaml", "Parameters": {"QueueArn": {"Fn::GetAtt": ["Q", "Arn"]}}}}},
			"Outputs": {"Url": {"Value": {"Ref": "Q"}}, "Nested": {"Value": {"Fn::GetAtt": ["App", "Outputs.Url"]}}}}`)
		assert.Equal(t, `!Sub "${AWS::StackName}-q"`, template.Queues[0].QueueName.String())
		assert.Equal(t, "lessons/template.yaml", template.Applications[0].Location)
		assert.Equal(t, "!GetAtt Q.Arn", template.Applications[0].Parameters["QueueArn"].String())
		assert.Equal(t, "!Ref Q", template.Outputs[0].Value.String())
		assert.Equal(t, "!GetAtt App.Outputs.Url", template.Outputs[1].Value.String())
	})
}

func TestLoad(t *testing.T) {
	t.Parallel()
	_, err := sam.Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)

	path := filepath.Join(t.TempDir(), "template.yaml")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = sam.Load(path)
	var problems sam.Problems
	require.ErrorAs(t, err, &problems)
	assert.Equal(t, path, problems[0].File)
}

// TestAccepted has what SAM takes although it looks like a mistake.
func TestAccepted(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"no events":                  "F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Events: }}",
		"single policy":              "F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Policies: AmazonS3ReadOnlyAccess}}",
		"policy without parameters":  "F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Policies: [VPCAccessPolicy: ]}}",
		"more parameters than taken": "F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Policies: [VPCAccessPolicy: {X: y}]}}",
		"image":                      "F: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}",
		"numbers as text":            `F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023, Timeout: "5"}}`,
		"REST CORS without origin":   `A: {Type: AWS::Serverless::Api, Properties: {StageName: s, Cors: {AllowMethods: "'GET'", MaxAge: 60}}}`,
		"types not typed here":       "A: {Type: AWS::Serverless::StateMachine}\n  B: {Type: AWS::SQS::QueuePolicy}\n  C: {Type: AWS::Anything::New}",
		"functions where untyped":    `V: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [0, !GetAZs ""], CidrBlock: !Cidr [a, 1, 8]}}`,
		"SAM's own references":       "F: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: provided.al2023}}\n  O: {Type: AWS::X::Y, Properties: {V: !Ref F.Version, A: !GetAtt F.Alias.Name}}",
		"attributes of other types":  "O: {Type: AWS::X::Y}\n  P: {Type: AWS::X::Y, Properties: {V: !GetAtt O.Some.Thing}}",
	}
	for name, resources := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parse(t, header+"Resources:\n  "+resources+"\n")
		})
	}
}
