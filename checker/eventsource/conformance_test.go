package eventsource_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

// TestConformance shows every fact on every backend.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, technology := range technologies {
		t.Run(technology.name, func(t *testing.T) {
			t.Parallel()
			c := client(t, technology.open)
			on := func(t *testing.T) run { return run{t, c} }
			var rows []conformance.Row
			for _, v := range vectors {
				rows = append(rows, v.row(on))
			}
			for _, f := range facts {
				row := conformance.Row{ID: "sqs-" + f.id, Certainty: f.certainty, Fact: f.states, Skip: f.skip}
				if f.show != nil {
					row.Test = func(t *testing.T) { f.show(on(t)) }
				}
				rows = append(rows, row)
			}
			conformance.Run(t, rows)
		})
	}
}

type fact struct {
	id        string // without "sqs-"
	certainty conformance.Certainty
	states    string
	show      func(run)
	skip      string
}

var facts = []fact{
	{id: "record-fields", certainty: conformance.Recorded, states: "A record has these fields, and no others, with the names in this case.", show: recordFields},
	{id: "record-decodes", certainty: conformance.Source, states: "aws-lambda-go's SQSEvent has every field of a record.", show: recordDecodes},
	{id: "record-attributes-strings", certainty: conformance.Recorded, states: "System attributes are strings; ApproximateReceiveCount, SentTimestamp, SenderId and ApproximateFirstReceiveTimestamp are there.", show: recordAttributes},
	{id: "record-message-attributes", certainty: conformance.Recorded, states: "A message attribute has a stringValue or a binaryValue, empty lists, and its dataType.", show: recordMessageAttributes},
	{id: "batch-size", certainty: conformance.Documented, states: "No batch is larger than BatchSize; the last may be smaller.", show: batchSize},
	{id: "batch-size-ten-by-default", certainty: conformance.Documented, states: "BatchSize is 10 if it is not given.", show: batchSizeDefault},
	{id: "batch-size-needs-window", certainty: conformance.Recorded, states: "A BatchSize over 10 needs a batching window of 1 s at least.", show: batchSizeNeedsWindow},
	{id: "batch-window-collects", certainty: conformance.Documented, states: "With a window a batch holds more than one receive gives; the window is waited for if it is not full.", show: batchWindow},
	{id: "batch-payload-6mb", certainty: conformance.Documented, states: "A batch is closed before the event has more than 6 MB.", show: batchPayload},
	{id: "deletes-ten-at-once", certainty: conformance.Documented, states: "DeleteMessageBatch takes 10 messages, so larger batches are deleted by several.", show: deletesInTens},
	{id: "error-receive-count", certainty: conformance.Documented, states: "After an error the receive count stays consumed.", show: errorReceiveCount},
	{id: "error-visibility-timeout", certainty: conformance.Documented, states: "After an error messages come back when the visibility timeout is over, and not earlier.", show: errorVisibility},
	{id: "window-visibility", certainty: conformance.Documented, states: "With a window, messages are invisible for the window, the function's timeout and 30 s at least.", show: windowVisibility},
	{id: "visibility-below-timeout", certainty: conformance.Inferred, states: "A queue whose visibility timeout is shorter than the function's timeout is refused.", show: visibilityBelowTimeout},
	{id: "throttled-comes-back", certainty: conformance.Documented, states: "A throttled batch comes back after the visibility timeout, its receive count consumed.", show: throttledBack},
	{id: "throttled-retried", certainty: conformance.Documented, states: "A throttled invocation is tried again while the visibility timeout lasts.", show: throttledRetried},
	{id: "redrive-delivered-exactly", certainty: conformance.Recorded, states: "With maxReceiveCount 2, a message that always fails is delivered twice, and is then in the dead-letter queue with its id and body.", show: redrive},
	{id: "redrive-reported", certainty: conformance.Documented, states: "A reported message goes to the dead-letter queue as well, and the good ones do not.", show: redriveReported},
	{id: "redrive-throttled-unrun", certainty: conformance.Documented, states: "Throttled messages reach the dead-letter queue without having been processed.", show: redriveThrottled},
	{id: "no-dead-letter-queue", certainty: conformance.Documented, states: "Without a dead-letter queue a message that always fails comes back until it expires.", show: noDeadLetterQueue},
	{id: "receipt-handle-changes", certainty: conformance.Documented, states: "The receipt handle is another on each delivery, the message id is not.", show: handleChanges},
	{id: "duplicates", certainty: conformance.Documented, states: "A message may come again although it was processed and deleted.", show: duplicates},
	{id: "order-not-kept", certainty: conformance.Documented, states: "A standard queue may deliver in another order than it was sent.", show: orderNotKept},
	{id: "short-batches", certainty: conformance.Documented, states: "Batches are often smaller than BatchSize.", show: shortBatches},
	{id: "disabled", certainty: conformance.Documented, states: "A mapping that is not enabled does not poll.", show: disabled},
	{id: "fifo", certainty: conformance.Documented, states: "FIFO queues: one batch in flight for each message group, and its order kept.", skip: "FIFO queues are refused by name: nothing here keeps the order of message groups"},
	{id: "filter-criteria", certainty: conformance.Recorded, states: "Messages that match no filter are deleted.", skip: "FilterCriteria is refused by name"},
	{id: "scaling", certainty: conformance.Documented, states: "Five batches are processed at a time to begin with, then more; ScalingConfig limits that.", skip: "batches are delivered one after the other, so that a run can be repeated, which is within any ScalingConfig; ProvisionedPollerConfig is refused by name"},
	{id: "low-traffic-window", certainty: conformance.Documented, states: "With a window, a queue with little traffic may be waited for up to 20 s.", skip: "the window is all that is waited for, in logical time"},
}

// event sends a message, and returns the event that came of it.
func (r run) event(in *sqs.SendMessageInput) (event string, sent *sqs.SendMessageOutput) {
	q := r.queue(0)
	in.QueueUrl = &q.url
	sent, err := r.sqs.SendMessage(r.Context(), in)
	require.NoError(r, err)
	f := answering("null")
	drain(r.T, mapping(r.T, r.sqs, q.url, settings{}, f.invoke))
	require.Len(r, f.events, 1)
	return f.events[0], sent
}

func recordFields(r run) {
	event, sent := r.event(&sqs.SendMessageInput{MessageBody: aws.String(`{"a":"<é>"}`)})
	var e map[string][]map[string]any
	require.NoError(r, json.Unmarshal([]byte(event), &e))
	require.Len(r, e["Records"], 1)
	got := e["Records"][0]
	assert.NotEmpty(r, got["receiptHandle"])
	delete(got, "receiptHandle")
	delete(got, "attributes")
	assert.Equal(r, map[string]any{
		"messageId": *sent.MessageId, "body": `{"a":"<é>"}`, "messageAttributes": map[string]any{}, "md5OfBody": *sent.MD5OfMessageBody,
		"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:orders", "awsRegion": "eu-central-1",
	}, got)
	assert.Contains(r, event, `<é>`, "nothing is escaped that need not be")
}

func recordDecodes(r run) {
	event, sent := r.event(&sqs.SendMessageInput{MessageBody: aws.String("b"), MessageAttributes: map[string]types.MessageAttributeValue{
		"kind": {DataType: aws.String("String"), StringValue: aws.String("order")}}})
	decoder := json.NewDecoder(strings.NewReader(event))
	decoder.DisallowUnknownFields()
	var e events.SQSEvent
	require.NoError(r, decoder.Decode(&e))
	got := e.Records[0]
	assert.Equal(r, *sent.MessageId, got.MessageId)
	assert.Equal(r, *sent.MD5OfMessageBody, got.Md5OfBody)
	assert.Equal(r, *sent.MD5OfMessageAttributes, got.Md5OfMessageAttributes)
	assert.Equal(r, "order", *got.MessageAttributes["kind"].StringValue)
}

func recordAttributes(r run) {
	event, _ := r.event(&sqs.SendMessageInput{MessageBody: aws.String("b")})
	var e struct {
		Records []struct{ Attributes map[string]string }
	}
	require.NoError(r, json.Unmarshal([]byte(event), &e))
	got := e.Records[0].Attributes
	assert.Equal(r, "1", got["ApproximateReceiveCount"])
	for _, name := range []string{"SentTimestamp", "ApproximateFirstReceiveTimestamp"} {
		assert.Regexp(r, `^\d{13}$`, got[name], name)
	}
	assert.NotEmpty(r, got["SenderId"])
	assert.Len(r, got, 4, "%v", got)
}

func recordMessageAttributes(r run) {
	event, _ := r.event(&sqs.SendMessageInput{MessageBody: aws.String("b"), MessageAttributes: map[string]types.MessageAttributeValue{
		"kind":  {DataType: aws.String("String"), StringValue: aws.String("order")},
		"count": {DataType: aws.String("Number"), StringValue: aws.String("7")},
		"raw":   {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
	}})
	var e struct {
		Records []struct{ MessageAttributes json.RawMessage }
	}
	require.NoError(r, json.Unmarshal([]byte(event), &e))
	assert.JSONEq(r, `{
		"kind": {"stringValue":"order","stringListValues":[],"binaryListValues":[],"dataType":"String"},
		"count": {"stringValue":"7","stringListValues":[],"binaryListValues":[],"dataType":"Number"},
		"raw": {"binaryValue":"`+base64.StdEncoding.EncodeToString([]byte{0, 255})+`","stringListValues":[],"binaryListValues":[],"dataType":"Binary"}
	}`, string(e.Records[0].MessageAttributes))
}

// delivered sends n messages and returns the sizes of the batches in which they come.
func delivered(r run, n int, s settings) (*function, *eventsource.Mapping) {
	q := r.queue(s.max)
	q.send(slices.Repeat([]string{"m"}, n)...)
	f := answering("null")
	m := mapping(r.T, r.sqs, q.url, s, f.invoke)
	drain(r.T, m)
	assert.Zero(r, q.count())
	return f, m
}

func batchSize(r run) {
	f, _ := delivered(r, 7, settings{event: sam.SQSEvent{BatchSize: 3}})
	assert.Equal(r, []int{3, 3, 1}, f.sizes())
}

func batchSizeDefault(r run) {
	t, err := sam.Parse("template.yaml", []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: a/
      Events: {Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}
`))
	require.NoError(r, err)
	f, _ := delivered(r, 11, settings{event: *t.Functions[0].Events[0].Source.(*sam.SQSEvent)})
	assert.Equal(r, []int{10, 1}, f.sizes())
}

func refusal(t *testing.T, event sam.SQSEvent, visibility, timeout time.Duration) error {
	t.Helper()
	e := sam.Event{Name: "Jobs", Line: 7, Source: &event}
	q := &sam.Queue{Resource: sam.Resource{LogicalID: "Orders"}, VisibilityTimeout: visibility}
	_, err := eventsource.New(&sam.Template{File: "template.yaml"}, &sam.Function{Resource: sam.Resource{LogicalID: "Fn"}, Timeout: timeout}, e, q, eventsource.Deployment{})
	return err
}

func batchSizeNeedsWindow(r run) {
	err := refusal(r.T, sam.SQSEvent{BatchSize: 11}, 30*time.Second, 3*time.Second)
	require.EqualError(r, err, "template.yaml:7: the event Jobs of Fn: InvalidParameterValueException: "+
		"Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
	require.NoError(r, refusal(r.T, sam.SQSEvent{BatchSize: 11, MaximumBatchingWindow: time.Second}, 30*time.Second, 3*time.Second))
}

func visibilityBelowTimeout(r run) {
	var refused *eventsource.RequestError
	require.ErrorAs(r, refusal(r.T, sam.SQSEvent{BatchSize: 1}, 29*time.Second, 30*time.Second), &refused)
	assert.Equal(r, "InvalidParameterValueException", refused.Code)
	require.NoError(r, refusal(r.T, sam.SQSEvent{BatchSize: 1}, 30*time.Second, 30*time.Second))
}

func batchWindow(r run) {
	f, m := delivered(r, 25, settings{event: sam.SQSEvent{BatchSize: 20, MaximumBatchingWindow: 5 * time.Second}})
	assert.Equal(r, []int{20, 5}, f.sizes())
	var at []float64
	for _, message := range m.Timeline().Messages {
		at = append(at, message.Deliveries[0].At)
	}
	assert.Equal(r, append(slices.Repeat([]float64{0}, 20), slices.Repeat([]float64{5}, 5)...), at)
}

func batchPayload(r run) {
	q := r.queue(0)
	body := strings.Repeat("m", 1_000_000)
	q.send(slices.Repeat([]string{body}, 8)...)
	f := answering("null")
	drain(r.T, mapping(r.T, r.sqs, q.url, settings{}, f.invoke))
	assert.Equal(r, []int{6, 2}, f.sizes())
	assert.LessOrEqual(r, len(f.events[0]), 6<<20)
	assert.Zero(r, q.count())
}

func deletesInTens(r run) {
	f, _ := delivered(r, 25, settings{event: sam.SQSEvent{BatchSize: 100, MaximumBatchingWindow: time.Second}})
	assert.Equal(r, []int{25}, f.sizes())
}

func handleChanges(r run) {
	q := r.queue(0)
	q.send("m")
	f := failing(1)
	drain(r.T, mapping(r.T, r.sqs, q.url, settings{}, f.invoke))
	require.Len(r, f.events, 2)
	first, second := records([]byte(f.events[0]))[0], records([]byte(f.events[1]))[0]
	assert.Equal(r, first.MessageID, second.MessageID)
	assert.NotEqual(r, first.ReceiptHandle, second.ReceiptHandle)
}

func duplicates(r run) {
	f, m := delivered(r, 3, settings{max: 5, disorder: eventsource.Disorder{Duplicates: 1}})
	assert.Equal(r, []int{3, 3}, f.sizes())
	for _, message := range m.Timeline().Messages {
		require.Len(r, message.Deliveries, 2)
		assert.Equal(r, eventsource.Deleted, message.Deliveries[0].Then)
		assert.False(r, message.Deliveries[0].Duplicate)
		assert.True(r, message.Deliveries[1].Duplicate)
		assert.Equal(r, eventsource.Deleted, message.Deliveries[1].Then)
	}
	first, second := records([]byte(f.events[0]))[0], records([]byte(f.events[1]))
	assert.NotEqual(r, first.ReceiptHandle, second[slices.IndexFunc(second, func(m record) bool { return m.MessageID == first.MessageID })].ReceiptHandle)
}

func orderNotKept(r run) {
	q := r.queue(0)
	sent := q.send("1", "2", "3", "4", "5", "6", "7", "8")
	f := answering("null")
	m := mapping(r.T, r.sqs, q.url, settings{event: sam.SQSEvent{BatchSize: 4}, disorder: eventsource.Disorder{Reorder: true}, seed: 3}, f.invoke)
	drain(r.T, m)
	var got []string
	for _, e := range f.events {
		got = append(got, ids([]byte(e))...)
	}
	assert.ElementsMatch(r, sent, got)
	assert.NotEqual(r, sent, got)
	assert.Equal(r, []int{4, 4}, f.sizes())
}

func shortBatches(r run) {
	f, _ := delivered(r, 20, settings{disorder: eventsource.Disorder{ShortBatches: true}, seed: 1})
	assert.Greater(r, len(f.sizes()), 2)
	g, _ := delivered(r, 20, settings{disorder: eventsource.Disorder{ShortBatches: true}, seed: 1})
	assert.Equal(r, f.sizes(), g.sizes(), "the seed decides")
	h, _ := delivered(r, 6, settings{disorder: eventsource.Disorder{Sizes: []int{1, 3}}})
	assert.Equal(r, []int{1, 3, 1, 1}, h.sizes())
}

func disabled(r run) {
	q := r.queue(0)
	q.send("m")
	f := answering("null")
	m := mapping(r.T, r.sqs, q.url, settings{}, f.invoke)
	m.Enabled = false
	drain(r.T, m)
	require.NoError(r, eventsource.Pass(r.Context(), m))
	ctx, cancel := context.WithCancelCause(r.Context())
	cancel(errors.New("over"))
	require.EqualError(r, m.Run(ctx), "over")
	assert.Empty(r, f.events)
	assert.Equal(r, 1, q.count())
}
