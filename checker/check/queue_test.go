package check

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

const queueID = "91-queue"

// consumers is the function of the lesson with queues, built once.
var consumers = sync.OnceValues(func() (map[string]string, error) {
	work := filepath.Join(state, "consumers")
	if err := os.Mkdir(work, 0o755); err != nil {
		return nil, err
	}
	builder := &sandbox.Builder{Root: module, Cache: filepath.Join(state, "build")}
	return builder.Build(context.Background(),
		sandbox.Source{Dir: filepath.Join(lessons, queueID), Place: "lessons/" + queueID, Functions: []string{"consume/"}}, work)
})

// withQueues is a T on a deployment of its own of the lesson with queues, whose template is changed first.
func withQueues(t *testing.T, c Check, changes ...string) *T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(lessons, queueID, "template.yaml"))
	require.NoError(t, err)
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if len(changes) > 0 {
		require.NotEqual(t, string(text), changed)
	}
	template, err := sam.Parse("template.yaml", []byte(changed))
	require.NoError(t, err)
	binaries, err := consumers()
	require.NoError(t, err)
	b := embedded.New()
	dir := t.TempDir()
	var deployed *stack.Stack
	t.Cleanup(func() {
		if deployed != nil {
			assert.NoError(t, deployed.Close())
		}
		assert.NoError(t, b.Close())
	})
	return newT(t.Context(), c, 1, func(o stack.Options) (s *stack.Stack, err error) {
		o.Template, o.Binaries, o.Backend, o.Dir, o.Name = template, binaries, b, dir, "lesson"
		deployed, err = stack.Deploy(t.Context(), o)
		return deployed, err
	})
}

// ending runs f as the function of a check.
func ending(c *T, f func(*T)) Result {
	result := Result{Verdict: Errored}
	verdictOf(c, Check{Run: f}, &result)
	return result
}

func passes(t *testing.T, c *T, f func(*T)) {
	t.Helper()
	result := ending(c, f)
	assert.Equal(t, Passed, result.Verdict, "%v %+v", result.Error, result.Finding)
}

func fails(t *testing.T, c *T, f func(*T)) Finding {
	t.Helper()
	result := ending(c, f)
	require.Equal(t, Failed, result.Verdict, result.Error)
	return *result.Finding
}

func TestMessagesAreFollowedToTheirEnd(t *testing.T) {
	t.Parallel()
	passes(t, withQueues(t, Check{}), func(c *T) {
		sent := c.Queue("OrdersQueue").Send("save a", "report", "save b")
		c.Drain()
		sent[0].Processed()
		sent[0].Delivered(1)
		sent[1].Delivered(2)
		sent[1].NotDeleted()
		sent[1].DeadLettered()
		c.Equal([]string{"a", "b"}, c.Table("ItemsTable").IDs())
		assert.Equal(t, []string{"report"}, c.Queue("OrdersDLQ").Bodies())
		assert.Len(t, c.Queue("OrdersQueue").Messages(), 3)
		assert.Equal(t, sent[1].ID, sent[1].Story().ID)
	})
}

func TestWhatFunctionsSendIsDeliveredToo(t *testing.T) {
	t.Parallel()
	passes(t, withQueues(t, Check{}), func(c *T) {
		c.Queue("OrdersQueue").Send("send save a", "send send save b")
		c.Drain()
		c.Equal([]string{"a", "b"}, c.Table("ItemsTable").IDs())
		next := c.Queue("NextQueue").Messages()
		require.Len(t, next, 3)
		next[0].Processed()
		assert.Zero(t, next[0].Number, "the check has not sent it")
	})
}

func TestDeliverBringsNothingBack(t *testing.T) {
	t.Parallel()
	passes(t, withQueues(t, Check{}), func(c *T) {
		queue := c.Queue("OrdersQueue")
		sent := queue.Send("report")
		queue.Deliver()
		sent[0].Delivered(1)
		assert.Equal(t, eventsource.Waiting, sent[0].Story().Last().Then)
		c.Deliver()
		sent[0].Delivered(1)
		queue.Drain()
		sent[0].Delivered(2)
	})
}

func TestDisorderComesFromTheCheck(t *testing.T) {
	t.Parallel()
	passes(t, withQueues(t, Check{}), func(c *T) {
		c.Disorder(eventsource.Disorder{Duplicates: 1, Sizes: []int{1}})
		sent := c.Queue("OrdersQueue").Send("save a", "save b")
		c.Drain()
		for _, m := range sent {
			m.Delivered(2)
			m.Processed()
		}
		assert.Equal(t, 4, c.Queue("OrdersQueue").Timelines()[0].Batches)
	})
}

func TestAFindingDrawsWhatHappenedToEachMessage(t *testing.T) {
	t.Parallel()
	f := fails(t, withQueues(t, Check{Why: "the check's", Next: "the check's"}), func(c *T) {
		sent := c.Queue("OrdersQueue").Send(`save {"id":"a"}`, "report", "save b")
		c.Drain()
		sent[1].Processed()
	})
	assert.Equal(t, "sent 3 messages to OrdersQueue:\n1. `save {\"id\":\"a\"}`\n2. \"report\"\n3. \"save b\"", f.Did)
	assert.Equal(t, `message 2, "report", was delivered twice, and is in the dead-letter queue`, f.Got)
	assert.Equal(t, `message 2, "report", to be processed, and deleted then`, f.Want)
	assert.Equal(t, "the check's", f.Why)
	assert.Equal(t, []string{
		"message: 1. `save {\"id\":\"a\"}`   batch 1: processed → deleted",
		`message: 2. "report"            batch 1: reported → back after 1 min   batch 2: reported → OrdersDLQ`,
		`message: 3. "save b"            batch 1: processed → deleted`,
		"on AWS:  this takes 2 min and longer; what fails comes back after a visibility timeout of 1 min",
		"call: none to AWS",
		"log:  got report",
	}, f.Evidence)

	data, err := json.Marshal(f)
	require.NoError(t, err)
	var read struct {
		Timelines []struct {
			Queue, Function, DeadLetterQueue string
			VisibilityTimeout                float64
			Messages                         []struct {
				Body       string
				Deliveries []map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &read))
	require.Len(t, read.Timelines, 1)
	story := read.Timelines[0]
	assert.Equal(t, "OrdersQueue", story.Queue)
	assert.Equal(t, "ConsumeFunction", story.Function)
	assert.Equal(t, "OrdersDLQ", story.DeadLetterQueue)
	require.Len(t, story.Messages[1].Deliveries, 2)
	second := story.Messages[1].Deliveries[1]
	assert.NotEmpty(t, second["invocation"])
	delete(second, "invocation")
	assert.Equal(t, map[string]any{
		"batch": 2.0, "of": 1.0, "attempt": 2.0, "at": 60.0, "outcome": "reported", "then": "dead-letter", "backAfter": 60.0,
	}, second)
}

func TestMessagesThatAreLostAreExplained(t *testing.T) {
	t.Parallel()
	const flag = "            FunctionResponseTypes:\n              - ReportBatchItemFailures\n"
	const redrive = "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt OrdersDLQ.Arn\n        maxReceiveCount: 2\n"
	for name, test := range map[string]struct {
		change          string // that is taken out of the template
		body            string
		assert          func(Message)
		got, want       string
		why, next, line string
	}{
		"ignored report": {flag, "report", Message.DeadLettered,
			`message 1, "report", was delivered once, and is lost: the mapping has no ReportBatchItemFailures, so Lambda ignored the report and deleted the message`,
			`message 1, "report", in the dead-letter queue`, "Lambda ignores what the function reports", "Add FunctionResponseTypes",
			`message: 1. "report"   batch 1: reported → lost`},
		"not reported": {"", "neither", Message.NotDeleted,
			`message 1, "neither", was delivered once, and deleted`, `message 1, "neither", to stay in the queue, because it was not processed`,
			"Lambda deletes", "Report its messageId", `message: 1. "neither"   batch 1: processed → deleted`},
		"no dead-letter queue": {redrive, "error", Message.DeadLettered,
			`message 1, "error", was delivered 5 times, and is lost: the function returned an error; there is no dead-letter queue, so it comes back every 1m0s, until it is lost after 96h0m0s`,
			`message 1, "error", in the dead-letter queue`, "nobody has seen it", "Give OrdersQueue a RedrivePolicy",
			`message: 1. "error"   batch 1: failed → back after 1 min   batch 2: failed → back after 1 min   … 2 more …   batch 5: failed → lost`},
		"too often": {"", "panic", func(m Message) { m.Delivered(3) },
			`message 1, "panic", was delivered twice, and is in the dead-letter queue: the function panicked`,
			`message 1, "panic", to be delivered 3 times`, "", "",
			`message: 1. "panic"   batch 1: failed → back after 1 min   batch 2: failed → OrdersDLQ`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []string
			if test.change != "" {
				changes = []string{test.change, ""}
			}
			f := fails(t, withQueues(t, Check{}, changes...), func(c *T) {
				sent := c.Queue("OrdersQueue").Send(test.body)
				c.Drain()
				test.assert(sent[0])
			})
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, test.want, f.Want)
			assert.Contains(t, f.Why, test.why)
			assert.Contains(t, f.Next, test.next)
			assert.Equal(t, test.line, f.Evidence[0])
		})
	}
}

func TestAQueueThatNoFunctionPollsIsExplained(t *testing.T) {
	t.Parallel()
	c := withQueues(t, Check{})
	f := fails(t, c, func(c *T) {
		sent := c.Queue("LonelyQueue").Send("save a")
		c.Drain()
		sent[0].Delivered(1)
	})
	assert.Equal(t, `message 1, "save a", was never delivered`, f.Got)
	assert.Equal(t, "Give the function an event of type SQS with Queue: !GetAtt LonelyQueue.Arn.", f.Next)
	assert.Equal(t, []string{"message: none was delivered from LonelyQueue"}, f.Evidence)

	f = fails(t, c, func(c *T) {
		sent := c.Queue("IdleQueue").Send("save a")
		c.Drain()
		sent[0].Processed()
	})
	assert.Equal(t, "Take Enabled: false from the event Off of ConsumeFunction.", f.Next)
}

func TestEqualShowsBothValuesAndTheMessages(t *testing.T) {
	t.Parallel()
	f := fails(t, withQueues(t, Check{}), func(c *T) {
		c.Queue("OrdersQueue").Send("save a")
		c.Drain()
		c.Equal([]string{"a", "b"}, c.Table("ItemsTable").IDs())
	})
	assert.Equal(t, `["a"]`, f.Got)
	assert.Equal(t, `["a","b"]`, f.Want)
	assert.Equal(t, `message: 1. "save a"   batch 1: processed → deleted`, f.Evidence[0])
	assert.Len(t, f.Timelines, 1)
}

func TestAMappingThatAWSRefusesFailsTheCheck(t *testing.T) {
	t.Parallel()
	f := fails(t, withQueues(t, Check{}, "BatchSize: 1}", "BatchSize: 11}"), func(c *T) { c.Queue("OrdersQueue") })
	assert.Equal(t, "deployed the template", f.Did)
	assert.Contains(t, f.Got, "Maximum batch window in seconds must be greater than 0")
	assert.Contains(t, f.Next, "AWS would refuse it")
}

func TestWhatCannotBeDrainedIsAFault(t *testing.T) {
	t.Parallel()
	result := ending(withQueues(t, Check{}), func(c *T) {
		c.deliver(nil, func(context.Context) error { return errors.New("no queues") })
	})
	assert.Equal(t, Result{Verdict: Errored, Error: "no queues"}, result)
}
