package stack

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire/iam"
)

// with is a template of a function with these properties, such as its Policies.
func with(properties string) string {
	return strings.Replace(function("AA: b", items, jobs), "      Environment:\n", indent(properties, 6)+"      Environment:\n", 1)
}

// granted are the statements of the function Fn, with the table's name as TABLE and the region as REGION.
func granted(t *testing.T, properties string) []Grant {
	t.Helper()
	s := deployText(t, newBackend(t), with(properties))
	f, err := s.Function("Fn")
	require.NoError(t, err)
	for _, g := range f.Granted {
		for n, resource := range g.Resources {
			g.Resources[n] = strings.NewReplacer(table(t, s, "Items").Name, "TABLE", s.Region, "REGION").Replace(resource)
		}
	}
	return f.Granted
}

func statements(grants []Grant) []string {
	all := []string{}
	for _, g := range grants {
		all = append(all, strings.Join(g.Actions, " ")+" on "+strings.Join(g.Resources, " "))
	}
	return all
}

// What SAM makes of its policy templates, statement by statement.
func TestPolicyTemplates(t *testing.T) {
	t.Parallel()
	const (
		table   = "arn:aws:dynamodb:REGION:123456789012:table/x"
		indexes = table + " " + table + "/index/*"
		queue   = "arn:aws:sqs:REGION:123456789012:x"
		bucket  = "arn:aws:s3:::x arn:aws:s3:::x/*"
	)
	want := map[string][]string{
		"DynamoDBReadPolicy":        {"BatchGetItem DescribeTable GetItem Query Scan on " + indexes},
		"DynamoDBWritePolicy":       {"BatchWriteItem PutItem UpdateItem on " + indexes},
		"DynamoDBCrudPolicy":        {"BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan UpdateItem on " + indexes},
		"DynamoDBStreamReadPolicy":  {"DescribeStream GetRecords GetShardIterator on " + table + "/stream/x", "ListStreams on " + table + "/stream/*"},
		"DynamoDBReconfigurePolicy": {"UpdateTable on " + table},
		"DynamoDBBackupFullAccessPolicy": {
			"CreateBackup DescribeContinuousBackups on " + table, "DeleteBackup DescribeBackup ListBackups on " + table + "/backup/*",
		},
		"DynamoDBRestoreFromBackupPolicy": {
			"RestoreTableFromBackup on " + table + "/backup/*", "BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem on " + table,
		},
		"SQSSendMessagePolicy": {"SendMessage* on " + queue},
		"SQSPollerPolicy": {
			"ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage on " + queue,
		},
		"S3ReadPolicy":  {"GetBucketLocation GetLifecycleConfiguration GetObject GetObjectVersion ListBucket on " + bucket},
		"S3WritePolicy": {"PutLifecycleConfiguration PutObject PutObjectAcl on " + bucket},
		"S3CrudPolicy": {
			"DeleteObject GetBucketLocation GetLifecycleConfiguration GetObject GetObjectVersion ListBucket PutLifecycleConfiguration PutObject PutObjectAcl on " + bucket,
		},
		"S3FullAccessPolicy": {
			"DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectTagging GetObjectVersion " +
				"GetObjectVersionTagging PutObject PutObjectAcl PutObjectTagging PutObjectVersionTagging on arn:aws:s3:::x/*",
			"GetBucketLocation GetLifecycleConfiguration ListBucket PutLifecycleConfiguration on arn:aws:s3:::x",
		},
	}
	for name := range policyTemplates {
		assert.Contains(t, want, name)
	}
	for name, statements := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policies := "Policies:\n  - " + name + ": {TableName: x, QueueName: x, BucketName: x, StreamName: x}"
			if !strings.HasPrefix(name, "DynamoDB") {
				policies = strings.Replace(policies, "TableName: x, ", "", 1)
			}
			var got []string
			for _, g := range granted(t, policies) {
				assert.Equal(t, iam.Allow, g.Effect)
				assert.Equal(t, name, g.Policy)
				assert.Equal(t, name+" in line 11", g.Name)
				service, _, _ := strings.Cut(g.Actions[0], ":")
				var actions []string
				for _, action := range g.Actions {
					actions = append(actions, strings.TrimPrefix(action, service+":"))
				}
				got = append(got, strings.Join(slices.Sorted(slices.Values(actions)), " ")+" on "+strings.Join(g.Resources, " "))
			}
			assert.Equal(t, statements, got)
		})
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:dynamodb:REGION:123456789012:table/TABLE"
	for name, test := range map[string]struct {
		properties string
		want       []string
	}{
		"none":                   {"", []string{}},
		"a template by Ref":      {"Policies: {DynamoDBReconfigurePolicy: {TableName: !Ref Items}}", []string{"dynamodb:UpdateTable on " + arn}},
		"the ARN where the name": {"Policies: {DynamoDBReconfigurePolicy: {TableName: !GetAtt Items.Arn}}", []string{"dynamodb:UpdateTable on arn:aws:dynamodb:REGION:123456789012:table/" + arn}},
		"of another service":     {"Policies: [SNSPublishMessagePolicy: {TopicName: !GetAtt Nowhere.TopicName}]\nTags: {A: b}", []string{}},
		"managed, by name":       {"Policies: AmazonSQSFullAccess", []string{"sqs:* on *"}},
		"managed, by ARN":        {`Policies: [!Sub "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"]`, []string{"dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams on *"}},
		"managed, for logs":      {"Policies: [AWSLambdaBasicExecutionRole, AWSXRayDaemonWriteAccess]", []string{}},
		"statements": {`Policies:
  - Statement:
      - {Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Items.Arn}
      - {Effect: Deny, Action: "dynamodb:Delete*", Resource: "*"}
      - {Effect: Allow, Action: logs:PutLogEvents, Resource: nonsense}
      - {Effect: Allow, NotAction: ["dynamodb:*", "s3:*", "sqs:*"], Resource: "*"}`, []string{"dynamodb:GetItem on " + arn, "dynamodb:Delete* on *"}},
		"an event of SQS":     {"Events: {Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}", []string{"sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on *"}},
		"a dead-letter queue": {"DeadLetterQueue: {Type: SQS, TargetArn: arn:aws:sqs:eu-north-1:123456789012:dead}", []string{"sqs:SendMessage on arn:aws:sqs:REGION:123456789012:dead"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(test.properties, "Nowhere") {
				s := deployText(t, newBackend(t), with(test.properties)+"  Nowhere:\n    Type: AWS::SNS::Topic\n")
				f, err := s.Function("Fn")
				require.NoError(t, err)
				assert.Empty(t, f.Granted)
				return
			}
			assert.Equal(t, test.want, statements(granted(t, test.properties)))
		})
	}
}

// A statement may be for several services at once; ARNs of others are not known here.
func TestResourcesOfOtherServicesAreLeftOut(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), with(`Policies:
  - Statement:
      Effect: Allow
      Action: [dynamodb:GetItem, sns:Publish]
      Resource: [!GetAtt Items.Arn, !Ref Topic]`)+"  Topic:\n    Type: AWS::SNS::Topic\n")
	f, err := s.Function("Fn")
	require.NoError(t, err)
	require.Len(t, f.Granted, 1)
	assert.Equal(t, []string{"arn:aws:dynamodb:" + s.Region + ":123456789012:table/" + table(t, s, "Items").Name}, f.Granted[0].Resources)
}

// A name in place of an ARN is a mistake that AWS finds when it deploys.
func TestWhatIsNoARNIsTheTemplatesFault(t *testing.T) {
	t.Parallel()
	b := watch(t)
	_, err := Deploy(t.Context(), options(t, b, with(`Policies:
  - Statement:
      - Effect: Allow
        Action: dynamodb:GetItem
        Resource: !Ref Items`)))
	var refused *PolicyError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 14, refused.Line)
	assert.Regexp(t, `^template.yaml:14: Policies of Fn: the Resource !Ref Items is "shop-Items-[A-Z2-7]{13}", `+
		`which is neither an ARN nor \*; a resource's ARN is !GetAtt Items.Arn$`, err.Error())
	assert.Zero(t, b.left())
}

func TestWhatCannotBeEvaluatedIsRefused(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]string{
		"Role: arn:aws:iam::123456789012:role/own":                "template.yaml:10: Role of Fn is not evaluated here",
		"PermissionsBoundary: arn:aws:iam::123456789012:policy/b": "template.yaml:10: PermissionsBoundary of Fn is not evaluated here",
		"Policies: [ReadOnlyAccess]":                              "what the managed policy ReadOnlyAccess allows is not known here",
		"Policies: [arn:aws:iam::123456789012:policy/own]":        "what the managed policy arn:aws:iam::123456789012:policy/own allows is not known here",
		"Policies: [!Ref Items]":                                  "what the managed policy !Ref Items allows is not known here",
		"Policies: {Statement: {Effect: Allow, Action: dynamodb:GetItem, Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}}}": "template.yaml:10: the Condition of a statement of Fn is not evaluated here",
		"Policies: {Statement: {Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/${aws:username}/*'}}":                  `the variables in "arn:aws:s3:::files/${aws:username}/*" are not evaluated here`,
	} {
		_, err := Deploy(t.Context(), options(t, watch(t), with(properties)))
		require.ErrorContains(t, err, want)
		var refused *PolicyError
		assert.NotErrorAs(t, err, &refused, "it is a limit of the checker, not a fault of the template")
	}
	for more, want := range map[string]string{
		"  Own:\n    Type: AWS::IAM::Policy\n":                             "Own is of type AWS::IAM::Policy, which may give permissions to functions and is not evaluated here",
		"  Own:\n    Type: AWS::Serverless::Connector\n":                   "Own is of type AWS::Serverless::Connector",
		"  Own:\n    Type: AWS::Logs::LogGroup\n    Connectors: {A: {}}\n": "the Connectors of Own are not evaluated here",
	} {
		_, err := Deploy(t.Context(), options(t, watch(t), with("")+more))
		require.ErrorContains(t, err, want)
	}
}

// A condition of a statement for other services does not matter here.
func TestAConditionForOtherServicesIsNoLimit(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(with(
		"Policies: {Statement: {Effect: Allow, Action: cloudwatch:PutMetricData, Resource: '*', Condition: {StringEquals: {'cloudwatch:namespace': shop}}}}")))
	require.NoError(t, err)
	assert.NoError(t, Supported(template))
}
