package queue_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

// FuzzRequest sends anything, to a service with a queue and a message in flight: it answers in JSON, never
// with an error of its own. The text HANDLE stands for the message's handle.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][2]string{
		{"CreateQueue", `{"QueueName":"b","Attributes":{"DelaySeconds":"1","RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:123456789012:a\",\"maxReceiveCount\":\"2\"}"},"tags":{"k":"v"}}`},
		{"CreateQueue", `{"QueueName":"a","Attributes":{"FifoQueue":"true"}}`},
		{"GetQueueUrl", `{"QueueName":"a","QueueOwnerAWSAccountId":"1"}`},
		{"GetQueueAttributes", `{"QueueUrl":"/a","AttributeNames":["All","Policy"]}`},
		{"SetQueueAttributes", `{"QueueUrl":"/a","Attributes":{"RedriveAllowPolicy":"{}","SqsManagedSseEnabled":"no","RedrivePolicy":""}}`},
		{"ListQueues", `{"MaxResults":1,"NextToken":"YQ==","QueueNamePrefix":"a"}`},
		{"ListDeadLetterSourceQueues", `{"QueueUrl":"/a","MaxResults":0}`},
		{"SendMessage", `{"QueueUrl":"/a","MessageBody":"\u0000","DelaySeconds":1,"MessageAttributes":{"n":{"DataType":"Number.x","StringValue":"1e99999"},"b":{"DataType":"Binary","BinaryValue":"AA=="}},"MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"String","StringValue":"x"}}}`},
		{"SendMessageBatch", `{"QueueUrl":"/a","Entries":[{"Id":"1","MessageBody":"a"},null,{"Id":"1"}]}`},
		{"ReceiveMessage", `{"QueueUrl":"/a","MaxNumberOfMessages":10,"VisibilityTimeout":0,"AttributeNames":["All"],"MessageAttributeNames":["*",".*","a.*"]}`},
		{"DeleteMessage", `{"QueueUrl":"/a","ReceiptHandle":"HANDLE"}`},
		{"DeleteMessageBatch", `{"QueueUrl":"/a","Entries":[{"Id":"1","ReceiptHandle":"HANDLE"},{"Id":"2","ReceiptHandle":"cmVjZWlwdA=="}]}`},
		{"ChangeMessageVisibility", `{"QueueUrl":"/a","ReceiptHandle":"HANDLE","VisibilityTimeout":43200}`},
		{"ChangeMessageVisibilityBatch", `{"QueueUrl":"/a","Entries":[{"Id":"1","ReceiptHandle":"HANDLE","VisibilityTimeout":0}]}`},
		{"TagQueue", `{"QueueUrl":"/a","Tags":{"k":"v"}}`},
		{"UntagQueue", `{"QueueUrl":"/a","TagKeys":["k"]}`},
		{"ListQueueTags", `{"QueueUrl":"/a"}`},
		{"PurgeQueue", `{"QueueUrl":"/a"}`},
		{"DeleteQueue", `{"QueueUrl":"/a"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, operation, body string) {
		if strings.Contains(strings.ToLower(body), "wait") {
			t.Skip("nobody moves the clock")
		}
		d := direct{queue.New(newClock())}
		url := d.queueOf("a", map[string]string{"VisibilityTimeout": "60"})
		d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
		messages := d.call("ReceiveMessage", object{"QueueUrl": url}).Messages
		require.Len(t, messages, 1)
		body = strings.ReplaceAll(body, "HANDLE", messages[0].ReceiptHandle)
		for range 2 { // the second meets what the first has left
			w := d.raw(t.Context(), operation, []byte(body))
			assert.True(t, json.Valid(w.Body.Bytes()), "%s", w.Body)
			assert.NotEqual(t, http.StatusInternalServerError, w.Code, "%s", w.Body)
		}
	})
}
