package eventsource_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// fake is a queue that does what it is told, also what no queue does by itself. What a queue really does is shown
// on the backends, by the table of facts.
type fake struct {
	mu       sync.Mutex
	messages []*fakeMessage
	letters  []*fakeMessage // in the dead-letter queue
	max      int            // maxReceiveCount; 0 for none
	delayed  int
	handles  int
	received int                    // calls
	breaks   map[string]error       // by operation
	refuse   map[string]string      // deletions, by body
	after    func(operation string) // is called behind each operation
	timeouts []int32                // that were asked for
}

type fakeMessage struct {
	id, body, handle string
	count            int
	hidden           bool
	attributes       map[string]types.MessageAttributeValue
}

func (f *fake) send(bodies ...string) (ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, body := range bodies {
		f.handles++
		id := fmt.Sprintf("m%d", f.handles)
		f.messages = append(f.messages, &fakeMessage{id: id, body: body})
		ids = append(ids, id)
	}
	return ids
}

func (f *fake) left() (bodies []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		bodies = append(bodies, m.body)
	}
	return bodies
}

func (f *fake) enter(operation string) error {
	f.mu.Lock()
	err := f.breaks[operation]
	after := f.after
	f.mu.Unlock()
	if after != nil {
		after(operation)
	}
	return err
}

func (f *fake) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	if err := errors.Join(ctx.Err(), f.enter("ReceiveMessage")); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.received++
	f.timeouts = append(f.timeouts, in.VisibilityTimeout)
	out := &sqs.ReceiveMessageOutput{}
	var kept []*fakeMessage
	for _, m := range f.messages {
		if m.hidden || len(out.Messages) == int(in.MaxNumberOfMessages) {
			kept = append(kept, m)
			continue
		}
		if f.max > 0 && m.count >= f.max {
			f.letters = append(f.letters, m)
			continue
		}
		m.count++
		f.handles++
		m.hidden, m.handle = true, fmt.Sprintf("handle-%d", f.handles)
		sum := md5.Sum([]byte(m.body))
		out.Messages = append(out.Messages, types.Message{
			MessageId: &m.id, Body: &m.body, ReceiptHandle: aws.String(m.handle), MD5OfBody: aws.String(hex.EncodeToString(sum[:])),
			Attributes:        map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.count), "SentTimestamp": "1", "Internal": "x"},
			MessageAttributes: m.attributes,
		})
		kept = append(kept, m)
	}
	f.messages = kept
	return out, nil
}

func (f *fake) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	if err := f.enter("DeleteMessageBatch"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(in.Entries) > 10 {
		return nil, errors.New("TooManyEntriesInBatchRequest")
	}
	out := &sqs.DeleteMessageBatchOutput{}
	for _, e := range in.Entries {
		for n, m := range f.messages {
			if m.handle != *e.ReceiptHandle {
				continue
			}
			if code := f.refuse[m.body]; code != "" {
				out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: &code})
				delete(f.refuse, m.body)
				break
			}
			f.messages = append(f.messages[:n:n], f.messages[n+1:]...)
			break
		}
	}
	return out, nil
}

func (f *fake) ChangeMessageVisibilityBatch(_ context.Context, in *sqs.ChangeMessageVisibilityBatchInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
	if err := f.enter("ChangeMessageVisibilityBatch"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(in.Entries) > 10 {
		return nil, errors.New("TooManyEntriesInBatchRequest")
	}
	for _, e := range in.Entries {
		for _, m := range f.messages {
			if m.handle == *e.ReceiptHandle {
				m.hidden = e.VisibilityTimeout > 0
			}
		}
	}
	return &sqs.ChangeMessageVisibilityBatchOutput{}, nil
}

func (f *fake) GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	if err := f.enter("GetQueueAttributes"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	visible, hidden := 0, 0
	for _, m := range f.messages {
		if m.hidden {
			hidden++
		} else {
			visible++
		}
	}
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(f.delayed),
	}}, nil
}
