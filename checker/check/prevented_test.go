package check

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// What a check says of its own topic is beside the point when something else kept the function from its work.
func TestWhatKeptTheFunctionFromItsWorkIsSaidFirst(t *testing.T) {
	t.Parallel()
	const anything = "        - Statement: {Effect: Allow, Action: 'dynamodb:*', Resource: '*'}\n"
	policies := []string{"        - DynamoDBWritePolicy:\n            TableName: !Ref ItemsTable\n", anything}
	for name, c := range map[string]struct {
		body           string
		changes        []string
		got, why, next string
	}{
		"a table's name that is written out": {
			"save a", []string{"TABLE_NAME: !Ref ItemsTable", "TABLE_NAME: ItemsTable"},
			`; dynamodb:PutItem was denied on "ItemsTable", and the template has no such table`,
			"CloudFormation makes up the names when it deploys", "Look where ConsumeFunction has the name from",
		},
		"the same, and everything is allowed": {
			"save a", append([]string{"TABLE_NAME: !Ref ItemsTable", "TABLE_NAME: ItemsTable"}, policies...),
			`; PutItem asked for "ItemsTable", and the template has no such table`,
			"CloudFormation makes up the names when it deploys", "Look where ConsumeFunction has the name from",
		},
		"a queue's name that is written out": {
			"send a", []string{"QUEUE_URL: !Ref NextQueue", "QUEUE_URL: !Sub 'https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/next'"},
			`; sqs:SendMessage was denied on "next", and the template has no such queue`,
			"CloudFormation makes up the names when it deploys", "Look where ConsumeFunction has the name from",
		},
		"no name": {
			"save a", []string{"TABLE_NAME: !Ref ItemsTable", "TABLE_NAME: ''"},
			"; PutItem names no table: its TableName is empty", "os.Getenv returns an empty text", "Compare the name that ConsumeFunction asks os.Getenv for",
		},
		"no variable": {
			"save a", []string{"TABLE_NAME: !Ref ItemsTable", "TABEL_NAME: !Ref ItemsTable"},
			"; the process ended during INIT with exit status 1, before it asked for an event", "INIT ends when", "Look at main",
		},
		"a policy for the ARN of an ARN": {
			"save a", []string{"            TableName: !Ref ItemsTable", "            TableName: !GetAtt ItemsTable.Arn"},
			"; dynamodb:PutItem was denied, since the Policies of ConsumeFunction allow it on other resources alone",
			"A function may do what its Policies", "DynamoDBWritePolicy in line 20 makes an ARN of a name, and was given an ARN.",
		},
		"a policy for the ARN of a URL": {
			"send a", []string{"QueueName: !GetAtt NextQueue.QueueName", "QueueName: !Ref NextQueue"},
			"; sqs:SendMessage was denied, since the Policies of ConsumeFunction allow it on other resources alone",
			"A function may do what its Policies", "SQSSendMessagePolicy in line 22 makes an ARN of a name, and was given a URL.",
		},
		"a reserved word": {
			"saveif attribute_not_exists(name)", nil,
			"; DynamoDB refused PutItem: Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name",
			"DynamoDB reads the expressions of a call before", `Write #name in the expression of PutItem, and say what that is in its ExpressionAttributeNames: {"#name": "name"}.`,
		},
		"no such function": {
			"saveif attribute_not_exist(id)", nil,
			"; DynamoDB refused PutItem: Invalid ConditionExpression: Invalid function name; function: attribute_not_exist",
			"DynamoDB reads the expressions of a call before", "Correct the expression of PutItem.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fails(t, queues.on(t, Check{}, c.changes...), func(c2 *T) {
				m := c2.Queue("OrdersQueue").Send(c.body)
				c2.Drain()
				m[0].Processed()
			})
			assert.Contains(t, f.Got, c.got)
			assert.Contains(t, f.Why, c.why)
			assert.Contains(t, f.Next, c.next)
		})
	}
}

// A condition that does not hold, and a key or a value that DynamoDB does not take, are what checks are about.
func TestWhatTheItemHasIsLeftToTheCheck(t *testing.T) {
	t.Parallel()
	r := &Reply{function: &stack.Function{}}
	for _, call := range []wire.Call{
		{Status: 200},
		{Status: 400, ErrorCode: "ConditionalCheckFailedException", ErrorText: "The conditional request failed"},
		{Status: 400, ErrorCode: "ValidationException", ErrorText: "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
		{Status: 400, ErrorCode: "ValidationException", ErrorText: "The provided expression refers to an attribute that does not exist in the item"},
		{Status: 400, ErrorCode: "ResourceNotFoundException", ErrorText: "Requested resource not found"},
		{Status: 500, ErrorCode: "InternalServerError"},
	} {
		_, ok := r.mistaken(call)
		assert.False(t, ok, "%v", call)
	}
}

// A panic often arises in Go's library, by what it was called with.
func TestThePlaceOfAPanicIsInTheLearnersCode(t *testing.T) {
	t.Parallel()
	frames := func(paths ...string) sandbox.ErrorObject {
		var e sandbox.ErrorObject
		for n, path := range paths {
			e.StackTrace = append(e.StackTrace, json.RawMessage(fmt.Sprintf(`{"path":%q,"line":%d,"label":"f%[2]d"}`, path, n)))
		}
		return e
	}
	for want, e := range map[string]sandbox.ErrorObject{
		", in f3 at create-item/store.go:3": frames(
			"github.com/aws/aws-lambda-go@v1.55.1/lambda/errors.go", "runtime/panic.go", "errors/wrap.go", "create-item/store.go", "create-item/main.go"),
		", in f2 at processor/main.go:2": frames("runtime/panic.go", "encoding/json/decode.go", "processor/main.go"),
		", in f0 at example.com/serverless-patterns/lessons/03-sqs/processor/order/order.go:0": frames("example.com/serverless-patterns/lessons/03-sqs/processor/order/order.go"),
		"": frames("runtime/panic.go", "reflect/value.go"),
	} {
		assert.Equal(t, want, place(e))
	}
}

func TestAResourceOfASimilarNameIsMentioned(t *testing.T) {
	t.Parallel()
	f := fails(t, queues.on(t, Check{}), func(c *T) { c.Table("ItemTable") })
	assert.Equal(t, "template.yaml has no AWS::DynamoDB::Table called ItemTable, but one called ItemsTable", f.Got)
	assert.Equal(t, "Call it ItemTable in template.yaml, if that is what it is meant to be.", f.Next)
	f = fails(t, queues.on(t, Check{}), func(c *T) { c.Queue("Letters") })
	assert.Equal(t, "Add Letters to the Resources of template.yaml.", f.Next)
}

func TestAScheduleThatInvokesNothingIsExplained(t *testing.T) {
	t.Parallel()
	f := fails(t, queues.on(t, Check{}), func(c *T) { c.Function("ConsumeFunction").Fire(time.Unix(0, 0)) })
	assert.Equal(t, "ConsumeFunction has no event of type Schedule or ScheduleV2", f.Got)
	assert.Contains(t, f.Next, "give ConsumeFunction an event of type ScheduleV2")
	f = fails(t, queues.on(t, Check{}, "      Events:\n", "      Events:\n        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), State: DISABLED}}\n"),
		func(c *T) { c.Function("ConsumeFunction").Fire(time.Unix(0, 0)) })
	assert.Equal(t, "the schedule Daily of ConsumeFunction is disabled", f.Got)
	assert.Equal(t, "Take State: DISABLED, or Enabled: false, from the event Daily in the template.", f.Next)
}
