package serve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/stack"
)

// bootstrap is a function without any library: it answers every event with its words.
const bootstrap = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"shop.example/orders/words"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		event, err := http.Get(api + "next")
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, event.Body)
		event.Body.Close()
		body := fmt.Sprintf("{\"statusCode\":200,\"body\":%q}", words.Say("NAME")+" "+os.Getenv("BUS")+os.Getenv("STAGE"))
		posted, err := http.Post(api+event.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		posted.Body.Close()
	}
}
`

const shop = `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Globals:
  Function: {Runtime: provided.al2023, Handler: bootstrap, Timeout: 10}
Resources:
  Root:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../
      Environment: {Variables: {BUS: !Ref Bus, STAGE: !Ref Stage}}
      Policies: [{Version: "2012-10-17", Statement: {Effect: Allow, Action: events:PutEvents, Resource: !GetAtt Bus.Arn}}]
      Events:
        Get: {Type: HttpApi, Properties: {Method: GET, Path: /root}}
        Post: {Type: HttpApi, Properties: {Method: POST, Path: /root}}
        Bus: {Type: EventBridgeRule, Properties: {Pattern: {source: [x]}}}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, ScalingConfig: {MaximumConcurrency: 2}}}
        Ordered: {Type: SQS, Properties: {Queue: !GetAtt Ordered.Arn}}
        Theirs: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:111122223333:theirs"}}
  Nested:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties:
      CodeUri: ../cmd/nested
      Role: !GetAtt NestedRoleOfOurs.Arn
      Events:
        Post: {Type: HttpApi, Properties: {Method: POST, Path: /nested}}
        Every: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
  Python:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: py, Runtime: python3.13, Handler: app.handler}
  NestedRoleOfOurs:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {maxReceiveCount: 3, deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:letters"}}
  Ordered: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Logs: {Type: AWS::Logs::LogGroup}
  Alarm: {Type: AWS::CloudWatch::Alarm}
  Orders:
    Type: AWS::Serverless::SimpleTable
    Properties: {TableName: !Sub "orders-${Stage}"}
Outputs:
  Url: {Value: !Sub "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.amazonaws.com/root"}
  Queue: {Value: !Ref Jobs}
  Bus: {Value: !GetAtt Bus.Arn}
`

func writeShop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":               "module shop.example/orders\n\ngo 1.26\n",
		"main.go":              strings.ReplaceAll(bootstrap, "NAME", "root"),
		"cmd/nested/main.go":   strings.ReplaceAll(bootstrap, "NAME", "nested"),
		"words/words.go":       "package words\n\nfunc Say(who string) string { return \"I am \" + who }\n",
		"deploy/template.yaml": shop,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func TestServesATemplateOfAnotherModule(t *testing.T) {
	t.Parallel()
	dir := writeShop(t)
	r := start(t, Project{Name: "shop", Title: "Template", Template: filepath.Join(dir, "deploy", "template.yaml")}, func(o *Options) {
		o.Parameters = map[string]string{"Stage": "prod"}
	})
	r.await("Ctrl-C")
	status, _, body := r.post(r.url("ServerlessHttpApi")+"/root", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "I am root Busprod", body)
	_, _, body = r.post(r.url("ServerlessHttpApi")+"/nested", "")
	assert.Equal(t, "I am nested ", body)
	for _, text := range []string{
		"Left out\n",
		"Conditions are not evaluated",
		"the Condition is not evaluated: what it is of is made in any case",
		"Bus is of type AWS::Events::EventBus, which is not here",
		"Ordered is a FIFO queue, which is not here",
		"Jobs has no dead-letter queue here: its own is arn:aws:sqs:eu-west-1:111122223333:letters",
		"the event Ordered of Root is left out: its queue, !GetAtt Ordered.Arn, is not here",
		"the event Theirs of Root is left out: its queue, arn:aws:sqs:eu-west-1:111122223333:theirs, is not here",
		"ScalingConfig of the event Jobs of Root is not looked at: batches come one after the other",
		"to Root, 10 at a time\n",
		"Python is left out: its runtime is python3.13",
		"the event Bus of Root is of type EventBridgeRule, which does not come here",
		"Nested  Every  rate(5 minutes)\n",
		`the variable BUS of Root is "Bus": `,
		"Nested may do everything here, whatever its policies say: ",
		"Orders  orders-prod\n",
		"Bus    not known here: ",
		"Queue  " + r.client() + "/123456789012/shop-Jobs-",
		"Url    " + r.url("ServerlessHttpApi") + "/root\n",
	} {
		assert.Contains(t, r.String(), text)
	}
	for _, text := range []string{"Logs is", "Alarm is", "NestedRoleOfOurs is", "variable STAGE", "Root may do everything"} {
		assert.NotContains(t, r.String(), text)
	}

	// Both functions use a package that is outside of the template's directory.
	r.edit("../words/words.go", "I am ", "This is ")
	r.await("new code from the next invocation on: Nested, Root")
	_, _, body = r.post(r.url("ServerlessHttpApi")+"/nested", "")
	assert.Equal(t, "This is nested ", body)
	require.NoError(t, r.end())
	r.nothingLeft()
}

func TestATemplateThatCannotBeServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ resource, says string }{
		"no module":      {"{CodeUri: a, Runtime: provided.al2023, Handler: bootstrap}", "there is no go.mod here or above"},
		"no Go":          {"{CodeUri: a, Runtime: nodejs24.x, Handler: index.handler}", "There is nothing to serve"},
		"an image":       {"{PackageType: Image}", "it is a container image"},
		"a typing error": {"{CodeUri: a, Runtime: provided.al2023, Handler: bootstrap, Timeuot: 3}", `"Timeuot" is not a property`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "template.yaml")
			text := "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties: " + c.resource + "\n"
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			r := start(t, Project{Name: "any", Template: path})
			require.ErrorIs(t, r.ending(), ErrFault)
			assert.Contains(t, r.String(), c.says)
		})
	}
}

func TestWhatIsAdaptedCanBeDeployed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ resources, note string }{
		"an authorizer": {`
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, Auth: {ApiKeyRequired: true}}}
`, "line 4: Auth of Api is not looked at: everybody may send every request"},
		"routes in a definition": {`
  Api: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionBody: {openapi: 3.0.1}}}
`, "line 4: DefinitionBody of Api is not looked at: its routes are the events of functions alone"},
		"a connector": {`
  C: {Type: AWS::Serverless::Connector, Properties: {}}
`, "Fn may do everything here, whatever its policies say: C, of type AWS::Serverless::Connector, is not evaluated"},
		"a policy beside": {`
  P: {Type: AWS::IAM::Policy, Properties: {}}
`, "Fn may do everything here, whatever its policies say: P, of type AWS::IAM::Policy, is not evaluated"},
		"a nested application": {`
  N: {Type: AWS::Serverless::Application, Properties: {Location: n/template.yaml}}
`, "line 4: N is of type AWS::Serverless::Application, which is not here: serve its template on its own"},
		"a bucket with versions": {`
  B: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
`, "line 4: VersioningConfiguration of B is not looked at: what is overwritten or removed is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "Transform: AWS::Serverless-2016-10-31\nResources:\n" + // the resources begin in line 4
				c.resources + "  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: a, Runtime: provided.al2023, Handler: bootstrap}\n"
			template, err := sam.Parse("template.yaml", []byte(text))
			require.NoError(t, err)
			require.Error(t, stack.Supported(template), "there is nothing to adapt")
			adapted, notes := adapt(template)
			require.NoError(t, stack.Supported(adapted))
			require.Len(t, notes, strings.Count(strings.Join(notes, "\n"), "line "))
			assert.Contains(t, strings.Join(notes, "\n"), c.note)
			require.Error(t, stack.Supported(template), "the template itself was changed")
		})
	}
}
