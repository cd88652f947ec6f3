package stack

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire/iam"
)

// managedPolicies are AWS's own policies that functions are given most, by name, with what they allow of the
// services whose calls are looked at: actions, on every resource. An empty text is a policy for other
// services. From the AWS Managed Policy Reference Guide.
var managedPolicies = map[string]string{
	"AdministratorAccess":          "*",
	"AmazonDynamoDBFullAccess":     "dynamodb:*",
	"AmazonDynamoDBFullAccess_v2":  "dynamodb:*",
	"AmazonDynamoDBReadOnlyAccess": "dynamodb:BatchGetItem dynamodb:Describe* dynamodb:List* dynamodb:GetAbacStatus dynamodb:GetItem dynamodb:GetResourcePolicy dynamodb:Query dynamodb:Scan dynamodb:PartiQLSelect",
	"AmazonS3FullAccess":           "s3:*",
	"AmazonS3ReadOnlyAccess":       "s3:Get* s3:List* s3:Describe*",
	"AmazonSQSFullAccess":          "sqs:*",
	"AmazonSQSReadOnlyAccess":      "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListDeadLetterSourceQueues sqs:ListQueues sqs:ListMessageMoveTasks sqs:ListQueueTags",
	"AWSLambdaExecute":             "s3:GetObject s3:PutObject",

	"AWSLambdaDynamoDBExecutionRole": "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams",
	sqsExecutionRole:                 "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes",

	"AWSLambdaBasicExecutionRole":                           "",
	"AWSLambdaRole":                                         "",
	"AWSLambdaVPCAccessExecutionRole":                       "",
	"AWSXRayDaemonWriteAccess":                              "",
	"AWSXrayWriteOnlyAccess":                                "",
	"AmazonSSMReadOnlyAccess":                               "",
	"AmazonSNSFullAccess":                                   "",
	"AmazonEventBridgeFullAccess":                           "",
	"CloudWatchLambdaInsightsExecutionRolePolicy":           "",
	"CloudWatchLambdaApplicationSignalsExecutionRolePolicy": "",
}

// sqsExecutionRole is the policy that SAM gives to a function with an SQS event.
const sqsExecutionRole = "AWSLambdaSQSQueueExecutionRole"

func managedStatements(name string) []iam.Statement {
	actions := strings.Fields(managedPolicies[name])
	if len(actions) == 0 {
		return nil
	}
	return []iam.Statement{{Effect: iam.Allow, Actions: actions, Resources: []string{"*"}}}
}

// managedName is the name of a managed policy that is given by its name or its ARN. The error says that it is
// none of those that are known here.
func managedName(v sam.Value) (string, error) {
	text, err := v.Resolve(partition{})
	if err == nil {
		name := text
		if path, isARN := strings.CutPrefix(text, "arn:aws:iam::aws:policy/"); isARN {
			name = path[strings.LastIndexByte(path, '/')+1:]
		}
		if _, known := managedPolicies[name]; known {
			return name, nil
		}
	}
	return "", fmt.Errorf("what the managed policy %s allows is not known here; "+
		"write a policy template or a Statement with what the function needs in its place", v)
}

// partition resolves what an ARN of AWS's own depends on.
type partition struct{}

var _ sam.Resolver = partition{}

func (partition) Ref(id string) (string, error) {
	if id == "AWS::Partition" {
		return "aws", nil
	}
	return "", fmt.Errorf("%s is not part of the name of a policy of AWS", id)
}

func (partition) GetAtt(id, _ string) (string, error) {
	return "", fmt.Errorf("%s is not part of the name of a policy of AWS", id)
}
