package sam_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// header makes a template of a few resources.
const header = "Transform: AWS::Serverless-2016-10-31\n"

func parse(t *testing.T, text string) *sam.Template {
	t.Helper()
	template, err := sam.Parse("template.yaml", []byte(text))
	require.NoError(t, err)
	return template
}

func items(t *testing.T) *sam.Template {
	t.Helper()
	template, err := sam.Load("testdata/items.yaml")
	require.NoError(t, err)
	return template
}

func TestFunctionInheritsGlobals(t *testing.T) {
	t.Parallel()
	template := items(t)
	require.Len(t, template.Functions, 2)

	get := template.Functions[0]
	assert.Equal(t, "GetItemFunction", get.LogicalID)
	assert.Equal(t, 41, get.Line)
	assert.Equal(t, "get-item/", get.CodeUri)
	assert.Equal(t, "bootstrap", get.Handler)
	assert.Equal(t, "provided.al2023", get.Runtime)
	assert.Equal(t, "arm64", get.Architecture)
	assert.Equal(t, 256, get.MemorySize)
	assert.Equal(t, 30*time.Second, get.Timeout)
	assert.Equal(t, "go1.x", get.BuildMethod)
	assert.Equal(t, "!Ref ItemsTable", get.Environment["TABLE_NAME"].String())
	assert.Nil(t, get.ReservedConcurrency)
	assert.Equal(t, "Text", get.Logging.LogFormat)

	processor := template.Functions[1]
	assert.Equal(t, 512, processor.MemorySize, "the function's own value wins")
	environment := map[string]string{}
	for name, value := range processor.Environment {
		environment[name] = value.String()
	}
	assert.Equal(t, map[string]string{
		"TABLE_NAME": "!Ref ItemsTable",
		"LOG_LEVEL":  "debug",
		"DLQ_URL":    "!GetAtt DeadLetterQueue.QueueUrl",
		"STRICT":     "true",
	}, environment)
	assert.Equal(t, []string{"ProcessorLogs"}, processor.DependsOn)
	assert.Equal(t, 0, *processor.ReservedConcurrency)
	assert.Equal(t, "!Ref Subnets", processor.VpcConfig.SubnetIds[0].String())
	assert.Equal(t, "!GetAtt SecurityGroup.GroupId", processor.VpcConfig.SecurityGroupIds[0].String())
}

func TestEvents(t *testing.T) {
	t.Parallel()
	template := items(t)

	assert.Equal(t, &sam.HTTPAPIEvent{
		API: "HttpApi", Method: "GET", Path: "/items/{id}", PayloadFormatVersion: "2.0", Timeout: 30 * time.Second,
	}, template.Functions[0].Events[0].Source)

	events := template.Functions[1].Events
	require.Len(t, events, 3)
	orders, ok := events[0].Source.(*sam.SQSEvent)
	require.True(t, ok)
	queue, ok := orders.Queue.Reference()
	require.True(t, ok)
	assert.Equal(t, sam.Reference{LogicalID: "ProcessingQueue", Attribute: "Arn"}, queue)
	assert.Equal(t, 5, orders.BatchSize, "by the parameter's default")
	assert.Equal(t, time.Second, orders.MaximumBatchingWindow)
	assert.Equal(t, []string{"ReportBatchItemFailures"}, orders.FunctionResponseTypes)
	assert.True(t, orders.Enabled)
	assert.Contains(t, events[0].Untyped, "ScalingConfig")

	nightly, ok := events[1].Source.(*sam.ScheduleEvent)
	require.True(t, ok)
	assert.Equal(t, "rate(1 day)", nightly.Expression)
	assert.Equal(t, `{"report": true}`, nightly.Input.String())
	assert.False(t, nightly.Enabled)

	assert.Equal(t, &sam.S3Event{
		Bucket: "UploadsBucket", Events: []string{"s3:ObjectCreated:*"}, Prefix: "in/", Suffix: ".csv",
	}, events[2].Source)
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	policies := items(t).Functions[1].Policies
	require.Len(t, policies, 3)

	crud, ok := policies[0].(*sam.PolicyTemplate)
	require.True(t, ok)
	assert.Equal(t, "DynamoDBCrudPolicy", crud.Name)
	assert.Equal(t, "!Ref ItemsTable", crud.Parameters["TableName"].String())
	assert.Positive(t, crud.Line())

	managed, ok := policies[1].(*sam.ManagedPolicy)
	require.True(t, ok)
	assert.Equal(t, "AWSXRayDaemonWriteAccess", managed.Policy.String())

	statement, ok := policies[2].(*sam.PolicyStatement)
	require.True(t, ok)
	assert.Equal(t, "Allow", statement.Effect)
	assert.Equal(t, []string{"sqs:SendMessage"}, statement.Actions)
	assert.Equal(t, "!GetAtt DeadLetterQueue.Arn", statement.Resources[0].String())
}

func TestPolicyStatementsThatNameTheOthers(t *testing.T) {
	t.Parallel()
	const function = "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n" +
		"      {Handler: a, Runtime: provided.al2023, Policies: {Statement: {Effect: Deny, %s}}}\n"
	template, err := sam.Parse("t.yaml", fmt.Appendf(nil, function, "NotAction: ['dynamodb:*', 's3:*'], NotResource: !Ref AWS::StackId, Condition: {}"))
	require.NoError(t, err)
	statement, ok := template.Functions[0].Policies[0].(*sam.PolicyStatement)
	require.True(t, ok)
	assert.Equal(t, []string{"dynamodb:*", "s3:*"}, statement.NotActions)
	assert.Equal(t, "!Ref AWS::StackId", statement.NotResources[0].String())
	assert.Empty(t, statement.Actions)
	assert.Contains(t, statement.Untyped, "Condition")

	_, err = sam.Parse("t.yaml", fmt.Appendf(nil, function, "Action: 'a:b', NotAction: nothing"))
	require.ErrorContains(t, err, "Action and NotAction exclude each other; keep one")
	require.ErrorContains(t, err, `"nothing" is not an action`)
	require.ErrorContains(t, err, "Resource is missing")
}

func TestOtherResources(t *testing.T) {
	t.Parallel()
	template := items(t)

	table := template.Tables[0]
	assert.Equal(t, []sam.KeyElement{{AttributeName: "id", KeyType: "HASH"}}, table.KeySchema)
	assert.Equal(t, []sam.Attribute{{Name: "id", Type: "S"}, {Name: "owner", Type: "S"}}, table.Attributes)
	assert.Equal(t, "PAY_PER_REQUEST", table.BillingMode)
	assert.Equal(t, "by-owner", table.GlobalSecondaryIndexes[0].IndexName)
	assert.Equal(t, sam.TimeToLive{AttributeName: "expires", Enabled: true}, table.TimeToLive)
	simple := template.Tables[1]
	assert.Equal(t, []sam.KeyElement{{AttributeName: "id", KeyType: "HASH"}}, simple.KeySchema)
	assert.Equal(t, []sam.Attribute{{Name: "id", Type: "S"}}, simple.Attributes)

	queue := template.Queues[0]
	assert.Equal(t, 180*time.Second, queue.VisibilityTimeout)
	assert.Equal(t, 4*24*time.Hour, queue.MessageRetentionPeriod)
	assert.Equal(t, 5, queue.RedrivePolicy.MaxReceiveCount)
	assert.Equal(t, []sam.Reference{{LogicalID: "DeadLetterQueue", Attribute: "Arn"}}, queue.RedrivePolicy.DeadLetterTargetArn.References())
	assert.Nil(t, template.Queues[1].RedrivePolicy)

	api := template.HTTPAPIs[0]
	require.Len(t, template.HTTPAPIs, 1, "no event implies another")
	assert.Equal(t, "prod", api.StageName.String())
	assert.Equal(t, []sam.Value{api.CORS.AllowOrigins[0]}, api.CORS.AllowOrigins)
	assert.Equal(t, "*", api.CORS.AllowOrigins[0].String())
	assert.Equal(t, []string{"GET", "POST", "DELETE"}, api.CORS.AllowMethods)
	assert.Equal(t, 600*time.Second, api.CORS.MaxAge)
	assert.Contains(t, api.Untyped, "Tags", "from Globals")

	bucket := template.Buckets[0]
	assert.Equal(t, `!Sub "${AWS::StackName}-uploads"`, bucket.BucketName.String())
	assert.Contains(t, bucket.Untyped, "VersioningConfiguration")

	group := template.Others[1]
	assert.Equal(t, "AWS::EC2::SecurityGroup", group.Type)
	assert.Equal(t, "the processor", group.Values("GroupDescription")[0].String())
	assert.Equal(t, "zone", group.Values("Tags", "0", "Key")[0].String())
	assert.Equal(t, "!Select", group.Values("Tags", "0", "Value")[0].String())
	assert.Empty(t, group.Values("VpcId"))

	resource, ok := template.Resource("ProcessingQueue")
	assert.True(t, ok)
	assert.Equal(t, "AWS::SQS::Queue", resource.Type)
	_, ok = template.Resource("Nobody")
	assert.False(t, ok)
}

func TestImpliedAPIs(t *testing.T) {
	t.Parallel()
	template := parse(t, header+`
Globals:
  HttpApi:
    CorsConfiguration: true
  Api:
    Cors: "'*'"
    BinaryMediaTypes: [image~1png]
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: bootstrap
      Runtime: provided.al2023
      Events:
        All: {Type: HttpApi}
        Get: {Type: Api, Properties: {Path: /x, Method: any}}
Outputs:
  Http: {Value: !GetAtt ServerlessHttpApi.ApiEndpoint}
  Rest: {Value: !Sub "${ServerlessRestApi}/${ServerlessRestApiProdStage}"}
  Role: {Value: !GetAtt FRole.Arn}
`)
	require.Len(t, template.HTTPAPIs, 1)
	assert.Equal(t, "ServerlessHttpApi", template.HTTPAPIs[0].LogicalID)
	assert.True(t, template.HTTPAPIs[0].Implied)
	assert.Equal(t, "$default", template.HTTPAPIs[0].StageName.String())
	assert.Equal(t, "*", template.HTTPAPIs[0].CORS.AllowOrigins[0].String())
	require.Len(t, template.RestAPIs, 1)
	assert.True(t, template.RestAPIs[0].Implied)
	assert.Equal(t, "Prod", template.RestAPIs[0].StageName.String())
	assert.Equal(t, "*", template.RestAPIs[0].CORS.AllowOrigin)
	assert.Equal(t, []string{"image/png"}, template.RestAPIs[0].BinaryMediaTypes)
	assert.Equal(t, &sam.HTTPAPIEvent{
		API: "ServerlessHttpApi", Method: "ANY", Path: "$default", PayloadFormatVersion: "2.0", Timeout: 30 * time.Second,
	}, template.Functions[0].Events[0].Source)
	assert.Equal(t, &sam.RestAPIEvent{API: "ServerlessRestApi", Method: "ANY", Path: "/x", Timeout: 29 * time.Second},
		template.Functions[0].Events[1].Source)
	assert.Equal(t, ".", template.Functions[0].CodeUri)
}

func TestGlobalsMerge(t *testing.T) {
	t.Parallel()
	template := parse(t, header+`
Globals:
  Function:
    Handler: bootstrap
    Runtime: provided.al2023
    Timeout: 30
    VpcConfig:
      SubnetIds: [a]
      SecurityGroupIds: [g]
Resources:
  Joined:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [b]}
      Timeout: !Ref AWS::NoValue
  Ignoring:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [VpcConfig, Timeout]
  Alone:
    Type: AWS::Serverless::Function
    IgnoreGlobals: "*"
    Properties: {Handler: main, Runtime: provided.al2}
`)
	joined, ignoring, alone := template.Functions[0], template.Functions[1], template.Functions[2]
	assert.Equal(t, "a b", joined.VpcConfig.SubnetIds[0].String()+" "+joined.VpcConfig.SubnetIds[1].String())
	assert.Equal(t, "g", joined.VpcConfig.SecurityGroupIds[0].String())
	assert.Equal(t, 3*time.Second, joined.Timeout, "NoValue takes the global value away")
	assert.Nil(t, ignoring.VpcConfig)
	assert.Equal(t, 3*time.Second, ignoring.Timeout)
	assert.Equal(t, "bootstrap", ignoring.Handler)
	assert.Equal(t, "main", alone.Handler)
}
