package containers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

func TestElasticMQIsStartedOnlyWhenItIsAskedForAndReused(t *testing.T) {
	f := newFleet(t)
	queues := Options{Services: []backend.Service{backend.SQS}}
	first, err := f.open(t.Context(), queues)
	require.NoError(t, err)
	defer first.Close()
	assert.Nil(t, first.Handler(backend.DynamoDB))
	require.Len(t, f.all(t), 1, "DynamoDB Local was not asked for")

	server := httptest.NewServer(first.Handler(backend.SQS))
	defer server.Close()
	client := sqs.New(sqs.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL),
		Credentials: awscredentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	created, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("kept")})
	require.NoError(t, err)
	assert.Equal(t, server.URL+"/123456789012/kept", *created.QueueUrl)

	second, err := f.open(t.Context(), queues)
	require.NoError(t, err)
	defer second.Close()
	assert.Equal(t, first.sqs.container.ID, second.sqs.container.ID)
	require.NoError(t, second.Err())

	removed, err := f.down(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, removed)
	_, err = client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("kept")}, func(o *sqs.Options) { o.RetryMaxAttempts = 1 })
	require.Error(t, err)
	require.ErrorContains(t, first.Err(), "ElasticMQ in container "+first.sqs.container.short()+" did not answer")
}

// answerOf is what the proxy makes of an answer.
func answerOf(t *testing.T, operation, queryError, body string) (http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=KEY/20261124/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
	answer := &http.Response{StatusCode: http.StatusOK, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	if queryError != "" {
		answer.StatusCode = http.StatusBadRequest
		answer.Header.Set(queryErrorHeader, queryError)
	}
	require.NoError(t, mend(answer))
	var b bytes.Buffer
	_, err := b.ReadFrom(answer.Body)
	require.NoError(t, err)
	return answer.Header, b.String()
}

func TestARNsGetTheRegionOfTheCallerAndMessagesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	_, attributes := answerOf(t, "GetQueueAttributes", "", `{"Attributes":{"QueueArn":"arn:aws:sqs:elasticmq:123456789012:a"}}`)
	assert.JSONEq(t, `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:123456789012:a"}}`, attributes)

	const arn = "arn:aws:sqs:elasticmq:123456789012:a"
	body, err := json.Marshal(map[string]any{"Messages": []any{map[string]any{
		"Body": arn + ` "DeadLetterQueueSourceArn" <é>`, "Attributes": map[string]string{"DeadLetterQueueSourceArn": arn}, "MessageAttributes": map[string]any{"k": arn},
	}}})
	require.NoError(t, err)
	_, received := answerOf(t, "ReceiveMessage", "", string(body))
	assert.JSONEq(t, strings.Replace(string(body), `SourceArn":"`+arn, `SourceArn":"`+strings.Replace(arn, "elasticmq", "eu-west-1", 1), 1), received)

	for _, other := range []string{`{"Messages":[]}`, `{"Messages":[{"Body":"` + arn + `"}]}`, `"DeadLetterQueueSourceArn"`} {
		_, same := answerOf(t, "ReceiveMessage", "", other)
		assert.Equal(t, other, same)
	}
	_, same := answerOf(t, "ListQueues", "", arn)
	assert.Equal(t, arn, same)
}

func TestErrorsHaveTheCodesThatTheSDKGetsFromAWS(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"com.amazonaws.sqs#QueueDoesNotExist":      "AWS.SimpleQueueService.NonExistentQueue;Sender",
		"com.amazonaws.sqs#ReceiptHandleIsInvalid": "ReceiptHandleIsInvalid;Sender",
		"InvalidParameterValue;Sender":             "InvalidParameterValue;Sender",
	} {
		header, body := answerOf(t, "SendMessage", sent, "{}")
		assert.Equal(t, want, header.Get(queryErrorHeader))
		assert.Equal(t, "{}", body)
	}
}
