package eventsource_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

// record is a message as a function decodes it.
type record struct{ MessageID, ReceiptHandle, Body string }

func records(event []byte) []record {
	var e struct{ Records []record }
	if json.Unmarshal(event, &e) != nil {
		return nil
	}
	return e.Records
}

func ids(event []byte) (all []string) {
	for _, r := range records(event) {
		all = append(all, r.MessageID)
	}
	return all
}

// vector is what a function does to a batch of three messages, and which of them are deleted then.
type vector struct {
	id        string // without "sqs-result-"
	certainty conformance.Certainty
	// result has M1 to M3 in place of the messages' ids, and R2 of the second one's receipt handle. fails is in
	// place of a result, in the words of an Invocation's Outcome.
	result, fails string
	off           bool // without ReportBatchItemFailures
	deleted       string
	fact          string
}

const (
	all  = "m1 m2 m3"
	none = ""
)

var vectors = []vector{
	{id: "null", certainty: conformance.Documented, result: `null`, deleted: all, fact: "A null response is a complete success."},
	{id: "empty-object", certainty: conformance.Documented, result: `{}`, deleted: all, fact: "An empty response object is a complete success."},
	{id: "null-list", certainty: conformance.Documented, result: `{"batchItemFailures":null}`, deleted: all, fact: "A null list is a complete success: it is what Go's zero value becomes."},
	{id: "empty-list", certainty: conformance.Documented, result: `{"batchItemFailures":[]}`, deleted: all, fact: "An empty list is a complete success."},
	{id: "other-object", certainty: conformance.Inferred, result: `{"other":1}`, deleted: all, fact: "An object without batchItemFailures is a complete success."},
	{id: "one-reported", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"M2"}]}`, deleted: "m1 m3", fact: "Only the reported message comes back."},
	{id: "one-reported-flag-off", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"M2"}]}`, off: true, deleted: all, fact: "Without ReportBatchItemFailures the response is ignored, and the reported message is deleted."},
	{id: "all-reported", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"M1"},{"itemIdentifier":"M2"},{"itemIdentifier":"M3"}]}`, deleted: none, fact: "A response may report every message."},
	{id: "reported-twice", certainty: conformance.Inferred, result: `{"batchItemFailures":[{"itemIdentifier":"M2"},{"itemIdentifier":"M2"}]}`, deleted: "m1 m3", fact: "An id that is reported twice is reported."},
	{id: "extra-field", certainty: conformance.Inferred, result: `{"batchItemFailures":[{"itemIdentifier":"M2","reason":"x"}],"other":1}`, deleted: "m1 m3", fact: "Fields beside the known ones change nothing."},
	{id: "empty-id", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":""}]}`, deleted: none, fact: "An empty itemIdentifier is a complete failure."},
	{id: "null-id", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":null}]}`, deleted: none, fact: "A null itemIdentifier is a complete failure."},
	{id: "key-in-capitals", certainty: conformance.Inferred, result: `{"batchItemFailures":[{"ItemIdentifier":"M2"}]}`, deleted: none, fact: "ItemIdentifier is a bad key name, and so a complete failure."},
	{id: "wrong-key", certainty: conformance.Documented, result: `{"batchItemFailures":[{"id":"M2"}]}`, deleted: none, fact: "An itemIdentifier with a bad key name is a complete failure."},
	{id: "wrong-key-recorded", certainty: conformance.Recorded, result: `{"batchItemFailures":[{"foo":"notvalid"}]}`, deleted: none, fact: "A batchItemFailures with another key is a complete failure."},
	{id: "unknown-id", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"M2"},{"itemIdentifier":"nope"}]}`, deleted: none, fact: "An id that is not in the batch is a complete failure, whatever else is reported."},
	{id: "receipt-handle", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"R2"}]}`, deleted: none, fact: "A receipt handle is no message id: a complete failure."},
	{id: "string", certainty: conformance.Inferred, result: `"M2"`, deleted: none, fact: "A string is a complete failure."},
	{id: "list", certainty: conformance.Inferred, result: `["M2"]`, deleted: none, fact: "A bare list is a complete failure."},
	{id: "list-is-a-string", certainty: conformance.Inferred, result: `{"batchItemFailures":"M2"}`, deleted: none, fact: "A batchItemFailures that is no list is a complete failure."},
	{id: "truncated-json", certainty: conformance.Documented, result: `{"batchItemFailures":[{"itemIdentifier":"M2"`, deleted: none, fact: "Invalid JSON is a complete failure."},
	{id: "anything-flag-off", certainty: conformance.Documented, result: `{"batchItemFailures":`, off: true, deleted: all, fact: "Without the flag any result deletes the batch, even invalid JSON."},
	{id: "error", certainty: conformance.Documented, fails: "returned an error", deleted: none, fact: "An error brings the whole batch back."},
	{id: "panic", certainty: conformance.Documented, fails: "panicked", deleted: none, fact: "A panic brings the whole batch back."},
	{id: "exit", certainty: conformance.Documented, fails: "exited", deleted: none, fact: "A process that exits brings the whole batch back."},
	{id: "timeout", certainty: conformance.Documented, fails: "timed out", deleted: none, fact: "A timeout brings the whole batch back."},
	{id: "too-large", certainty: conformance.Documented, fails: "answered with more than 6 MB", deleted: none, fact: "A response over 6 MB brings the whole batch back."},
	{id: "error-flag-off", certainty: conformance.Documented, fails: "returned an error", off: true, deleted: none, fact: "An error brings the whole batch back without the flag, too."},
}

func (v vector) row(on func(*testing.T) run) conformance.Row {
	return conformance.Row{ID: "sqs-result-" + v.id, Certainty: v.certainty, Fact: v.fact, Test: func(t *testing.T) { v.show(on(t)) }}
}

// show gives the function three messages in one batch, and looks twice what is left: at once, in the queue; and in
// the next delivery, which has what came back, with a receive count of 2.
func (v vector) show(r run) {
	q := r.queue(0)
	sent := q.send("m1", "m2", "m3")
	f := answering("null")
	f.answers = func(batch []string) (eventsource.Invocation, error) {
		if len(f.events) > 1 {
			return answer("null"), nil
		}
		if v.fails != "" {
			return eventsource.Invocation{RequestID: "r", Payload: []byte(`{"errorMessage":"x"}`), FunctionError: "Unhandled", Outcome: v.fails}, nil
		}
		handle := records([]byte(f.events[0]))[1].ReceiptHandle
		return answer(strings.NewReplacer("M1", batch[0], "M2", batch[1], "M3", batch[2], "R2", handle).Replace(v.result)), nil
	}
	s := settings{event: sam.SQSEvent{FunctionResponseTypes: reporting}}
	if v.off {
		s.event.FunctionResponseTypes = nil
	}
	m := mapping(r.T, r.sqs, q.url, s, f.invoke)
	require.NoError(r, eventsource.Pass(r.Context(), m))
	require.Equal(r, []int{3}, f.sizes())
	assert.Equal(r, 3-len(strings.Fields(v.deleted)), q.count(), "messages in the queue")

	drain(r.T, m)
	assert.Zero(r, q.count())
	timeline := m.Timeline()
	for n, id := range sent {
		body := fmt.Sprintf("m%d", n+1)
		message, ok := timeline.Find(id)
		require.True(r, ok)
		assert.Equal(r, body, message.Body)
		first := message.Deliveries[0]
		assert.Equal(r, 1, first.Attempt)
		if strings.Contains(v.deleted, body) {
			assert.Len(r, message.Deliveries, 1, body)
			assert.Contains(r, []eventsource.Then{eventsource.Deleted, eventsource.Lost}, first.Then)
			continue
		}
		require.Len(r, message.Deliveries, 2, body)
		assert.Equal(r, eventsource.Back, first.Then)
		assert.InDelta(r, 30, first.BackAfter, 0)
		assert.Equal(r, 2, message.Deliveries[1].Attempt, "the receive count stays consumed")
		assert.InDelta(r, 30, message.Deliveries[1].At-first.At, 0, "the visibility timeout has passed")
		if v.fails != "" {
			assert.Equal(r, eventsource.BatchFailed, first.Outcome)
			assert.Equal(r, "the function "+v.fails, first.Why)
		}
	}
}
