package eventsource_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
)

func failure(string) (eventsource.Invocation, error) {
	return eventsource.Invocation{FunctionError: "Unhandled", Outcome: "panicked"}, nil
}

func s3Attempts(t *testing.T) {
	l := &lambda{answers: failure}
	n := notifying(t, l, photos(t, everyUpload))
	deliver(t, n, created("a"))
	got := n.Notifications()
	require.Len(t, got, 1)
	require.Len(t, got[0].Attempts, 3)
	for i, want := range []struct {
		at   time.Duration
		then eventsource.Then
	}{{0, eventsource.Back}, {time.Minute, eventsource.Back}, {3 * time.Minute, eventsource.Lost}} {
		assert.Equal(t, want.at, got[0].Attempts[i].At)
		assert.Equal(t, want.then, got[0].Attempts[i].Then)
		assert.Equal(t, "the function panicked", got[0].Attempts[i].Why)
	}
	assert.Len(t, slices.Compact(slices.Clone(l.events)), 1, "the event is the same each time")

	twice := 0
	l = &lambda{answers: func(string) (eventsource.Invocation, error) {
		if twice++; twice < 3 {
			return failure("")
		}
		return eventsource.Invocation{}, nil
	}}
	n = notifying(t, l, photos(t, everyUpload))
	deliver(t, n, created("a", "b"))
	assert.Equal(t, []string{"a", "b", "a", "b"}, l.keys(t)[:4], "nobody waits for a failure")
	assert.Equal(t, eventsource.Deleted, n.Notifications()[0].Last().Then)
}

func s3SameRequest(t *testing.T) {
	l := &lambda{answers: failure}
	n := notifying(t, l, photos(t, everyUpload))
	deliver(t, n, created("a"))
	assert.Equal(t, []any{nil, "r1", "r1"}, l.failed, "Lambda is told which invocation failed")
	for _, a := range n.Notifications()[0].Attempts {
		assert.Equal(t, "r1", a.Invocation)
	}
}

func s3ResultIgnored(t *testing.T) {
	l := &lambda{answers: func(string) (eventsource.Invocation, error) {
		return eventsource.Invocation{Payload: []byte(`{"batchItemFailures":[{"itemIdentifier":"a"}]}`)}, nil
	}}
	n := notifying(t, l, photos(t, everyUpload))
	deliver(t, n, created("a"))
	assert.Len(t, l.events, 1)
	assert.Equal(t, eventsource.Deleted, n.Notifications()[0].Last().Then)
}

func s3Throttled(t *testing.T) {
	times := 0
	l := &lambda{answers: func(string) (eventsource.Invocation, error) {
		if times++; times == 1 {
			return eventsource.Invocation{}, fmt.Errorf("no: %w", eventsource.ErrThrottled)
		}
		return eventsource.Invocation{}, nil
	}}
	n := notifying(t, l, photos(t, everyUpload))
	deliver(t, n, created("a"))
	got := n.Notifications()[0]
	require.Len(t, got.Attempts, 2)
	assert.Equal(t, eventsource.Throttled, got.Attempts[0].Outcome)
	assert.Equal(t, eventsource.Processed, got.Attempts[1].Outcome)
}

func disordered(d eventsource.Disorder) func(*eventsource.NotificationDeployment) {
	return func(to *eventsource.NotificationDeployment) { to.Disorder = d }
}

func s3Duplicates(t *testing.T) {
	l := &lambda{}
	n := notifying(t, l, photos(t, everyUpload), disordered(eventsource.Disorder{Duplicates: 1}))
	deliver(t, n, created("a"))
	require.Len(t, l.events, 2)
	assert.Equal(t, l.events[0], l.events[1])
	got := n.Notifications()
	assert.False(t, got[0].Duplicate)
	assert.True(t, got[1].Duplicate)
	assert.NotEqual(t, got[0].Last().Invocation, got[1].Last().Invocation)
}

func s3Order(t *testing.T) {
	sent := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
	run := func() []string {
		l := &lambda{}
		deliver(t, notifying(t, l, photos(t, everyUpload), disordered(eventsource.Disorder{Reorder: true})), created(sent...))
		return l.keys(t)
	}
	got := run()
	assert.ElementsMatch(t, sent, got)
	assert.NotEqual(t, sent, got)
	assert.Equal(t, got, run(), "the seed decides")
}

func s3Recursion(t *testing.T) {
	l := &lambda{}
	n := notifying(t, l, photos(t, everyUpload))
	l.answers = func(string) (eventsource.Invocation, error) {
		change := created(fmt.Sprintf("small-%d", l.requests))[0]
		change.TraceID = fmt.Sprintf("trace-%d", l.requests)
		n.Changed(change) // as the endpoint does while the function still runs
		return eventsource.Invocation{}, nil
	}
	deliver(t, n, created("cat"))
	got := n.Notifications()
	require.Len(t, got, 17)
	assert.Len(t, l.events, 16)
	for i, each := range got {
		assert.Equal(t, i+1, each.Hop)
		assert.Equal(t, i, each.Cause)
	}
	assert.Equal(t, "Lambda's recursive loop detection stops a chain after about 16 invocations", got[16].Stopped)
	assert.Empty(t, got[16].Attempts)
}

func s3NoTestEvent(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, everyUpload)), nil)
	assert.Empty(t, l.events)
}
