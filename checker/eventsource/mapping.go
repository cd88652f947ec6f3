package eventsource

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/serverless-patterns/checker/sam"
)

// SQS is what a mapping needs of AWS's client.
type SQS interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
	ChangeMessageVisibilityBatch(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

var _ SQS = (*sqs.Client)(nil)

// Invoke sends an event to a function, by its logical id, and waits for the end of the invocation. Whatever
// the function does is in the Invocation. An error is [ErrThrottled] if Lambda refuses the request, and anything
// else is a fault of this machine. It returns soon after the context has ended.
type Invoke func(ctx context.Context, function string, event []byte) (Invocation, error)

// ErrThrottled is what Lambda answers when all of a function's concurrency is in use.
var ErrThrottled = errors.New("the function is at its concurrency limit")

// Invocation is what became of an event.
type Invocation struct {
	RequestID string // Lambda's, as in the function's log
	TraceID   string // the root of its trace, which AWS calls name
	Payload   []byte // the result, or the error object
	// FunctionError is "" if the function answered, and what Lambda calls the failure otherwise: "Unhandled".
	FunctionError string
	Outcome       string // how a failure came about, in words: "timed out"
	Details       any    // whatever the Invoke wants to find in a Delivery
}

// Deployment says where a mapping is, and what it calls.
type Deployment struct {
	// QueueURL is the queue's for the client, and QueueARN what events name.
	QueueURL, QueueARN string
	// DeadLetterQueue is the logical id of the queue's dead-letter queue, or its ARN if it is not of the
	// template; "" if there is none.
	DeadLetterQueue string
	Region          string
	SQS             SQS
	Invoke          Invoke
	// Visibility tells how long the function has asked for a message to stay invisible, by its receipt handle; ok is
	// false if it has not. Nil is a function that never asks.
	Visibility func(receiptHandle string) (timeout time.Duration, ok bool)
	// Clock is the time of the stack, which its mappings share; nil is a clock of its own.
	Clock    *Clock
	Disorder Disorder
	// Hurry has Run bring back at once what would come back when a visibility timeout is over.
	Hurry bool
	// Observe is told each delivery, once it is known what happens to the message then, and once more when SQS has
	// moved the message to a dead-letter queue; nil is told nothing. It is called from the goroutine that delivers.
	Observe func(Message, Delivery)
	// Seed decides what the Disorder leaves to chance.
	Seed uint64
}

// Mapping is a deployed event source mapping. Its methods may be called from several goroutines at once; of those
// that deliver, one waits for the other.
type Mapping struct {
	Queue    string // logical id
	Function string // logical id
	Event    string // name of the event in the template
	Enabled  bool
	Declared *sam.SQSEvent

	deployment  Deployment
	disorder    Disorder
	batchSize   int
	window      time.Duration
	report      bool          // ReportBatchItemFailures
	visibility  time.Duration // how long a message stays invisible
	retention   time.Duration
	maxReceives int    // of the redrive policy; 0 if there is none
	deadLetter  string // logical id or ARN
	clock       *Clock

	turn       sync.Mutex // held by who delivers; all below it is theirs
	random     *rand.Rand
	backlog    []received          // received, and not yet delivered
	waiting    map[string]*waiting // to become visible, by message id
	expected   map[string]*waiting // visible again, and not yet received
	returns    map[string]int      // how often a message was brought forward in this Drain, by its id
	duplicated map[string]bool     // by message id
	// Messages that were new in this Drain, those that were there before, and how many may come; 0 is any number.
	fresh, sent, bound int

	mu      sync.Mutex
	batches int
	stories []*Message
}

// New makes a mapping of an event of type SQS. What AWS would refuse is a [*RequestError].
func New(t *sam.Template, f *sam.Function, e sam.Event, q *sam.Queue, d Deployment) (*Mapping, error) {
	source, ok := e.Source.(*sam.SQSEvent)
	if !ok {
		return nil, fmt.Errorf("%s:%d: the event %s of %s is of type %s, not SQS", t.File, e.Line, e.Name, f.LogicalID, e.Type)
	}
	if err := errors.Join(Unsupported(t), refused(t, f, e, q)); err != nil {
		return nil, err
	}
	m := &Mapping{
		Queue: q.LogicalID, Function: f.LogicalID, Event: e.Name, Enabled: source.Enabled, Declared: source,
		deployment: d, disorder: d.Disorder, clock: d.Clock, random: newRandom(d.Seed),
		batchSize: source.BatchSize, window: source.MaximumBatchingWindow,
		report:     slices.Contains(source.FunctionResponseTypes, "ReportBatchItemFailures"),
		visibility: q.VisibilityTimeout, retention: q.MessageRetentionPeriod, deadLetter: d.DeadLetterQueue,
		waiting: map[string]*waiting{}, expected: map[string]*waiting{}, returns: map[string]int{}, duplicated: map[string]bool{},
	}
	if m.clock == nil {
		m.clock = &Clock{}
	}
	if q.RedrivePolicy != nil {
		m.maxReceives = q.RedrivePolicy.MaxReceiveCount
	}
	if m.window > 0 { // Lambda then asks for more than the queue has, if that is too little
		m.visibility = max(m.visibility, m.window+f.Timeout+windowMargin)
	}
	return m, nil
}

// windowMargin is what Lambda adds to the batching window and the function's timeout, for the visibility timeout
// of the messages that it collects.
const windowMargin = 30 * time.Second

// Clock is the logical time of a stack: what would have passed on AWS. Its zero value is ready, and begins at 0.
type Clock struct {
	mu  sync.Mutex
	now time.Duration
}

// Now is the time since the beginning.
func (c *Clock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// reach lets time pass until then, if that is not over yet.
func (c *Clock) reach(then time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = max(c.now, then)
}
