package eventsource_test

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

// failing fails until it has been invoked n times.
func failing(n int) *function {
	f := &function{}
	f.answers = func([]string) (eventsource.Invocation, error) {
		if len(f.events) <= n {
			return eventsource.Invocation{RequestID: "r", FunctionError: "Unhandled", Outcome: "timed out"}, nil
		}
		return answer("null"), nil
	}
	return f
}

func errorReceiveCount(r run) {
	q := r.queue(0)
	q.send("m")
	f := failing(2)
	drain(r.T, mapping(r.T, r.sqs, q.url, settings{}, f.invoke))
	require.Len(r, f.events, 3)
	for n, want := range []string{"1", "2", "3"} {
		assert.Contains(r, f.events[n], `"ApproximateReceiveCount":"`+want+`"`)
	}
}

func errorVisibility(r run) {
	q := r.queue(0)
	q.send("m")
	f := failing(1)
	m := mapping(r.T, r.sqs, q.url, settings{}, f.invoke)
	require.NoError(r, eventsource.Pass(r.Context(), m))
	require.NoError(r, eventsource.Pass(r.Context(), m))
	assert.Len(r, f.events, 1, "it is still invisible")
	assert.Equal(r, 1, q.count())
	assert.Equal(r, eventsource.Waiting, m.Timeline().Messages[0].Last().Then)
	drain(r.T, m)
	assert.Len(r, f.events, 2)
	assert.Equal(r, 30*time.Second, m.Timeline().Elapsed())
}

func windowVisibility(r run) {
	q := r.queue(0)
	q.send("m")
	m := mapping(r.T, r.sqs, q.url, settings{event: sam.SQSEvent{MaximumBatchingWindow: 10 * time.Second}}, failing(1).invoke)
	drain(r.T, m)
	assert.InDelta(r, 10+3+30, m.Timeline().Messages[0].Deliveries[0].BackAfter, 0)
}

var throttled = &function{answers: func([]string) (eventsource.Invocation, error) {
	return eventsource.Invocation{}, eventsource.ErrThrottled
}}

func throttledBack(r run) {
	q := r.queue(0)
	q.send("m")
	m := mapping(r.T, r.sqs, q.url, settings{}, throttled.invoke)
	require.NoError(r, eventsource.Pass(r.Context(), m))
	d := m.Timeline().Messages[0].Last()
	assert.Equal(r, eventsource.Throttled, d.Outcome)
	assert.Equal(r, 1, d.Attempt)
	assert.Empty(r, d.Invocation)
	drain(r.T, m)
	assert.Equal(r, 2, m.Timeline().Messages[0].Deliveries[1].Attempt)
}

func throttledRetried(r run) {
	q := r.queue(0)
	q.send("m")
	f := &function{}
	f.answers = func([]string) (eventsource.Invocation, error) {
		if len(f.events) == 1 {
			return eventsource.Invocation{}, eventsource.ErrThrottled
		}
		return answer("null"), nil
	}
	m := mapping(r.T, r.sqs, q.url, settings{}, f.invoke)
	drain(r.T, m)
	assert.Len(r, f.events, 2)
	assert.Equal(r, f.events[0], f.events[1], "it is the same batch, received once")
	assert.Len(r, m.Timeline().Messages[0].Deliveries, 1)
}

func redrive(r run) {
	q := r.queue(2)
	sent := q.send("m")
	f := failing(100)
	m := mapping(r.T, r.sqs, q.url, settings{max: 2}, f.invoke)
	drain(r.T, m)
	assert.Len(r, f.events, 2)
	assert.Equal(r, [][2]string{{sent[0], "m"}}, q.dead())
	assert.Zero(r, q.count())
	message := m.Timeline().Messages[0]
	assert.Equal(r, eventsource.Back, message.Deliveries[0].Then)
	assert.Equal(r, eventsource.DeadLettered, message.Last().Then)
	assert.Equal(r, time.Minute, m.Timeline().Elapsed())
}

func redriveReported(r run) {
	q := r.queue(3)
	sent := q.send("good", "bad", "good")
	f := &function{}
	f.answers = func([]string) (eventsource.Invocation, error) {
		for _, m := range records([]byte(f.events[len(f.events)-1])) {
			if m.Body == "bad" {
				return answer(`{"batchItemFailures":[{"itemIdentifier":"` + m.MessageID + `"}]}`), nil
			}
		}
		return answer(`{"batchItemFailures":[]}`), nil
	}
	m := mapping(r.T, r.sqs, q.url, settings{max: 3, event: sam.SQSEvent{FunctionResponseTypes: reporting}}, f.invoke)
	drain(r.T, m)
	assert.Equal(r, []int{3, 1, 1}, f.sizes())
	assert.Equal(r, [][2]string{{sent[1], "bad"}}, q.dead())
}

func redriveThrottled(r run) {
	q := r.queue(2)
	sent := q.send("m")
	m := mapping(r.T, r.sqs, q.url, settings{max: 2}, throttled.invoke)
	drain(r.T, m)
	assert.Equal(r, [][2]string{{sent[0], "m"}}, q.dead())
	assert.Equal(r, eventsource.Throttled, m.Timeline().Messages[0].Last().Outcome)
	assert.Equal(r, eventsource.DeadLettered, m.Timeline().Messages[0].Last().Then)
}

func noDeadLetterQueue(r run) {
	q := r.queue(0)
	q.send("m")
	f := failing(8)
	m := mapping(r.T, r.sqs, q.url, settings{}, f.invoke)
	drain(r.T, m)
	last := m.Timeline().Messages[0].Last()
	assert.Equal(r, eventsource.Lost, last.Then)
	assert.Equal(r, "the function timed out; there is no dead-letter queue, so it comes back every 30 s, until it is lost after 4 days", last.Why)
	assert.Equal(r, 1, q.count(), "it is still there")
	before := len(f.events)
	drain(r.T, m)
	again := m.Timeline().Messages[0]
	assert.Greater(r, len(f.events), before, "it goes on when it is asked to")
	assert.Equal(r, eventsource.Back, again.Deliveries[before-1].Then)
	assert.Equal(r, "the function timed out", again.Deliveries[before-1].Why)
	assert.Equal(r, eventsource.Deleted, again.Last().Then)
}
