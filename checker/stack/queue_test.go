package stack

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// queueLesson is a lesson with queues, that package check has for its tests.
const queueLesson = "../check/testdata/lessons/91-queue"

// consumers is its function, built once.
var consumers = sync.OnceValues(func() (map[string]string, error) {
	b := &sandbox.Builder{Root: module, Cache: filepath.Join(cache, "consumer-builds")}
	return b.Build(context.Background(), sandbox.Source{Dir: queueLesson, Place: "lessons/91-queue", Functions: []string{"consume/"}}, cache)
})

func queueOptions(t *testing.T, changes ...string) Options {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(queueLesson, "template.yaml"))
	require.NoError(t, err)
	template, err := sam.Parse("template.yaml", []byte(strings.NewReplacer(changes...).Replace(string(text))))
	require.NoError(t, err)
	binaries, err := consumers()
	require.NoError(t, err)
	return Options{Template: template, Binaries: binaries, Backend: newBackend(t), Dir: t.TempDir(), Name: "shop", Seed: 1}
}

func queue(t *testing.T, s *Stack, logicalID string) *Queue {
	t.Helper()
	q, err := s.Queue(logicalID)
	require.NoError(t, err)
	return q
}

func ids(t *testing.T, s *Stack) (all []any) {
	t.Helper()
	items, err := table(t, s, "ItemsTable").Items(t.Context())
	require.NoError(t, err)
	for _, i := range items {
		all = append(all, i["id"])
	}
	return all
}

func TestARealFunctionGetsMessagesAndTheBadOneEndsInTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	o := queueOptions(t)
	o.ObserveDelivery = func(queue, function string, m eventsource.Message, d eventsource.Delivery) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, queue+" "+function+" "+m.Body+" "+string(d.Outcome)+", "+string(d.Then))
	}
	s := deploy(t, o)
	orders := queue(t, s, "OrdersQueue")
	sent, err := orders.Send(t.Context(), "save a", "report", "save b")
	require.NoError(t, err)
	require.Len(t, sent, 3)
	require.NoError(t, s.Drain(t.Context()))
	assert.ElementsMatch(t, []any{"a", "b"}, ids(t, s))

	dead, err := queue(t, s, "OrdersDLQ").Messages(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []QueueMessage{{ID: sent[1].ID, Body: "report", Receives: dead[0].Receives}}, dead)
	again, err := queue(t, s, "OrdersDLQ").Messages(t.Context())
	require.NoError(t, err)
	assert.Len(t, again, 1, "a look takes nothing away")
	assert.Equal(t, dead[0].Receives+1, again[0].Receives, "and it counts")

	require.Len(t, orders.Mappings(), 1)
	timeline := orders.Mappings()[0].Timeline()
	story, ok := timeline.Find(sent[1].ID)
	require.True(t, ok)
	assert.Equal(t, eventsource.DeadLettered, story.Last().Then)
	i := DeliveredBy(story.Last())
	require.NotNil(t, i)
	assert.Equal(t, sandbox.Answered, i.Outcome)
	assert.Contains(t, string(i.Event), orders.ARN)
	assert.Equal(t, []string{
		"OrdersQueue ConsumeFunction save a processed, deleted", "OrdersQueue ConsumeFunction report reported, waiting",
		"OrdersQueue ConsumeFunction save b processed, deleted", "OrdersQueue ConsumeFunction report reported, waiting",
		"OrdersQueue ConsumeFunction report reported, dead-letter",
	}, told)
}

func TestAFunctionFindsAQueueByTheEnvironment(t *testing.T) {
	t.Parallel()
	s := deploy(t, queueOptions(t))
	next := queue(t, s, "NextQueue")
	assert.Regexp(t, `^shop-NextQueue-[A-Z2-7]{13}$`, next.Name)
	assert.Equal(t, "https://sqs."+s.Region+".amazonaws.com/123456789012/"+next.Name, next.URL)
	assert.Equal(t, next.URL, variables(t, s, "ConsumeFunction")["QUEUE_URL"])
	_, err := queue(t, s, "OrdersQueue").Send(t.Context(), "send save c")
	require.NoError(t, err)
	require.NoError(t, queue(t, s, "OrdersQueue").Drain(t.Context()))
	waiting, err := next.Messages(t.Context())
	require.NoError(t, err)
	require.Len(t, waiting, 1, "its own mapping was not asked")
	assert.Equal(t, "save c", waiting[0].Body)
	require.NoError(t, s.Drain(t.Context()))
	assert.Equal(t, []any{"c"}, ids(t, s))
}

func TestAFunctionMayPutAMessageOff(t *testing.T) {
	t.Parallel()
	s := deploy(t, queueOptions(t))
	orders := queue(t, s, "OrdersQueue")
	sent, err := orders.Send(t.Context(), "later", "report")
	require.NoError(t, err)
	require.NoError(t, s.Drain(t.Context()))
	timeline := orders.Mappings()[0].Timeline()
	later, _ := timeline.Find(sent[0].ID)
	require.Len(t, later.Deliveries, 2)
	assert.InDelta(t, 300, later.Deliveries[0].BackAfter, 0)
	assert.InDelta(t, 300, later.Deliveries[1].At-later.Deliveries[0].At, 0)
	assert.Equal(t, "the function made it invisible for 5 min", later.Deliveries[0].Why)
	report, _ := timeline.Find(sent[1].ID)
	assert.InDelta(t, 60, report.Deliveries[0].BackAfter, 0)
	assert.Equal(t, 10*time.Minute, timeline.Elapsed())
}

func TestMoreMessagesThanABatchAreSentInOrder(t *testing.T) {
	t.Parallel()
	s := deploy(t, queueOptions(t))
	idle := queue(t, s, "IdleQueue")
	var bodies []string
	for n := range 23 {
		bodies = append(bodies, strings.Repeat("x", n+1))
	}
	sent, err := idle.Send(t.Context(), bodies...)
	require.NoError(t, err)
	for n, m := range sent {
		assert.Equal(t, bodies[n], m.Body)
		assert.NotEmpty(t, m.ID)
	}
	require.NoError(t, s.Drain(t.Context()), "a mapping that is not enabled delivers nothing")
	found, err := idle.Messages(t.Context())
	require.NoError(t, err)
	assert.Len(t, found, 23)
}

func TestQueuesHaveTheTemplatesAttributesAndAreRemoved(t *testing.T) {
	t.Parallel()
	o := queueOptions(t, "VisibilityTimeout: 60", "VisibilityTimeout: 61\n      DelaySeconds: 2\n      ReceiveMessageWaitTimeSeconds: 20\n      QueueName: "+strings.Repeat("q", 80))
	s, err := Deploy(t.Context(), o)
	require.NoError(t, err)
	orders := queue(t, s, "OrdersQueue")
	assert.Len(t, orders.Name, 80)
	out, err := s.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &orders.URL, AttributeNames: []types.QueueAttributeName{"All"}})
	require.NoError(t, err)
	for name, want := range map[string]string{ // a check does not wait for messages to come
		"VisibilityTimeout": "61", "DelaySeconds": "0", "MessageRetentionPeriod": "345600", "ReceiveMessageWaitTimeSeconds": "0", "QueueArn": orders.ARN,
	} {
		assert.Equal(t, want, out.Attributes[name], name)
	}
	assert.JSONEq(t, `{"deadLetterTargetArn":"`+queue(t, s, "OrdersDLQ").ARN+`","maxReceiveCount":2}`, out.Attributes["RedrivePolicy"])
	require.NoError(t, s.Close())

	o.Template, o.Dir = queueOptions(t).Template, t.TempDir()
	after := deploy(t, o) // on the same backend
	listed, err := after.sqs.ListQueues(t.Context(), &sqs.ListQueuesInput{})
	require.NoError(t, err)
	assert.Len(t, listed.QueueUrls, 5, "nothing is left of the first stack")
}

func TestPollingDeliversByItselfUntilTheStackIsClosed(t *testing.T) {
	t.Parallel()
	o := queueOptions(t)
	o.Poll = true
	s := deploy(t, o)
	_, err := queue(t, s, "OrdersQueue").Send(t.Context(), "send save a")
	require.NoError(t, err)
	assert.EventuallyWithT(t, func(c *assert.CollectT) { assert.Equal(c, []any{"a"}, ids(t, s)) }, patience, 20*time.Millisecond)
}

func TestWhatIsWrongWithQueuesIsNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes []string
		want    string
	}{
		"dead-letter queue elsewhere": {[]string{"!GetAtt OrdersDLQ.Arn", "arn:aws:sqs:eu-north-1:123456789012:other"}, "which is not the ARN of a queue of this template"},
		"circle":                      {[]string{"!GetAtt OrdersDLQ.Arn", "!GetAtt OrdersQueue.Arn"}, "CloudFormation refuses such a circle"},
		"takes nobody's dead letters": {[]string{"  OrdersDLQ:\n    Type: AWS::SQS::Queue\n", "  OrdersDLQ:\n    Type: AWS::SQS::Queue\n    Properties: {RedriveAllowPolicy: {redrivePermission: denyAll}}\n"}, "OrdersDLQ: its RedriveAllowPolicy is denyAll, and OrdersQueue has it as its dead-letter queue: SQS refuses that"},
		"event elsewhere":             {[]string{"!GetAtt IdleQueue.Arn", "arn:aws:sqs:eu-north-1:123456789012:other"}, "is not the ARN of a queue of this template"},
		"event with a URL":            {[]string{"!GetAtt IdleQueue.Arn", "!Ref IdleQueue"}, "!GetAtt NAME.Arn gives it"},
		"window":                      {[]string{"BatchSize: 1}", "BatchSize: 11}"}, "Maximum batch window in seconds must be greater than 0"},
		"filter":                      {[]string{"BatchSize: 1}", "FilterCriteria: {Filters: []}}"}, "template.yaml:36: FilterCriteria of the event ConsumeFunction.Next is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Deploy(t.Context(), queueOptions(t, test.changes...))
			require.ErrorContains(t, err, test.want)
		})
	}
	const allowing = "  OrdersDLQ:\n    Type: AWS::SQS::Queue\n    Properties: {RedriveAllowPolicy: {redrivePermission: byQueue, sourceQueueArns: [!Sub \"arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders\"]}}\n"
	deploy(t, queueOptions(t, "  OrdersDLQ:\n    Type: AWS::SQS::Queue\n", allowing, "  OrdersQueue:\n    Type: AWS::SQS::Queue\n    Properties:\n", "  OrdersQueue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: orders\n"))
	s := deploy(t, queueOptions(t))
	_, err := s.Queue("ItemsTable")
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "AWS::SQS::Queue", missing.Type)
}
