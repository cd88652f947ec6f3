package sam

import (
	"strings"
	"time"
)

// Queue is an SQS queue.
type Queue struct {
	Resource
	QueueName Value // zero if AWS is to choose one

	// Whole seconds.
	VisibilityTimeout      time.Duration
	MessageRetentionPeriod time.Duration
	Delay                  time.Duration
	ReceiveMessageWaitTime time.Duration

	MaximumMessageSize        int // bytes
	FifoQueue                 bool
	ContentBasedDeduplication bool
	RedrivePolicy             *RedrivePolicy      // nil if there is no dead-letter queue
	RedriveAllowPolicy        *RedriveAllowPolicy // nil lets each queue have this one as its dead-letter queue
}

// RedrivePolicy says when a message goes to a dead-letter queue.
type RedrivePolicy struct {
	DeadLetterTargetArn Value
	MaxReceiveCount     int // how often a message is delivered before it goes there
}

// RedriveAllowPolicy says which queues may have a queue as their dead-letter queue.
type RedriveAllowPolicy struct {
	Permission      string // "allowAll", "denyAll", or "byQueue"
	SourceQueueArns []Value
}

// SQS's defaults and limits, in seconds and bytes.
const (
	defaultVisibility, maxVisibility             = 30, 43_200
	defaultRetention, minRetention, maxRetention = 345_600, 60, 1_209_600
	maxDelay, maxReceiveWait                     = 900, 20
	minMessageSize, maxMessageSize               = 1_024, 1_048_576
	maxReceiveCount                              = 1_000
)

func (d *decoder) queue(r Resource, o *object) {
	q := &Queue{
		Resource:                  r,
		QueueName:                 o.value("QueueName"),
		VisibilityTimeout:         o.seconds("VisibilityTimeout", defaultVisibility, 0, maxVisibility),
		MessageRetentionPeriod:    o.seconds("MessageRetentionPeriod", defaultRetention, minRetention, maxRetention),
		Delay:                     o.seconds("DelaySeconds", 0, 0, maxDelay),
		ReceiveMessageWaitTime:    o.seconds("ReceiveMessageWaitTimeSeconds", 0, 0, maxReceiveWait),
		MaximumMessageSize:        o.integer("MaximumMessageSize", maxMessageSize, minMessageSize, maxMessageSize, "bytes"),
		FifoQueue:                 o.boolean("FifoQueue"),
		ContentBasedDeduplication: o.boolean("ContentBasedDeduplication"),
	}
	if policy := o.object("RedrivePolicy"); policy != nil {
		q.RedrivePolicy = &RedrivePolicy{
			DeadLetterTargetArn: policy.value("deadLetterTargetArn"),
			MaxReceiveCount:     policy.integer("maxReceiveCount", 0, 1, maxReceiveCount, ""),
		}
		policy.require("deadLetterTargetArn", "maxReceiveCount")
		policy.done("property of RedrivePolicy")
	}
	if policy := o.object("RedriveAllowPolicy"); policy != nil {
		q.RedriveAllowPolicy = &RedriveAllowPolicy{
			Permission:      policy.oneOf("redrivePermission", "allowAll", "allowAll", "denyAll", "byQueue"),
			SourceQueueArns: policy.values("sourceQueueArns"),
		}
		policy.require("redrivePermission")
		policy.done("property of RedriveAllowPolicy")
	}
	if name, ok := q.QueueName.Literal(); ok && strings.HasSuffix(name, ".fifo") != q.FifoQueue {
		d.problem(o.get("QueueName"), "is %q, and FifoQueue is %t; the name of a FIFO queue, and of no other, ends in .fifo", name, q.FifoQueue)
	}
	q.Untyped = o.untyped(
		"DeduplicationScope", "FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId",
		"SqsManagedSseEnabled", "Tags",
	)
	o.done("property of " + r.Type)
	d.result.Queues = append(d.result.Queues, q)
}
