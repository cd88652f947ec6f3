package queue_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

// patience is the deadline of everything that a test waits for.
const patience = 30 * time.Second

func newDirect() (direct, *manual, *queue.Service) {
	clock := newClock()
	service := queue.New(clock)
	return direct{service}, clock, service
}

// poll receives in the background, for 20 seconds of the clock.
func (d direct) poll(ctx context.Context, url string) <-chan reply {
	got := make(chan reply, 1)
	go func() {
		got <- d.callIn(ctx, "ReceiveMessage", object{"QueueUrl": url, "WaitTimeSeconds": 20, "AttributeNames": []string{"All"}})
	}()
	return got
}

func (c *manual) untilWaiting(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return c.waiting() == n }, patience, time.Millisecond, "the poll does not wait")
}

func await(t *testing.T, got <-chan reply) reply {
	t.Helper()
	select {
	case out := <-got:
		return out
	case <-time.After(patience):
		require.Fail(t, "the poll does not end")
		return reply{}
	}
}

func TestALongPollEndsWhen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event func(d direct, clock *manual, s *queue.Service, url string, leave func())
		body  string // of the message that it gets
		fault string
	}{
		"a message arrives": {event: func(d direct, _ *manual, _ *queue.Service, url string, _ func()) {
			d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
		}, body: "a"},
		"its time is over":      {event: func(_ direct, clock *manual, _ *queue.Service, _ string, _ func()) { clock.advance(20 * time.Second) }},
		"the client goes away":  {event: func(_ direct, _ *manual, _ *queue.Service, _ string, leave func()) { leave() }},
		"the service is closed": {event: func(_ direct, _ *manual, s *queue.Service, _ string, _ func()) { s.Close() }},
		"the queue is deleted": {event: func(d direct, _ *manual, _ *queue.Service, url string, _ func()) {
			d.call("DeleteQueue", object{"QueueUrl": url})
		}, fault: "QueueDoesNotExist"},
		"a message is given up": {event: func(d direct, _ *manual, _ *queue.Service, _ string, _ func()) {
			d.call("ReceiveMessage", object{"QueueUrl": "/source"})
		}, body: "given up"},
		"a delayed message came": {event: func(d direct, clock *manual, _ *queue.Service, url string, _ func()) {
			d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "late", "DelaySeconds": 5})
			clock.advance(4999 * time.Millisecond)
			clock.advance(time.Millisecond)
		}, body: "late"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, clock, s := newDirect()
			url := d.queueOf("waited", nil)
			d.queueOf("source", redriveTo("waited", "1"))
			d.call("SendMessage", object{"QueueUrl": "/source", "MessageBody": "given up"})
			m := d.call("ReceiveMessage", object{"QueueUrl": "/source"}).Messages[0]
			d.call("ChangeMessageVisibility", object{"QueueUrl": "/source", "ReceiptHandle": m.ReceiptHandle, "VisibilityTimeout": 0})

			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			got := d.poll(ctx, url)
			clock.untilWaiting(t, 1)
			test.event(d, clock, s, url, leave)
			out := await(t, got)
			if test.body == "" {
				assert.Empty(t, out.Messages)
			} else if assert.Len(t, out.Messages, 1, out.Message) {
				assert.Equal(t, test.body, out.Messages[0].Body)
			}
			assert.Contains(t, out.Type, test.fault)
			assert.Equal(t, test.fault == "", out.Type == "", out.Message)
			assert.Zero(t, clock.waiting(), "a timer is left")
		})
	}
}

func TestAReceiverThatHasGoneTakesNothing(t *testing.T) {
	t.Parallel()
	d, _, _ := newDirect()
	url := d.queueOf("a", nil)
	d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
	gone, leave := context.WithCancel(t.Context())
	leave()
	assert.Empty(t, d.callIn(gone, "ReceiveMessage", object{"QueueUrl": url}).Messages)
	assert.Len(t, d.call("ReceiveMessage", object{"QueueUrl": url}).Messages, 1)
}

func TestAMessageIsDroppedWhenItsRetentionIsOver(t *testing.T) {
	t.Parallel()
	d, clock, _ := newDirect()
	url := d.queueOf("a", map[string]string{"MessageRetentionPeriod": "60"})
	for _, body := range []string{"in flight", "visible"} {
		d.call("SendMessage", object{"QueueUrl": url, "MessageBody": body})
	}
	require.Len(t, d.call("ReceiveMessage", object{"QueueUrl": url, "VisibilityTimeout": 3600}).Messages, 1)
	counts := func() map[string]string {
		return d.call("GetQueueAttributes", object{"QueueUrl": url, "AttributeNames": []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}}).Attributes
	}
	clock.advance(60*time.Second - time.Millisecond)
	assert.Equal(t, map[string]string{"ApproximateNumberOfMessages": "1", "ApproximateNumberOfMessagesNotVisible": "1"}, counts())
	clock.advance(time.Millisecond)
	assert.Empty(t, d.call("ReceiveMessage", object{"QueueUrl": url}).Messages)
	assert.Equal(t, map[string]string{"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}, counts())
}

func TestADeadLetterQueueCountsRetentionFromTheFirstSending(t *testing.T) {
	t.Parallel()
	d, clock, _ := newDirect()
	dead := d.queueOf("dead", map[string]string{"MessageRetentionPeriod": "60"})
	source := d.queueOf("source", redriveTo("dead", "1"))
	d.call("SendMessage", object{"QueueUrl": source, "MessageBody": "a"})
	clock.advance(59 * time.Second)
	d.call("ReceiveMessage", object{"QueueUrl": source, "VisibilityTimeout": 0})
	d.call("ReceiveMessage", object{"QueueUrl": source})
	require.Len(t, d.call("ReceiveMessage", object{"QueueUrl": dead, "VisibilityTimeout": 0}).Messages, 1)
	clock.advance(time.Second)
	assert.Empty(t, d.call("ReceiveMessage", object{"QueueUrl": dead}).Messages)
}

func TestVisibilityIsTwelveHoursFromTheReceiptInAll(t *testing.T) {
	t.Parallel()
	d, clock, _ := newDirect()
	url := d.queueOf("a", nil)
	d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"})
	m := d.call("ReceiveMessage", object{"QueueUrl": url, "VisibilityTimeout": 43200}).Messages[0]
	hide := func(seconds int) reply {
		return d.call("ChangeMessageVisibility", object{"QueueUrl": url, "ReceiptHandle": m.ReceiptHandle, "VisibilityTimeout": seconds})
	}
	clock.advance(10 * time.Second)
	assert.Contains(t, hide(43191).Message, "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]")
	assert.Empty(t, hide(43190).Type)
}

func TestAQueueCanBePurgedAgainAfterAMinute(t *testing.T) {
	t.Parallel()
	d, clock, _ := newDirect()
	url := d.queueOf("a", nil)
	assert.Empty(t, d.call("PurgeQueue", object{"QueueUrl": url}).Type)
	clock.advance(59 * time.Second)
	assert.Contains(t, d.call("PurgeQueue", object{"QueueUrl": url}).Type, "PurgeQueueInProgress")
	clock.advance(time.Second)
	assert.Empty(t, d.call("PurgeQueue", object{"QueueUrl": url}).Type)
}

func TestTooManyMessagesInFlightAreOverTheLimit(t *testing.T) {
	t.Parallel()
	d, clock, s := newDirect()
	s.LimitInFlight(20)
	url := d.queueOf("a", nil)
	var entries []object
	for n := range 10 {
		entries = append(entries, object{"Id": fmt.Sprint(n), "MessageBody": "a"})
	}
	for range 3 {
		d.call("SendMessageBatch", object{"QueueUrl": url, "Entries": entries})
	}
	for range 2 {
		d.call("ReceiveMessage", object{"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600})
	}
	assert.Contains(t, d.call("ReceiveMessage", object{"QueueUrl": url}).Type, "OverLimit")
	got := d.poll(t.Context(), url)
	clock.untilWaiting(t, 1)
	clock.advance(20 * time.Second)
	assert.Empty(t, await(t, got).Type, "a long poll says nothing about the limit")
	clock.advance(time.Hour)
	assert.Len(t, d.call("ReceiveMessage", object{"QueueUrl": url}).Messages, 1)
}

func TestWhatIsNotThereIsSaidInAFormThatIsNotRetried(t *testing.T) {
	t.Parallel()
	d, _, _ := newDirect()
	w := d.raw(t.Context(), "CancelMessageMoveTask", []byte(`{}`))
	assert.Equal(t, 400, w.Code)
	assert.Equal(t, "UnsupportedOperationException;Sender", w.Header().Get("X-Amzn-Query-Error"))
	assert.Contains(t, w.Body.String(), "CancelMessageMoveTask is not supported here; use --backend containers")
	for _, body := range []string{"", "null", "[]", `{"QueueName":1}`, `{`, `{"QueueName":"` + strings.Repeat("a", 9<<20) + `"}`} {
		w := d.raw(t.Context(), "CreateQueue", []byte(body))
		assert.Equal(t, 400, w.Code)
		assert.Contains(t, w.Body.String(), "SerializationException")
	}
	w = d.raw(t.Context(), "", nil)
	assert.Contains(t, w.Body.String(), "UnknownOperationException")
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	t.Parallel()
	d, _, s := newDirect()
	url := d.queueOf("a", nil)
	s.Close()
	s.Close()
	assert.Contains(t, d.call("SendMessage", object{"QueueUrl": url, "MessageBody": "a"}).Type, "QueueDoesNotExist")
}
