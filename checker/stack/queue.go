package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"example.com/serverless-patterns/checker/sam"
)

// Queue is a deployed SQS queue.
type Queue struct {
	LogicalID string
	Name      string // the physical one
	URL       string // as on AWS; functions get it by !Ref
	ARN       string
	Declared  *sam.Queue

	stack *Stack
}

// QueueMessage is a message in a queue.
type QueueMessage struct {
	ID, Body string
	// Receives is how often it was received, with the look that found it here.
	Receives int
}

// A QueueError is why a queue, or an event source mapping from one, cannot be made of the template: a fault of it.
type QueueError struct {
	File      string
	Line      int
	LogicalID string // of the queue, or of the function
	Message   string
	Why       string // what is behind it, if that is not what a queue is called
}

func (e *QueueError) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.LogicalID, e.Message)
}

// Limits of SQS.
const (
	maxQueueName = 80 // characters
	maxEntries   = 10 // of a batch
)

// Queue returns a queue by its logical id. The error is a [*MissingError].
func (s *Stack) Queue(logicalID string) (*Queue, error) {
	q, ok := s.queues[logicalID]
	if !ok {
		return nil, &MissingError{logicalID, "AWS::SQS::Queue", s.template.File}
	}
	return q, nil
}

// createQueues makes all queues, dead-letter queues before those that they are for.
func (s *Stack) createQueues(ctx context.Context, o Options) error {
	pending := slices.Clone(s.template.Queues)
	for len(pending) > 0 {
		var later []*sam.Queue
		for _, q := range pending {
			target, err := s.deadLetterQueue(q)
			if err != nil {
				return err
			}
			if target != "" && s.queues[target] == nil {
				later = append(later, q)
				continue
			}
			if err := s.createQueue(ctx, q, target, o); err != nil {
				return err
			}
		}
		if len(later) == len(pending) {
			return &QueueError{s.template.File, later[0].Line, later[0].LogicalID,
				"its dead-letter queue is, by one or more steps, itself: CloudFormation refuses such a circle",
				"A dead-letter queue is there before the queue that names it. It gets what nobody can process, and keeps it until somebody looks."}
		}
		pending = later
	}
	return nil
}

// deadLetterQueue is the logical id of a queue's dead-letter queue; "" if it has none.
func (s *Stack) deadLetterQueue(q *sam.Queue) (string, error) {
	if q.RedrivePolicy == nil {
		return "", nil
	}
	target := q.RedrivePolicy.DeadLetterTargetArn
	arn, err := target.Resolve(resolver{s})
	if err != nil {
		return "", fmt.Errorf("%s: deadLetterTargetArn of %s: %w", s.template.File, q.LogicalID, err)
	}
	id, ok := s.queueOf(arn)
	if !ok {
		return "", &QueueError{s.template.File, target.Line(), q.LogicalID,
			fmt.Sprintf("deadLetterTargetArn is %s, which is not the ARN of a queue of this template; !GetAtt NAME.Arn gives it", target), ""}
	}
	return id, s.mayHave(q, id)
}

// mayHave refuses a dead-letter queue that does not take the messages of a queue.
func (s *Stack) mayHave(q *sam.Queue, deadLetter string) error {
	n := slices.IndexFunc(s.template.Queues, func(other *sam.Queue) bool { return other.LogicalID == deadLetter })
	allow := s.template.Queues[n].RedriveAllowPolicy
	if allow == nil || allow.Permission == "allowAll" {
		return nil
	}
	refused := &QueueError{s.template.File, s.template.Queues[n].Line, deadLetter, fmt.Sprintf(
		"its RedriveAllowPolicy is %s, and %s has it as its dead-letter queue: SQS refuses that", allow.Permission, q.LogicalID),
		"A RedriveAllowPolicy says which queues may send their dead letters here. Without one, each queue of the account may."}
	for _, source := range allow.SourceQueueArns {
		if slices.ContainsFunc(source.References(), func(r sam.Reference) bool { return r.LogicalID == q.LogicalID }) {
			refused.Message = fmt.Sprintf("its RedriveAllowPolicy and the RedrivePolicy of %s name each other: CloudFormation refuses such a circle", q.LogicalID)
			return refused
		}
		arn, err := source.Resolve(resolver{s})
		if err != nil {
			return fmt.Errorf("%s: sourceQueueArns of %s: %w", s.template.File, deadLetter, err)
		}
		if id, ok := s.queueOf(arn); (ok && id == q.LogicalID || s.named(q, arn)) && allow.Permission == "byQueue" {
			return nil
		}
	}
	return refused
}

// named tells whether an ARN has the name that the template gives to a queue. The queue itself has a longer one here.
func (s *Stack) named(q *sam.Queue, arn string) bool {
	name, err := q.QueueName.Resolve(resolver{s})
	return err == nil && name != "" && arn == resolver{s}.arn("sqs", name)
}

// queueOf is the logical id of the queue with an ARN.
func (s *Stack) queueOf(arn string) (string, bool) {
	at, ok := s.places().of(arn)
	return at.logicalID, ok && at.service == "sqs" && at.rest == ""
}

func (s *Stack) createQueue(ctx context.Context, q *sam.Queue, deadLetter string, o Options) error {
	name := s.names[q.LogicalID]
	made := &Queue{LogicalID: q.LogicalID, Name: name, URL: resolver{s}.queueURL(q.LogicalID), ARN: resolver{s}.arn("sqs", name), Declared: q, stack: s}
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	wait, delay := q.ReceiveMessageWaitTime, q.Delay
	if !o.Poll {
		delay = 0 // nobody is to wait for it, and what is delayed cannot be looked at
		wait = 0  // a mapping looks once, and the SDK cannot say so: it leaves out a wait of 0, and the queue's own would be waited for
	}
	in := &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{
		"VisibilityTimeout":             seconds(q.VisibilityTimeout),
		"MessageRetentionPeriod":        seconds(q.MessageRetentionPeriod),
		"DelaySeconds":                  seconds(delay),
		"ReceiveMessageWaitTimeSeconds": seconds(wait),
		"MaximumMessageSize":            strconv.Itoa(q.MaximumMessageSize),
	}}
	if deadLetter != "" {
		arn, err := s.queues[deadLetter].attribute(ctx, types.QueueAttributeNameQueueArn) // as the backend calls it
		if err != nil {
			return err
		}
		policy, err := json.Marshal(map[string]any{"deadLetterTargetArn": arn, "maxReceiveCount": q.RedrivePolicy.MaxReceiveCount})
		if err != nil {
			return err
		}
		in.Attributes["RedrivePolicy"] = string(policy)
	}
	s.queues[q.LogicalID] = made // also when it fails: its answer may be what was lost
	if _, err := s.sqs.CreateQueue(ctx, in); err != nil {
		return fmt.Errorf("cannot create queue %s: %w", q.LogicalID, err)
	}
	return nil
}

func (q *Queue) attribute(ctx context.Context, name types.QueueAttributeName) (string, error) {
	out, err := q.stack.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{name}})
	if err != nil {
		return "", fmt.Errorf("cannot read %s of queue %s: %w", name, q.LogicalID, err)
	}
	return out.Attributes[string(name)], nil
}

// Send sends messages as somebody else would have done, one after the other, and returns them in the same order, with ids.
// They are sent alone, because ElasticMQ gives those of a batch in any order: what a check sees of code that depends on the
// order would differ from run to run.
func (q *Queue) Send(ctx context.Context, bodies ...string) ([]QueueMessage, error) {
	sent := make([]QueueMessage, len(bodies))
	for n, body := range bodies {
		out, err := q.stack.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: aws.String(body)})
		if err != nil {
			return nil, fmt.Errorf("cannot send a message to queue %s: %w", q.LogicalID, err)
		}
		sent[n] = QueueMessage{ID: aws.ToString(out.MessageId), Body: body}
	}
	return sent, nil
}

// Messages are those that are visible in the queue. They stay visible; but SQS counts the look as a receive, so in a
// queue with a dead-letter queue each look is one delivery less for the function.
func (q *Queue) Messages(ctx context.Context) (found []QueueMessage, err error) {
	var handles []*string
	for {
		out, err := q.stack.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &q.URL, MaxNumberOfMessages: maxEntries, VisibilityTimeout: lookTime,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
		})
		if err != nil {
			return nil, fmt.Errorf("cannot look at the messages of queue %s: %w", q.LogicalID, err)
		}
		if len(out.Messages) == 0 {
			break
		}
		for _, m := range out.Messages {
			receives, _ := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
			found = append(found, QueueMessage{aws.ToString(m.MessageId), aws.ToString(m.Body), receives})
			handles = append(handles, m.ReceiptHandle)
		}
	}
	for chunk := range slices.Chunk(handles, maxEntries) {
		in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.URL}
		for n, handle := range chunk {
			in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), ReceiptHandle: handle})
		}
		if _, err := q.stack.sqs.ChangeMessageVisibilityBatch(ctx, in); err != nil {
			return nil, fmt.Errorf("cannot put the messages of queue %s back: %w", q.LogicalID, err)
		}
	}
	return found, nil
}

// lookTime is how long a look at a queue may take, in seconds.
const lookTime = 60

func (q *Queue) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), removeTimeout) // also after the run was cancelled
	defer cancel()
	_, err := q.stack.sqs.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &q.URL})
	var gone *types.QueueDoesNotExist
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("cannot remove queue %s: %w", q.Name, err)
	}
	return nil
}

// queueURL is what !Ref gives of a queue.
func (r resolver) queueURL(logicalID string) string {
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", r.Region, AccountID, r.names[logicalID])
}

// queueAttribute is what !GetAtt gives of a queue.
func (r resolver) queueAttribute(logicalID, attribute string) (string, bool) {
	switch attribute {
	case "Arn":
		return r.arn("sqs", r.names[logicalID]), true
	case "QueueName":
		return r.names[logicalID], true
	case "QueueUrl":
		return r.queueURL(logicalID), true
	}
	return "", false
}
