package eventsource_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire"
)

const region = "eu-central-1"

// technologies are the backends that facts are shown on.
var technologies = []struct {
	name string
	open func(*testing.T) backend.Backend
}{
	{"embedded", func(*testing.T) backend.Backend { return embedded.New() }},
	{"containers", func(t *testing.T) backend.Backend {
		if err := containers.Available(t.Context()); err != nil {
			if os.Getenv("CI_REQUIRE_CONTAINERS") == "1" {
				t.Fatal("containers are required here: ", err)
			}
			t.Skip("not run, because it needs Docker: ", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
		defer cancel()
		b, err := containers.Open(ctx, containers.Options{Services: []backend.Service{backend.SQS}})
		require.NoError(t, err)
		return b
	}},
}

// client opens a backend behind an AWS endpoint, as in a stack.
func client(t *testing.T, open func(*testing.T) backend.Backend) *sqs.Client {
	t.Helper()
	b := open(t)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	if b.Handler(backend.SQS) == nil {
		t.Skipf("the %s backend has no SQS", b.Name())
	}
	endpoint, err := wire.Listen(b, 1)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		endpoint.Close()
	})
	return sqs.New(sqs.Options{
		Region: region, BaseEndpoint: aws.String(endpoint.URL()), HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return endpoint.Operator(), nil }),
	})
}

// run is one fact being shown with one backend.
type run struct {
	*testing.T
	sqs *sqs.Client
}

// queue makes a queue of its own, with a dead-letter queue for those that fail max times, if max is not 0.
func (r run) queue(max int, attributes ...string) *queue {
	r.Helper()
	q := &queue{run: r, url: r.create(attributes...)}
	if max > 0 {
		q.letters = r.create()
		out, err := r.sqs.GetQueueAttributes(r.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: &q.letters, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn}})
		require.NoError(r, err)
		_, err = r.sqs.SetQueueAttributes(r.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &q.url, Attributes: map[string]string{
			"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, out.Attributes["QueueArn"], max)}})
		require.NoError(r, err)
	}
	return q
}

func (r run) create(attributes ...string) string {
	in := &sqs.CreateQueueInput{QueueName: aws.String("mapping-" + rand.Text()[:12]), Attributes: map[string]string{}}
	for pair := range slices.Chunk(attributes, 2) {
		in.Attributes[pair[0]] = pair[1]
	}
	out, err := r.sqs.CreateQueue(r.Context(), in)
	require.NoError(r, err)
	r.Cleanup(func() {
		_, err := r.sqs.DeleteQueue(context.Background(), &sqs.DeleteQueueInput{QueueUrl: out.QueueUrl}) // the test's context is over
		assert.NoError(r, err)
	})
	return *out.QueueUrl
}

// queue is a queue with its dead-letter queue.
type queue struct {
	run
	url, letters string
}

// send sends messages one after the other, and returns their ids.
func (q *queue) send(bodies ...string) (ids []string) {
	q.Helper()
	for _, body := range bodies {
		out, err := q.sqs.SendMessage(q.Context(), &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: aws.String(body)})
		require.NoError(q, err)
		ids = append(ids, *out.MessageId)
	}
	return ids
}

// dead are the messages of the dead-letter queue, as id and body.
func (q *queue) dead() (found [][2]string) {
	q.Helper()
	for {
		out, err := q.sqs.ReceiveMessage(q.Context(), &sqs.ReceiveMessageInput{QueueUrl: &q.letters, MaxNumberOfMessages: 10})
		require.NoError(q, err)
		if len(out.Messages) == 0 {
			return found
		}
		for _, m := range out.Messages {
			found = append(found, [2]string{*m.MessageId, *m.Body})
		}
	}
}

// count is how many messages the queue has, whether they can be seen or not.
func (q *queue) count() int {
	q.Helper()
	out, err := q.sqs.GetQueueAttributes(q.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{"All"}})
	require.NoError(q, err)
	total := 0
	for _, name := range []string{"", "NotVisible", "Delayed"} {
		n, err := strconv.Atoi(out.Attributes["ApproximateNumberOfMessages"+name])
		require.NoError(q, err)
		total += n
	}
	return total
}

// settings are what differs between mappings of tests.
type settings struct {
	event      sam.SQSEvent
	max        int
	timeout    time.Duration // of the function; 0 is 3 s
	disorder   eventsource.Disorder
	seed       uint64
	clock      *eventsource.Clock
	visibility func(string) (time.Duration, bool)
	observe    func(eventsource.Message, eventsource.Delivery)
}

var reporting = []string{"ReportBatchItemFailures"}

// mapping makes a mapping of a queue and a function.
func mapping(t *testing.T, client eventsource.SQS, url string, s settings, invoke eventsource.Invoke) *eventsource.Mapping {
	t.Helper()
	if s.event.BatchSize == 0 {
		s.event.BatchSize = 10
	}
	if s.timeout == 0 {
		s.timeout = 3 * time.Second
	}
	s.event.Enabled = true
	q := &sam.Queue{Resource: sam.Resource{LogicalID: "Orders"}, VisibilityTimeout: 30 * time.Second, MessageRetentionPeriod: 96 * time.Hour}
	letters := ""
	if s.max > 0 {
		q.RedrivePolicy = &sam.RedrivePolicy{MaxReceiveCount: s.max}
		letters = "Letters"
	}
	e := sam.Event{Name: "Jobs", Type: "SQS", Line: 7, Source: &s.event}
	f := &sam.Function{Resource: sam.Resource{LogicalID: "Fn"}, Timeout: s.timeout, Events: []sam.Event{e}}
	m, err := eventsource.New(&sam.Template{File: "template.yaml"}, f, e, q, eventsource.Deployment{
		QueueURL: url, QueueARN: "arn:aws:sqs:" + region + ":123456789012:orders", DeadLetterQueue: letters, Region: region,
		SQS: client, Invoke: invoke, Disorder: s.disorder, Seed: s.seed, Observe: s.observe, Clock: s.clock, Visibility: s.visibility,
	})
	require.NoError(t, err)
	return m
}

// function is the invoked side: it notes its events, and answers what it is told to.
type function struct {
	mu      sync.Mutex
	events  []string
	answers func(ids []string) (eventsource.Invocation, error)
}

func answering(payload string) *function {
	return &function{answers: func([]string) (eventsource.Invocation, error) { return answer(payload), nil }}
}

func answer(payload string) eventsource.Invocation {
	return eventsource.Invocation{RequestID: "r", Payload: []byte(payload)}
}

func (f *function) invoke(_ context.Context, name string, event []byte) (eventsource.Invocation, error) {
	f.mu.Lock()
	f.events = append(f.events, string(event))
	f.mu.Unlock()
	if name != "Fn" {
		return eventsource.Invocation{}, fmt.Errorf("there is no %s", name)
	}
	return f.answers(ids(event))
}

// sizes are those of the batches that came.
func (f *function) sizes() (all []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		all = append(all, len(ids([]byte(e))))
	}
	return all
}

func drain(t *testing.T, all ...*eventsource.Mapping) {
	t.Helper()
	require.NoError(t, eventsource.Drain(t.Context(), patience, all...))
}
