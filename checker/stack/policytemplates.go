package stack

import (
	"strings"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire/iam"
)

// A rule is a statement of a policy that AWS has written: its actions with spaces between, and its
// resources, in which a name in brackets stands for a parameter.
type rule struct {
	actions   string
	resources []string
}

const (
	tableItself  = "table/{TableName}"
	tableIndexes = "table/{TableName}/index/*"
	tableBackups = "table/{TableName}/backup/*"
	bucketItself = "{BucketName}"
	bucketsKeys  = "{BucketName}/*"

	readActions   = "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable"
	bucketActions = "s3:ListBucket s3:GetBucketLocation s3:GetLifecycleConfiguration"
)

// policyTemplates are SAM's policy templates for the services whose calls are looked at, from "Policy
// template list" in the AWS SAM Developer Guide. All others allow nothing of these services.
var policyTemplates = map[string][]rule{
	"DynamoDBReadPolicy": {{readActions, []string{tableItself, tableIndexes}}},
	"DynamoDBWritePolicy": {
		{"dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem", []string{tableItself, tableIndexes}},
	},
	"DynamoDBCrudPolicy": {{
		readActions + " dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:ConditionCheckItem",
		[]string{tableItself, tableIndexes},
	}},
	"DynamoDBStreamReadPolicy": {
		{"dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator", []string{"table/{TableName}/stream/{StreamName}"}},
		{"dynamodb:ListStreams", []string{"table/{TableName}/stream/*"}},
	},
	"DynamoDBReconfigurePolicy": {{"dynamodb:UpdateTable", []string{tableItself}}},
	"DynamoDBBackupFullAccessPolicy": {
		{"dynamodb:CreateBackup dynamodb:DescribeContinuousBackups", []string{tableItself}},
		{"dynamodb:DeleteBackup dynamodb:DescribeBackup dynamodb:ListBackups", []string{tableBackups}},
	},
	"DynamoDBRestoreFromBackupPolicy": {
		{"dynamodb:RestoreTableFromBackup", []string{tableBackups}},
		{
			"dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchWriteItem",
			[]string{tableItself},
		},
	},

	"SQSSendMessagePolicy": {{"sqs:SendMessage*", []string{"{QueueName}"}}},
	"SQSPollerPolicy": {{
		"sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch sqs:DeleteMessage sqs:DeleteMessageBatch " +
			"sqs:GetQueueAttributes sqs:ReceiveMessage",
		[]string{"{QueueName}"},
	}},

	"S3ReadPolicy": {{bucketActions + " s3:GetObject s3:GetObjectVersion", []string{bucketItself, bucketsKeys}}},
	"S3WritePolicy": {
		{"s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration", []string{bucketItself, bucketsKeys}},
	},
	"S3CrudPolicy": {{
		bucketActions + " s3:GetObject s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration s3:DeleteObject",
		[]string{bucketItself, bucketsKeys},
	}},
	"S3FullAccessPolicy": {
		{
			"s3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject s3:DeleteObjectTagging " +
				"s3:DeleteObjectVersionTagging s3:GetObjectTagging s3:GetObjectVersionTagging s3:PutObjectTagging s3:PutObjectVersionTagging",
			[]string{bucketsKeys},
		},
		{bucketActions + " s3:PutLifecycleConfiguration", []string{bucketItself}},
	},
}

// templateStatements are what SAM makes of a policy template.
func (r resolver) templateStatements(name string, parameters map[string]string) []iam.Statement {
	var all []iam.Statement
	for _, rule := range policyTemplates[name] {
		s := iam.Statement{Effect: iam.Allow, Actions: strings.Fields(rule.actions)}
		service, _, _ := strings.Cut(rule.actions, ":")
		for _, resource := range rule.resources {
			for parameter, value := range parameters {
				resource = strings.ReplaceAll(resource, "{"+parameter+"}", value)
			}
			s.Resources = append(s.Resources, r.resourceARN(service, resource))
		}
		all = append(all, s)
	}
	return all
}

// resourceARN is the ARN of a resource; that of S3 has neither a region nor an account.
func (r resolver) resourceARN(service, resource string) string {
	if service == "s3" {
		return "arn:aws:s3:::" + resource
	}
	return r.arn(service, resource)
}

func (r resolver) policyTemplate(p *sam.PolicyTemplate) ([]iam.Statement, error) {
	if policyTemplates[p.Name] == nil {
		return nil, nil // of another service; its parameters may be of resources that are not here
	}
	parameters := map[string]string{}
	for name, value := range p.Parameters {
		text, err := value.Resolve(r)
		if err != nil {
			return nil, err
		}
		parameters[name] = text
	}
	return r.templateStatements(p.Name, parameters), nil
}
