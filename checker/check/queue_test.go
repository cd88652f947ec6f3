package check

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// queues is the lesson with queues.
var queues = newFixture("91-queue", "consume/")

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
	passes(t, queues.on(t, Check{}), func(c *T) {
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
	passes(t, queues.on(t, Check{}), func(c *T) {
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
	passes(t, queues.on(t, Check{}), func(c *T) {
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
	passes(t, queues.on(t, Check{}), func(c *T) {
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
	f := fails(t, queues.on(t, Check{Why: "the check's", Next: "the check's"}), func(c *T) {
		sent := c.Queue("OrdersQueue").Send(`save {"id":"a"}`, "report", "save b")
		c.Drain()
		sent[1].Processed()
	})
	assert.Equal(t, "sent 3 messages to OrdersQueue:\n1. `save {\"id\":\"a\"}`\n2. \"report\"\n3. \"save b\"", f.Did)
	assert.Equal(t, `message 2 was delivered twice, and is in the dead-letter queue`, f.Got)
	assert.Equal(t, `message 2 to be processed, and deleted then`, f.Want)
	assert.Equal(t, "the check's", f.Why)
	require.Len(t, f.Timelines, 1)
	assert.Equal(t, []string{
		"message:                        batch 1               batch 2, after 1 min",
		"message: 1. `save {\"id\":\"a\"}`   processed → deleted",
		`message: 2. "report"            reported, back        reported → OrdersDLQ`,
		`message: 3. "save b"            processed → deleted`,
		"on AWS:  this takes 2 min and longer; what fails comes back after a visibility timeout of 1 min",
		`result:  {"batchItemFailures":[{"itemIdentifier":"<message 2>"}]}`,
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
			`message 1 was delivered once, and is lost: the mapping has no ReportBatchItemFailures, so Lambda ignored the report and deleted the message`,
			`message 1 in the dead-letter queue`, "Lambda ignores what the function reports", "Add FunctionResponseTypes",
			`message: 1. "report"   reported → lost`},
		"not reported": {"", "neither", Message.NotDeleted,
			`message 1 was delivered once, and deleted: the function answered {"batchItemFailures":null}`, `message 1 to stay in the queue, because it was not processed`,
			"Lambda deletes", "Report its messageId", `message: 1. "neither"   processed → deleted`},
		"no dead-letter queue": {redrive, "error", Message.DeadLettered,
			`message 1 was delivered 5 times, and is lost: the function returned an error; there is no dead-letter queue, so it comes back every 1 min, until it is lost after 4 days`,
			`message 1 in the dead-letter queue`, "nobody has seen it", "Give OrdersQueue a RedrivePolicy",
			`message: 1. "error"   failed, back   failed, back           failed, back           failed, back           failed → lost`},
		"too often": {"", "panic", func(m Message) { m.Delivered(3) },
			`message 1 was delivered twice, and is in the dead-letter queue: the function panicked`,
			`message 1 to be delivered 3 times`, "", "",
			`message: 1. "panic"   failed, back   failed → OrdersDLQ`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []string
			if test.change != "" {
				changes = []string{test.change, ""}
			}
			f := fails(t, queues.on(t, Check{}, changes...), func(c *T) {
				sent := c.Queue("OrdersQueue").Send(test.body)
				c.Drain()
				test.assert(sent[0])
			})
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, test.want, f.Want)
			assert.Contains(t, f.Why, test.why)
			assert.Contains(t, f.Next, test.next)
			assert.Equal(t, test.line, f.Evidence[1])
		})
	}
}

func TestAQueueThatNoFunctionPollsIsExplained(t *testing.T) {
	t.Parallel()
	c := queues.on(t, Check{})
	f := fails(t, c, func(c *T) {
		sent := c.Queue("LonelyQueue").Send("save a")
		c.Drain()
		sent[0].Delivered(1)
	})
	assert.Equal(t, `message 1 was never delivered`, f.Got)
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
	f := fails(t, queues.on(t, Check{}), func(c *T) {
		c.Queue("OrdersQueue").Send("save a")
		c.Drain()
		c.Equal([]string{"a", "b"}, c.Table("ItemsTable").IDs())
	})
	assert.Equal(t, `["a"]`, f.Got)
	assert.Equal(t, `["a","b"]`, f.Want)
	assert.Equal(t, `message: 1. "save a"   processed → deleted`, f.Evidence[1])
	assert.Len(t, f.Timelines, 1)
}

func TestAMappingThatAWSRefusesFailsTheCheck(t *testing.T) {
	t.Parallel()
	f := fails(t, queues.on(t, Check{}, "BatchSize: 1}", "BatchSize: 11}"), func(c *T) { c.Queue("OrdersQueue") })
	assert.Equal(t, "deployed the template", f.Did)
	assert.Contains(t, f.Got, "Maximum batch window in seconds must be greater than 0")
	assert.Contains(t, f.Next, "AWS would refuse it")
}

func TestWhatCannotBeDrainedIsAFault(t *testing.T) {
	t.Parallel()
	result := ending(queues.on(t, Check{}), func(c *T) {
		c.deliver(nil, func(context.Context) error { return errors.New("no queues") })
	})
	assert.Equal(t, Result{Verdict: Errored, Error: "no queues"}, result)
}

func TestManyBatchesAreDrawnInTurn(t *testing.T) {
	t.Parallel()
	f := fails(t, queues.on(t, Check{}), func(c *T) {
		c.Disorder(eventsource.Disorder{Duplicates: 1, Sizes: []int{1}})
		sent := c.Queue("OrdersQueue").Send("save a", "save b", "report")
		c.Drain()
		sent[2].Processed()
	})
	assert.Equal(t, []string{
		`message: 1. "save a"   batch 1: processed → deleted          batch 2, a duplicate: processed → deleted`,
		`message: 2. "save b"   batch 3: processed → deleted          batch 4, a duplicate: processed → deleted`,
		`message: 3. "report"   batch 5: reported, back after 1 min   batch 6: reported → OrdersDLQ`,
	}, f.Evidence[:3])
}

func TestWhatTheTemplateSaysOfAQueueIsCompared(t *testing.T) {
	t.Parallel()
	queue := func(c *T) *Queue { return c.Queue("OrdersQueue") }
	for name, test := range map[string]struct {
		assert    func(*T)
		got, want string
	}{
		"batch size":        {func(c *T) { queue(c).ComesInBatchesOf(7) }, "BatchSize 10 in the event Orders of ConsumeFunction", "BatchSize 7"},
		"timeout":           {func(c *T) { queue(c).IsInvisibleFor(6, time.Minute) }, "Timeout 10 s of ConsumeFunction", "Timeout 60 s"},
		"visibility":        {func(c *T) { queue(c).IsInvisibleFor(7, 10*time.Second) }, "VisibilityTimeout 60 s, and Timeout 10 s of ConsumeFunction", "at least VisibilityTimeout 70 s: 7 × 10 s"},
		"deliveries":        {func(c *T) { queue(c).GivesUpAfter(3, c.Queue("OrdersDLQ")) }, "maxReceiveCount 2", "maxReceiveCount 3"},
		"dead-letter queue": {func(c *T) { queue(c).GivesUpAfter(2, c.Queue("LonelyQueue")) }, "a RedrivePolicy with deadLetterTargetArn of OrdersDLQ", "a RedrivePolicy with deadLetterTargetArn of LonelyQueue and maxReceiveCount 2"},
		"retention":         {func(c *T) { queue(c).KeepsMessagesFor(14 * 24 * time.Hour) }, "MessageRetentionPeriod 345600 (4 days)", "MessageRetentionPeriod 1209600 (14 days)"},
		"no event":          {func(c *T) { c.Queue("LonelyQueue").AsksForFailures() }, "no event of type SQS for LonelyQueue", "one event of type SQS for LonelyQueue"},
		"disabled":          {func(c *T) { c.Queue("IdleQueue").AsksForFailures() }, "Enabled: false in the event Off of ConsumeFunction", "one event of type SQS for IdleQueue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fails(t, queues.on(t, Check{}), test.assert)
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, test.want, f.Want)
		})
	}
	passes(t, queues.on(t, Check{}), func(c *T) {
		queue(c).ComesInBatchesOf(10)
		queue(c).AsksForFailures()
		queue(c).IsInvisibleFor(6, 10*time.Second)
		queue(c).GivesUpAfter(2, c.Queue("OrdersDLQ"))
		queue(c).KeepsMessagesFor(4 * 24 * time.Hour)
	})
}

func TestAProcessCanBeKilledAtAnyCall(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		heal := c.CrashAt(2)
		sent := c.Queue("OrdersQueue").Send("save a", "save b")
		assert.Contains(t, c.did, ", while the process is killed at AWS call 2")
		c.Deliver()
		heal()
		assert.Equal(t, sandbox.Exited, sent[0].Replies()[0].Outcome)
		c.Equal([]string{"a"}, c.Table("ItemsTable").IDs())
		c.Drain()
		sent[1].Processed()
		c.Equal([]string{"a", "b"}, c.Table("ItemsTable").IDs())
		assert.NotEqual(t, sent[0].Replies()[0].RequestID, sent[0].Replies()[1].RequestID)
	})
}

func TestOneItemsCallsCanGoWrongAlone(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		c.Disorder(eventsource.Disorder{Sizes: []int{1}})
		heal := c.InjectFor("teapot", wire.Deny())
		sent := c.Queue("OrdersQueue").Send("save kettle", "save teapot")
		c.Deliver()
		c.Equal([]string{"kettle"}, c.Table("ItemsTable").IDs())
		heal()
		c.Drain()
		sent[1].Processed()
	})
	result := ending(queues.on(t, Check{ID: "hurried"}), func(c *T) { c.InjectFor("teapot", wire.Hang()) })
	assert.Equal(t, "the check hurried keeps callers waiting (for teapot is not answered), and does not declare it in Waits", result.Error)
}

func TestAFunctionThatFeedsItselfIsToldSo(t *testing.T) {
	t.Parallel()
	f := fails(t, queues.on(t, Check{}, "          QUEUE_URL: !Ref NextQueue\n", "          QUEUE_URL: !Ref OrdersQueue\n",
		"QueueName: !GetAtt NextQueue.QueueName", "QueueName: !GetAtt OrdersQueue.QueueName"), func(c *T) {
		c.Queue("OrdersQueue").Send("send " + strings.Repeat("send ", 1000) + "save a")
		c.Drain()
	})
	assert.Equal(t, "ConsumeFunction was given 121 messages of OrdersQueue, where 1 had been sent, and more are coming", f.Got)
	assert.Equal(t, "Let ConsumeFunction report what failed, and leave it to SQS to bring it back.", f.Next)
}

func TestAnItemIsWrittenJustBeforeAFunctionWritesIt(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		done := c.Table("ItemsTable").PutMeanwhile(stack.Item{"id": "a", "by": "another"}, "a")
		c.Queue("OrdersQueue").Send("save a")
		c.Drain()
		done()
		c.Equal([]stack.Item{{"id": "a"}}, c.Table("ItemsTable").Items())
	})
}

func TestAQueueThatCannotBeMadeFailsTheCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, text, got, why string }{
		"url":    {"Queue: !GetAtt OrdersQueue.Arn", "Queue: !Ref OrdersQueue", "template.yaml:30: ConsumeFunction: Queue of the event Orders is !Ref OrdersQueue, which is not the ARN of a queue of this template; !GetAtt NAME.Arn gives it", "!Ref gives the URL"},
		"circle": {"!GetAtt OrdersDLQ.Arn", "!GetAtt OrdersQueue.Arn", "template.yaml:41: OrdersQueue: its dead-letter queue is, by one or more steps, itself: CloudFormation refuses such a circle", "is there before the queue that names it"},
		"refusing": {"  OrdersDLQ:\n    Type: AWS::SQS::Queue", "  OrdersDLQ:\n    Type: AWS::SQS::Queue\n    Properties: {RedriveAllowPolicy: {redrivePermission: denyAll}}",
			"template.yaml:49: OrdersDLQ: its RedriveAllowPolicy is denyAll, and OrdersQueue has it as its dead-letter queue: SQS refuses that", "Without one, each queue of the account may"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fails(t, queues.on(t, Check{}, test.old, test.text), func(c *T) { c.Queue("OrdersQueue") })
			assert.Equal(t, test.got, f.Got)
			assert.Equal(t, "deployed the template", f.Did)
			assert.Contains(t, f.Why, test.why)
		})
	}
}

func TestATimeoutThatWasShortenedIsGivenBack(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		c.MaxTimeout(3 * time.Second)
		queue, f := c.Queue("OrdersQueue"), c.Function("ConsumeFunction")
		for _, timeout := range []time.Duration{3 * time.Second, 10 * time.Second} {
			sent := queue.Send("save a")
			queue.Drain()
			assert.Equal(t, timeout, sent[0].Replies()[0].Timeout)
			f.FullTimeout()
		}
	})
}

func TestARenewedFunctionRemembersNothing(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		queue := c.Queue("OrdersQueue")
		for _, cold := range []bool{true, false} {
			sent := queue.Send("save a")
			queue.Drain()
			assert.Equal(t, cold, sent[0].Replies()[0].ColdStart)
		}
		c.Function("ConsumeFunction").Renew()
		sent := queue.Send("save a")
		queue.Drain()
		assert.True(t, sent[0].Replies()[0].ColdStart)
	})
}
