package eventsource_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

func TestAFaultOfThisMachineIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("no network")
	for operation, want := range map[string]string{
		"ReceiveMessage":               "cannot receive messages from Orders: no network",
		"DeleteMessageBatch":           "cannot delete 1 message from Orders: no network",
		"ChangeMessageVisibilityBatch": "cannot make 1 message of Orders visible again: no network",
		"GetQueueAttributes":           "cannot look how many messages are in Orders: no network",
	} {
		f := &fake{breaks: map[string]error{operation: broken}}
		f.send("good", "bad")
		fn := &function{}
		fn.answers = func([]string) (eventsource.Invocation, error) {
			return answer(`{"batchItemFailures":[{"itemIdentifier":"m2"}]}`), nil
		}
		if operation == "GetQueueAttributes" {
			fn = answering("null")
		}
		m := mapping(t, f, "url", settings{event: sam.SQSEvent{FunctionResponseTypes: reporting}}, fn.invoke)
		require.EqualError(t, eventsource.Drain(t.Context(), patience, m), want)
	}
	f := &fake{}
	f.send("m")
	m := mapping(t, f, "url", settings{}, func(context.Context, string, []byte) (eventsource.Invocation, error) {
		return eventsource.Invocation{}, broken
	})
	require.EqualError(t, eventsource.Drain(t.Context(), patience, m), "cannot invoke Fn with a batch of Orders: no network")
	assert.Equal(t, eventsource.UnderWay, m.Timeline().Messages[0].Last().Outcome, "nobody knows what came of it")
}

func TestADeletionThatFailsBringsTheMessageBack(t *testing.T) {
	t.Parallel()
	f := &fake{refuse: map[string]string{"b": "InternalError"}}
	f.send("a", "b")
	fn := answering("null")
	m := mapping(t, f, "url", settings{}, fn.invoke)
	drain(t, m)
	assert.Equal(t, []int{2, 1}, fn.sizes())
	story := m.Timeline().Messages[1]
	assert.Equal(t, eventsource.Processed, story.Deliveries[0].Outcome)
	assert.Equal(t, eventsource.Back, story.Deliveries[0].Then)
	assert.Equal(t, "its deletion failed: InternalError", story.Deliveries[0].Why)
	assert.Equal(t, eventsource.Deleted, story.Last().Then)
	assert.Empty(t, f.left())
}

func TestDrainSaysWhatItWaitedFor(t *testing.T) {
	t.Parallel()
	f := &fake{delayed: 2}
	m := mapping(t, f, "url", settings{}, answering("null").invoke)
	err := eventsource.Drain(t.Context(), 500*time.Millisecond, m)
	var late *eventsource.DrainError
	require.ErrorAs(t, err, &late)
	assert.Equal(t, []string{"Orders has 2 messages delayed by DelaySeconds"}, late.For)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	g := &fake{}
	g.send("m")
	g.messages[0].hidden = true
	err = eventsource.Drain(t.Context(), 500*time.Millisecond, mapping(t, g, "url", settings{}, answering("null").invoke))
	require.ErrorContains(t, err, "Orders has 1 message in flight with somebody else")

	h := &fake{}
	h.send("m")
	slow := mapping(t, h, "url", settings{}, func(ctx context.Context, _ string, _ []byte) (eventsource.Invocation, error) {
		<-ctx.Done()
		return eventsource.Invocation{}, ctx.Err()
	})
	require.ErrorContains(t, eventsource.Drain(t.Context(), 500*time.Millisecond, slow), "m1 is under way in Fn with batch 1 of Orders")
}

func TestDrainWaitsForDelayedMessages(t *testing.T) {
	t.Parallel()
	f := &fake{delayed: 1}
	looks := 0
	f.after = func(operation string) {
		if operation != "GetQueueAttributes" {
			return
		}
		if looks++; looks == 3 {
			f.mu.Lock()
			f.delayed = 0
			f.mu.Unlock()
			f.send("m")
		}
	}
	fn := answering("null")
	drain(t, mapping(t, f, "url", settings{}, fn.invoke))
	assert.Equal(t, []int{1}, fn.sizes())
}

func TestAMessageThatTheFunctionDeletesItselfIsGone(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.send("m")
	m := mapping(t, f, "url", settings{}, func(context.Context, string, []byte) (eventsource.Invocation, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.messages = nil
		return eventsource.Invocation{FunctionError: "Unhandled"}, nil
	})
	drain(t, m)
	last := m.Timeline().Messages[0].Last()
	assert.Equal(t, eventsource.Gone, last.Then)
	assert.Equal(t, "the function failed; somebody else has deleted it", last.Why)
}

func TestAMessageThatTheFunctionMakesVisibleComesAtOnce(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.send("m")
	calls := 0
	m := mapping(t, f, "url", settings{}, func(context.Context, string, []byte) (eventsource.Invocation, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if calls++; calls > 1 {
			return answer("null"), nil
		}
		f.messages[0].hidden = false
		return eventsource.Invocation{FunctionError: "Unhandled"}, nil
	})
	drain(t, m)
	story := m.Timeline().Messages[0]
	require.Len(t, story.Deliveries, 2)
	assert.Zero(t, story.Deliveries[0].BackAfter)
	assert.Zero(t, m.Timeline().Elapsed())
}

func TestMessagesAreHeldWhileTheyAreDelivered(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.send("m")
	drain(t, mapping(t, f, "url", settings{}, answering("null").invoke))
	assert.Equal(t, int32(15*60), f.timeouts[0], "a slow machine brings nothing back")
}

func TestDuplicatesStopWhereSQSWouldMoveTheMessage(t *testing.T) {
	t.Parallel()
	f := &fake{max: 1}
	f.send("m")
	fn := answering("null")
	drain(t, mapping(t, f, "url", settings{max: 1, disorder: eventsource.Disorder{Duplicates: 1}}, fn.invoke))
	assert.Equal(t, []int{1}, fn.sizes())
	assert.Empty(t, f.letters)

	some := &fake{}
	some.send(strings.Split(strings.Repeat("m ", 40)+"m", " ")...)
	fn = answering("null")
	m := mapping(t, some, "url", settings{disorder: eventsource.Disorder{Duplicates: 0.5}, seed: 1}, fn.invoke)
	drain(t, m)
	again := 0
	for _, story := range m.Timeline().Messages {
		assert.LessOrEqual(t, len(story.Deliveries), 2)
		again += len(story.Deliveries) - 1
	}
	assert.InDelta(t, 20, again, 15)
	assert.Empty(t, some.left())
}

func TestADuplicateThatFailsIsAMessageLikeAnyOther(t *testing.T) {
	t.Parallel()
	f := &fake{max: 3}
	f.send("m")
	fn := &function{}
	fn.answers = func([]string) (eventsource.Invocation, error) {
		if len(fn.events) == 1 {
			return answer("null"), nil
		}
		return eventsource.Invocation{FunctionError: "Unhandled", Outcome: "panicked"}, nil
	}
	m := mapping(t, f, "url", settings{max: 3, disorder: eventsource.Disorder{Duplicates: 1}}, fn.invoke)
	drain(t, m)
	story := m.Timeline().Messages[0]
	require.Len(t, story.Deliveries, 3)
	assert.Equal(t, eventsource.Deleted, story.Deliveries[0].Then)
	assert.True(t, story.Deliveries[1].Duplicate)
	assert.Equal(t, eventsource.Back, story.Deliveries[1].Then)
	assert.Equal(t, eventsource.DeadLettered, story.Deliveries[2].Then)
}

// Two queues: what a function sends to the second is delivered, and only then what failed in the first comes back.
func TestNothingIsBroughtForwardWhileThereIsSomethingToDo(t *testing.T) {
	t.Parallel()
	clock := &eventsource.Clock{}
	first, second := &fake{}, &fake{}
	first.send("fails once")
	var order []string
	one := func(context.Context, string, []byte) (eventsource.Invocation, error) {
		order = append(order, "first")
		if len(order) == 1 {
			second.send("sent by the first")
			return eventsource.Invocation{FunctionError: "Unhandled"}, nil
		}
		return answer("null"), nil
	}
	two := func(context.Context, string, []byte) (eventsource.Invocation, error) {
		order = append(order, "second")
		return answer("null"), nil
	}
	a := mapping(t, first, "one", settings{clock: clock}, one)
	b := mapping(t, second, "two", settings{clock: clock}, two)
	drain(t, a, b)
	assert.Equal(t, []string{"first", "second", "first"}, order)
	assert.Equal(t, 30*time.Second, clock.Now())
}

func TestRunDeliversUntilItIsEnded(t *testing.T) {
	t.Parallel()
	f := &fake{max: 1}
	f.send("good", "bad")
	var mu sync.Mutex
	told := map[string]eventsource.Outcome{}
	fn := &function{}
	fn.answers = func([]string) (eventsource.Invocation, error) {
		return answer(`{"batchItemFailures":[{"itemIdentifier":"m2"}]}`), nil
	}
	m := mapping(t, f, "url", settings{max: 1, event: sam.SQSEvent{FunctionResponseTypes: reporting},
		observe: func(m eventsource.Message, d eventsource.Delivery) {
			mu.Lock()
			defer mu.Unlock()
			told[m.Body] = d.Outcome
		}}, fn.invoke)
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		mu.Lock()
		defer mu.Unlock()
		assert.Equal(c, map[string]eventsource.Outcome{"good": eventsource.Processed, "bad": eventsource.Reported}, told)
	}, patience, time.Millisecond)
	over := errors.New("over")
	cancel(over)
	require.ErrorIs(t, <-ended, over)
	assert.Equal(t, eventsource.Waiting, m.Timeline().Messages[1].Last().Then, "nothing is brought forward")
	assert.Equal(t, int32(30), f.timeouts[0], "the queue's own")

	g := &fake{breaks: map[string]error{"ReceiveMessage": errors.New("no network")}}
	require.EqualError(t, mapping(t, g, "url", settings{}, fn.invoke).Run(t.Context()), "cannot receive messages from Orders: no network")
}

func TestATimelineIsACopy(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.send("m")
	m := mapping(t, f, "url", settings{}, answering("null").invoke)
	assert.Empty(t, m.Timeline().Messages)
	assert.Zero(t, m.Timeline().Elapsed())
	drain(t, m)
	copied := m.Timeline()
	copied.Messages[0].Deliveries[0].Outcome = eventsource.Throttled
	assert.Equal(t, eventsource.Processed, m.Timeline().Messages[0].Last().Outcome)
	_, ok := copied.Find("nobody")
	assert.False(t, ok)
	assert.Zero(t, eventsource.Message{}.Last())
}

func TestUnsupportedNamesWhatIsThereAndWhere(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(`Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs.fifo, FifoQueue: true}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: a/
      Events:
        Some:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            FilterCriteria:
              Filters: []
            ScalingConfig: {MaximumConcurrency: 2}
            MetricsConfig: {Metrics: [EventCount]}
        More:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            ProvisionedPollerConfig:
              MinimumPollers: 2
`))
	require.NoError(t, err)
	require.EqualError(t, eventsource.Unsupported(template), `template.yaml:3: Jobs is a FIFO queue, which the local event source mapping does not support yet
template.yaml:17: FilterCriteria of the event Fn.Some is not supported by the local event source mapping yet, so messages would be delivered that AWS deletes
template.yaml:25: ProvisionedPollerConfig of the event Fn.More is not supported by the local event source mapping yet, and batches are delivered one after the other anyway: leave it out here`)
	q, f := template.Queues[0], template.Functions[0]
	_, err = eventsource.New(template, f, f.Events[0], q, eventsource.Deployment{})
	require.ErrorContains(t, err, "FIFO")
	_, err = eventsource.New(template, f, sam.Event{Name: "Api", Type: "Api", Line: 3, Source: &sam.RestAPIEvent{}}, q, eventsource.Deployment{})
	require.EqualError(t, err, "template.yaml:3: the event Api of Fn is of type Api, not SQS")
}

func TestMessagesComeBackInTheOrderOfTheirVisibilityTimeouts(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.send("put off", "usual")
	var order []string
	fn := &function{}
	fn.answers = func([]string) (eventsource.Invocation, error) {
		for _, r := range records([]byte(fn.events[len(fn.events)-1])) {
			order = append(order, r.Body)
		}
		if len(fn.events) == 1 {
			return eventsource.Invocation{FunctionError: "Unhandled"}, nil
		}
		return answer("null"), nil
	}
	m := mapping(t, f, "url", settings{visibility: func(handle string) (time.Duration, bool) {
		return time.Hour, handle == f.messages[0].handle && f.messages[0].body == "put off"
	}}, fn.invoke)
	drain(t, m)
	assert.Equal(t, []string{"put off", "usual", "usual", "put off"}, order)
	first := m.Timeline().Messages[0]
	assert.InDelta(t, 3600, first.Deliveries[0].BackAfter, 0)
	assert.Equal(t, "the function failed; the function made it invisible for 1 h", first.Deliveries[0].Why)
	assert.Equal(t, time.Hour, m.Timeline().Elapsed())
}
