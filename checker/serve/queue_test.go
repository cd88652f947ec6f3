package serve

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
)

// queuesProject is a copy of the lesson with queues that package check has for its tests.
func queuesProject(t *testing.T) Project {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "91-queue")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../check/testdata/lessons/91-queue")))
	root, err := filepath.Abs(module)
	require.NoError(t, err)
	return Project{Name: "jobs", Title: "Queues", Template: filepath.Join(dir, "template.yaml"), Root: root, Place: "lessons/91-queue"}
}

// queue is the URL of a queue, as the screen shows it.
func (r *running) queue(id string) *string {
	r.t.Helper()
	found := regexp.MustCompile(`    ` + id + ` +(http://\S+)  `).FindStringSubmatch(r.String())
	require.NotNil(r.t, found, "%s", r)
	return &found[1]
}

// sqs is a client that is told of the endpoint alone.
func (r *running) sqs() *sqs.Client {
	r.t.Helper()
	found := regexp.MustCompile(`AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)`).FindStringSubmatch(r.String())
	require.NotNil(r.t, found)
	return sqs.New(sqs.Options{
		Region: "eu-north-1", BaseEndpoint: aws.String(r.client()), Credentials: credentials.NewStaticCredentialsProvider(found[1], found[2], ""),
	})
}

func TestDeliveriesAreShownAsTheyHappen(t *testing.T) {
	t.Parallel()
	r := start(t, queuesProject(t))
	r.await("Ctrl-C")
	assert.Contains(t, r.String(), "  to ConsumeFunction, 10 at a time, and after 2 deliveries to OrdersDLQ\n")
	assert.Contains(t, r.String(), "  polled by no function\n")
	assert.Contains(t, r.String(), " --queue-url "+*r.queue("OrdersQueue")+" --message-body '{}'")
	_, err := r.sqs().SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: r.queue("OrdersQueue"), Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String("save a")}, {Id: aws.String("b"), MessageBody: aws.String("report\nto \u009b2J")},
	}})
	require.NoError(t, err)
	r.await("save a: processed, deleted\n")
	r.await("reported in delivery 1, back in 1 min\n")
	assert.Contains(t, r.String(), " report to �2J: reported", "a body is anybody's text")
	assert.Regexp(t, `\d\d:\d\d:\d\d batch 1 of OrdersQueue, \d messages?: answered  ConsumeFunction \(cold start, INIT .* ms\)\n    ran for `, r.String())
	assert.Contains(t, r.String(), "    DynamoDB PutItem on jobs-ItemsTable-")
	assert.NotContains(t, r.String(), "delivery 2", "nobody is in a hurry")
	require.NoError(t, r.end())
	r.nothingLeft()
}

// deaf is a backend whose queues cannot be received from.
type deaf struct{ backend.Backend }

func (d deaf) Handler(s backend.Service) http.Handler {
	inner := d.Backend.Handler(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSQS.ReceiveMessage" {
			http.Error(w, `{"__type":"com.amazonaws.sqs#Deaf"}`, http.StatusBadRequest)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

func TestAQueueThatIsNotPolledAnyMoreEndsTheServer(t *testing.T) {
	t.Parallel()
	r := start(t, queuesProject(t), func(o *Options) {
		o.Open = func(context.Context, []backend.Service) (backend.Backend, error) { return deaf{embedded.New()}, nil }
	})
	require.ErrorContains(t, r.ending(), "the event source mapping of ")
	require.ErrorContains(t, r.ending(), " ended: cannot receive messages from ")
	r.nothingLeft()
}

func TestInAHurryMessagesComeBackAtOnce(t *testing.T) {
	t.Parallel()
	r := start(t, queuesProject(t), func(o *Options) { o.Hurry = true })
	r.await("Ctrl-C")
	_, err := r.sqs().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: r.queue("OrdersQueue"), MessageBody: aws.String("panic")})
	require.NoError(t, err)
	r.await("batch failed in delivery 1, back at once, on AWS in 1 min: the function panicked\n")
	r.await("batch failed in delivery 2 of 2, to OrdersDLQ at once, on AWS in 1 min: the function panicked\n")
	r.await(" panic of OrdersQueue is in OrdersDLQ, after 2 deliveries\n")
	out, err := r.sqs().ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: r.queue("OrdersDLQ"), WaitTimeSeconds: 5})
	require.NoError(t, err)
	require.Len(t, out.Messages, 1)
	assert.Equal(t, "panic", *out.Messages[0].Body)

	// Without a dead-letter queue there is an end to it, too.
	_, err = r.sqs().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: r.queue("NextQueue"), MessageBody: aws.String("error")})
	require.NoError(t, err)
	r.await("error: batch failed in delivery 5, back at once, on AWS in 30 s: the function returned an error\n")
	require.NoError(t, r.end())
	r.nothingLeft()
}
