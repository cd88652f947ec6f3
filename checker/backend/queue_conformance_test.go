package backend_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/conformance"
)

// queueFact is a row about SQS; see fact.
type queueFact struct {
	id        string // without "sqs-"
	certainty conformance.Certainty
	states    string
	do        func(*queues) string
	aws       string
}

func queueFacts() []queueFact {
	return slices.Concat(queueQueueFacts, queueAttributeFacts, queueRedriveFacts, queueSendFacts, queueBatchFacts, queueReceiveFacts,
		queueVisibilityFacts, queueDeleteFacts, queueUnsupportedFacts)
}

func TestQueueConformance(t *testing.T) {
	t.Parallel()
	for _, technology := range technologies {
		t.Run(technology.name, func(t *testing.T) {
			t.Parallel()
			declared := declarations(t, technology.name, "sqs-")
			b := technology.open(t)
			client, endpoint := queueClient(t, b)
			var hidden []string
			if technology.name == "moto" {
				hidden = []string{b.Name(), "ENDPOINT"} // its queues' URLs are not those of the way to it
			}
			var rows []conformance.Row
			for _, f := range queueFacts() {
				want := f.aws
				if said, ok := declared["sqs-"+f.id]; ok {
					want = said
				}
				rows = append(rows, conformance.Row{
					ID: "sqs-" + f.id, Certainty: f.certainty, Fact: f.states,
					Test: func(t *testing.T) {
						got := try(t, func(t *trial) string {
							return f.do(&queues{t: t, sqs: client, endpoint: endpoint, hidden: slices.Clone(hidden)})
						})
						technology.compare(t, "sqs-"+f.id, f.aws, want, got)
					},
				})
			}
			for _, a := range absentQueueFacts {
				rows = append(rows, conformance.Row{ID: "sqs-" + a.id, Certainty: a.certainty, Fact: a.states, Skip: a.why})
			}
			conformance.Run(t, rows)
		})
	}
}

const queueRegion = "eu-west-3"

// queueClient is SQS's client of a backend, over HTTP. It checks the MD5 of every body itself.
func queueClient(t *testing.T, b backend.Backend) (_ *sqs.Client, endpoint string) {
	t.Helper()
	server := httptest.NewServer(b.Handler(backend.SQS))
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return sqs.New(sqs.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       queueRegion,
		Credentials:  credentials.NewStaticCredentialsProvider("AKIATEST", "test", ""),
		HTTPClient:   &http.Client{Transport: transport},
		Retryer:      aws.NopRetryer{},
	}), server.URL
}

// queues is one fact being shown with one backend. Its queues are its own, and gone afterwards.
type queues struct {
	t        *trial
	sqs      *sqs.Client
	endpoint string
	hidden   []string // texts that differ each time, and what stands for them in an outcome
}

// settings are attributes of a queue.
type settings = map[string]string

// queue makes a queue.
func (q *queues) queue(attributes settings) *string {
	q.t.Helper()
	url, err := q.create(q.newName("QUEUE"), attributes)
	require.NoError(q.t, err)
	return url
}

// newName is a name that is shown as something else.
func (q *queues) newName(shown string) string {
	name := "conformance-" + strings.ToLower(rand.Text()[:12])
	q.hidden = append(q.hidden, name, shown)
	return name
}

func (q *queues) create(name string, attributes settings) (*string, error) {
	out, err := q.sqs.CreateQueue(q.t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		return nil, err
	}
	q.t.Cleanup(func() {
		// The test's own context is over by now.
		_, err := q.sqs.DeleteQueue(context.Background(), &sqs.DeleteQueueInput{QueueUrl: out.QueueUrl})
		var gone *types.QueueDoesNotExist
		assert.True(q.t, err == nil || errors.As(err, &gone), "%v", err)
	})
	return out.QueueUrl, nil
}

// creating is a queue of some attributes that is created.
func creatingQueue(attributes settings) func(*queues) string {
	return func(q *queues) string {
		_, err := q.create(q.newName("QUEUE"), attributes)
		return q.outcome(err)
	}
}

// outcome is an error, or what was answered.
func (q *queues) outcome(err error, answers ...string) string {
	text := strings.Join(answers, ", ")
	if err == nil && text == "" {
		text = "OK"
	}
	if err != nil {
		text = wordsOf(q.t, err)
	}
	text = strings.NewReplacer(append(q.hidden, q.endpoint, "ENDPOINT")...).Replace(text)
	return strings.TrimSuffix(text, ": ")
}

// send sends a message, which has to work.
func (q *queues) send(url *string, body string) string {
	q.t.Helper()
	out, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body})
	require.NoError(q.t, err)
	return *out.MessageId
}

// sending is a message that may be refused.
func sending(change func(*sqs.SendMessageInput)) func(*queues) string {
	return func(q *queues) string {
		in := &sqs.SendMessageInput{QueueUrl: q.queue(nil), MessageBody: aws.String("a")}
		change(in)
		out, err := q.sqs.SendMessage(q.t.Context(), in)
		if err != nil {
			return q.outcome(err)
		}
		return "MD5 " + *out.MD5OfMessageBody + " " + aws.ToString(out.MD5OfMessageAttributes)
	}
}

// receive gets messages: all that come at once, without waiting, unless the input says otherwise.
func (q *queues) receive(in *sqs.ReceiveMessageInput) ([]types.Message, error) {
	if in.MessageSystemAttributeNames == nil {
		in.MessageSystemAttributeNames = []types.MessageSystemAttributeName{"All"}
	}
	out, err := q.sqs.ReceiveMessage(q.t.Context(), in)
	if err != nil {
		return nil, err
	}
	for _, m := range out.Messages {
		q.hidden = append(q.hidden, *m.ReceiptHandle, "HANDLE")
	}
	return out.Messages, nil
}

// one receives the one message that must be there, or come within some seconds.
func (q *queues) one(url *string) types.Message {
	q.t.Helper()
	messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 10, MessageAttributeNames: []string{"All"}})
	require.NoError(q.t, err)
	require.Len(q.t, messages, 1)
	return messages[0]
}

// count is how many messages are received at once.
func (q *queues) count(url *string) string {
	q.t.Helper()
	messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10})
	return q.outcome(err, fmt.Sprintf("%d messages", len(messages)))
}

// hide is ChangeMessageVisibility.
func (q *queues) hide(url *string, handle *string, seconds int32) error {
	_, err := q.sqs.ChangeMessageVisibility(q.t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds})
	return err
}

func (q *queues) delete(url *string, handle *string) error {
	_, err := q.sqs.DeleteMessage(q.t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: handle})
	return err
}

// attributes shows attributes of a queue.
func (q *queues) attributes(url *string, names ...types.QueueAttributeName) string {
	out, err := q.sqs.GetQueueAttributes(q.t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: names})
	if err != nil {
		return q.outcome(err)
	}
	return q.outcome(nil, pairs(out.Attributes))
}

// pairs shows a map in the order of its keys.
func pairs(m map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		all = append(all, name+"="+m[name])
	}
	return strings.Join(all, " ")
}

const counts = "ApproximateNumberOfMessages"

// counted shows how many messages are visible, in flight and delayed.
func (q *queues) counted(url *string) string {
	out, err := q.sqs.GetQueueAttributes(q.t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{counts, counts + "NotVisible", counts + "Delayed"},
	})
	if err != nil {
		return q.outcome(err)
	}
	return fmt.Sprintf("%s visible %s in flight %s delayed", out.Attributes[counts], out.Attributes[counts+"NotVisible"], out.Attributes[counts+"Delayed"])
}

// text and the like are message attributes.
func text(value string) types.MessageAttributeValue { return typed("String", value) }

func typed(kind, value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: &kind, StringValue: &value}
}

func binary(kind, value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: &kind, BinaryValue: []byte(value)}
}
