package queue_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sdk is SQS's client of a service, over HTTP.
func sdk(t *testing.T, s *queue.Service) *sqs.Client {
	t.Helper()
	server := httptest.NewServer(s)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(func() {
		s.Close()
		transport.CloseIdleConnections()
		server.Close()
	})
	return sqs.New(sqs.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "eu-west-1",
		Credentials:  credentials.NewStaticCredentialsProvider("AKIATEST", "test", ""),
		HTTPClient:   &http.Client{Transport: transport},
	})
}

func create(t *testing.T, db *sqs.Client, name string, attributes map[string]string) *string {
	t.Helper()
	out, err := db.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	require.NoError(t, err)
	return out.QueueUrl
}

func TestAMessageIsSentReceivedHiddenAndDeleted(t *testing.T) {
	t.Parallel()
	client := sdk(t, queue.New(queue.SystemClock))
	url := create(t, client, "orders", nil)
	sent, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("é & <b>"), MessageAttributes: map[string]types.MessageAttributeValue{
		"n": {DataType: aws.String("Number.int"), StringValue: aws.String("1")},
		"b": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
	}})
	require.NoError(t, err)
	receive := func() []types.Message {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MessageAttributeNames: []string{"All"}})
		require.NoError(t, err)
		return out.Messages
	}
	first := receive()
	require.Len(t, first, 1)
	assert.Equal(t, sent.MessageId, first[0].MessageId)
	assert.Equal(t, "é & <b>", *first[0].Body)
	assert.Equal(t, sent.MD5OfMessageAttributes, first[0].MD5OfMessageAttributes)
	assert.Equal(t, []byte{0, 255}, first[0].MessageAttributes["b"].BinaryValue)
	assert.Empty(t, receive())

	_, err = client.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: url, ReceiptHandle: first[0].ReceiptHandle})
	require.NoError(t, err)
	second := receive()
	require.Len(t, second, 1)
	_, err = client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: second[0].ReceiptHandle})
	require.NoError(t, err)
	assert.Empty(t, receive())
}
