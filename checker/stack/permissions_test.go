package stack

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// as is a client with the credentials of the function Fn.
func as(t *testing.T, s *Stack) *dynamodb.Client {
	t.Helper()
	credentials := s.wire.NewCaller("Fn", "env")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return dynamodb.New(dynamodb.Options{
		Region:           s.Region,
		BaseEndpoint:     aws.String(s.wire.URL()),
		Credentials:      aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }),
		HTTPClient:       &http.Client{Transport: transport},
		RetryMaxAttempts: 1,
	})
}

// do makes the calls that are named, whether they are allowed or not: get put query index list other.
func do(t *testing.T, s *Stack, calls string) {
	t.Helper()
	db := as(t, s)
	name := aws.String(table(t, s, "Items").Name)
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}
	values := map[string]types.AttributeValue{":id": key["id"]}
	for call := range strings.FieldsSeq(calls) {
		switch call {
		case "get":
			_, _ = db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: name, Key: key})
		case "put":
			_, _ = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: name, Item: key})
		case "query":
			_, _ = db.Query(t.Context(), &dynamodb.QueryInput{TableName: name, KeyConditionExpression: aws.String("id = :id"), ExpressionAttributeValues: values})
		case "index":
			_, _ = db.Query(t.Context(), &dynamodb.QueryInput{TableName: name, IndexName: aws.String("by-day"), KeyConditionExpression: aws.String("id = :id"), ExpressionAttributeValues: values})
		case "list":
			_, _ = db.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		case "other":
			_, _ = db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("other"), Key: key})
		}
	}
}

func permissions(t *testing.T, properties, calls string) Permissions {
	t.Helper()
	s := deployText(t, newBackend(t), with(properties))
	do(t, s, calls)
	f, err := s.Function("Fn")
	require.NoError(t, err)
	return f.Permissions()
}

const (
	readPolicy = "Policies: [DynamoDBReadPolicy: {TableName: !Ref Items}]"
	crudPolicy = "Policies: [DynamoDBCrudPolicy: {TableName: !Ref Items}]"
)

func TestUsed(t *testing.T) {
	t.Parallel()
	p := permissions(t, readPolicy, "get put get index other")
	type use struct {
		action, on string
		calls      int
		allowed    bool
	}
	var got []use
	for _, u := range p.Used {
		got = append(got, use{u.Action, u.On, u.Calls, u.Allowed})
	}
	require.Len(t, got, 4)
	assert.Equal(t, []use{
		{"dynamodb:GetItem", "Items", 2, true},
		{"dynamodb:PutItem", "Items", 1, false},
		{"dynamodb:Query", "Items/index/by-day", 1, true},
	}, got[:3])
	assert.Regexp(t, `^arn:aws:dynamodb:.*:123456789012:table/other$`, got[3].on)
	assert.Len(t, p.Denied(), 2)
}

func TestUnused(t *testing.T) {
	t.Parallel()
	statement := func(actions, resources string) string {
		return "Policies:\n  - Statement:\n      - {Effect: Allow, Action: [" + actions + "], Resource: " + resources + "}"
	}
	for name, test := range map[string]struct {
		properties, calls string
		want              []Unused
	}{
		"nothing is granted":              {"", "get", nil},
		"a template counts as a whole":    {readPolicy, "get", nil},
		"nothing of it was used":          {readPolicy, "put", []Unused{{Policy: "DynamoDBReadPolicy", Line: 10, Whole: true, Actions: strings.Fields(readActions), Resources: []string{"Items", "Items/index/*"}}}},
		"a narrower template would do":    {crudPolicy, "get query", []Unused{{Policy: "DynamoDBCrudPolicy", Line: 10, Actions: strings.Fields("dynamodb:Scan dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:ConditionCheckItem")}}},
		"no narrower template would do":   {crudPolicy, "get put", nil},
		"a statement counts by its parts": {statement("dynamodb:GetItem, dynamodb:PutItem, 'dynamodb:Delete*', logs:PutLogEvents", "!GetAtt Items.Arn"), "get", []Unused{{Line: 12, Actions: []string{"dynamodb:PutItem", "dynamodb:Delete*"}}}},
		"and by its resources":            {statement("dynamodb:Query", "[!GetAtt Items.Arn, !Sub '${Items.Arn}/index/*']"), "query", []Unused{{Line: 12, Resources: []string{"Items/index/*"}}}},
		"all of a statement is used":      {statement("dynamodb:GetItem, dynamodb:Query", "!GetAtt Items.Arn"), "get query", nil},
		"a managed policy that is used":   {"Policies: AmazonDynamoDBReadOnlyAccess", "get", nil},
		"a managed policy that is not":    {"Policies: AmazonSQSFullAccess", "get", []Unused{{Policy: "AmazonSQSFullAccess", Line: 10, Whole: true, Actions: []string{"sqs:*"}, Resources: []string{"*"}}}},
		"what SAM adds is not in vain":    {"Events: {Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}", "get", nil},
		"a deny grants nothing":           {"Policies: {Statement: {Effect: Deny, Action: '*', Resource: '*'}}", "get", nil},
		"services that are not looked at": {statement("sns:Publish, logs:CreateLogStream", "'*'"), "get", nil},
		"two templates, of which one is used": {
			"Policies:\n  - DynamoDBReadPolicy: {TableName: !Ref Items}\n  - SQSSendMessagePolicy: {QueueName: jobs}", "get",
			[]Unused{{Policy: "SQSSendMessagePolicy", Line: 12, Whole: true, Actions: []string{"sqs:SendMessage*"}, Resources: []string{"arn:aws:sqs:eu-north-1:123456789012:jobs"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, permissions(t, test.properties, test.calls).Unused)
		})
	}
}

func TestWildcards(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statement string
		want      []Wildcard
	}{
		"none":                     {"{Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt Items.Arn}", nil},
		"all indexes of a table":   {"{Effect: Allow, Action: dynamodb:Query, Resource: !Sub '${Items.Arn}/index/*'}", nil},
		"all objects of a bucket":  {"{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::files/*'}", nil},
		"every action":             {"{Effect: Allow, Action: 'dynamodb:*', Resource: !GetAtt Items.Arn}", []Wildcard{{Line: 11, Actions: []string{"dynamodb:*"}}}},
		"every resource":           {"{Effect: Allow, Action: dynamodb:GetItem, Resource: '*'}", []Wildcard{{Line: 11, Resources: []string{"*"}}}},
		"every table":              {"{Effect: Allow, Action: dynamodb:GetItem, Resource: !Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*'}", []Wildcard{{Line: 11, Resources: []string{"arn:aws:dynamodb:eu-north-1:123456789012:table/*"}}}},
		"every bucket":             {"{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::*'}", []Wildcard{{Line: 11, Resources: []string{"arn:aws:s3:::*"}}}},
		"there is nothing to name": {"{Effect: Allow, Action: [dynamodb:ListTables, s3:ListAllMyBuckets], Resource: '*'}", nil},
		"a deny may be as broad":   {"{Effect: Deny, Action: '*', Resource: '*'}", nil},
		"another service":          {"{Effect: Allow, Action: 'cloudwatch:*', Resource: '*'}", nil},
		"all actions but some":     {"{Effect: Allow, NotAction: 'iam:*', Resource: !GetAtt Items.Arn}", []Wildcard{{Line: 11, Actions: []string{"all but iam:*"}}}},
		"all resources but some":   {"{Effect: Allow, Action: dynamodb:GetItem, NotResource: 'arn:aws:s3:::files'}", []Wildcard{{Line: 11, Resources: []string{"all but arn:aws:s3:::files"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, permissions(t, "Policies:\n  - Statement: "+test.statement, "").Wildcards)
		})
	}
	assert.Equal(t, []Wildcard{{Policy: "AmazonDynamoDBFullAccess", Line: 10, Actions: []string{"dynamodb:*"}, Resources: []string{"*"}}},
		permissions(t, "Policies: [AmazonDynamoDBFullAccess]", "").Wildcards)
	assert.Empty(t, permissions(t, readPolicy, "").Wildcards, "the wildcards of policy templates are SAM's")
}

func TestYAML(t *testing.T) {
	t.Parallel()
	for calls, want := range map[string]string{
		"":    "Policies: []",
		"get": "Policies:\n  - DynamoDBReadPolicy:\n      TableName: !Ref Items",
		"put": "Policies:\n  - DynamoDBWritePolicy:\n      TableName: !Ref Items",
		"get put index": `Policies:
  - Statement:
      - Effect: Allow
        Action:
          - dynamodb:GetItem
          - dynamodb:PutItem
        Resource: !GetAtt Items.Arn
      - Effect: Allow
        Action:
          - dynamodb:Query
        Resource: !Sub ${Items.Arn}/index/by-day`,
	} {
		assert.Equal(t, want, strings.Join(permissions(t, "", calls).YAML(), "\n"), calls)
	}
	assert.Regexp(t, `^Policies:
  # dynamodb:GetItem on arn:aws:dynamodb:.*:table/other, which is not a resource of this template$`,
		strings.Join(permissions(t, "", "other").YAML(), "\n"))
}

// What is advised is what AWS would take, and what allows the same calls.
func TestTheYAMLAllowsWhatWasUsedAndNoWildcard(t *testing.T) {
	t.Parallel()
	for _, calls := range []string{"get", "put", "get put", "get put query index"} {
		advice := strings.Join(permissions(t, "", calls).YAML(), "\n")
		p := permissions(t, advice, calls)
		assert.NotEmpty(t, p.Used)
		assert.Empty(t, p.Denied(), advice)
		assert.Empty(t, p.Unused, advice)
		assert.Empty(t, p.Wildcards, advice)
	}
}
