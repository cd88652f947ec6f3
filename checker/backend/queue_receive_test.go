package backend_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
)

// waiting receives with a long poll of 20 seconds, in the background, and tells the body or what else came.
// It is called before what ends the poll; the poll may then begin a little later, which changes nothing.
func (q *queues) waiting(url *string) <-chan string {
	got := make(chan string, 1)
	begin := time.Now()
	go func() {
		out, err := q.sqs.ReceiveMessage(q.t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 20})
		switch {
		case err != nil:
			got <- err.Error()
		case len(out.Messages) == 0:
			got <- "nothing"
		case time.Since(begin) > 15*time.Second:
			got <- "late"
		default:
			got <- *out.Messages[0].Body
		}
	}()
	return got
}

// attributesReceived sends a message with three attributes and shows which come with it.
func attributesReceived(names ...string) func(*queues) string {
	return func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("msg"), MessageAttributes: map[string]types.MessageAttributeValue{
			"Help.Me": text("Me"), "Hello": text("There"), "General": text("Kenobi"),
		}})
		require.NoError(q.t, err)
		messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 10, MessageAttributeNames: names})
		require.NoError(q.t, err)
		require.Len(q.t, messages, 1)
		if len(messages[0].MessageAttributes) == 0 && messages[0].MD5OfMessageAttributes == nil {
			return "none"
		}
		return strings.Join(append(slices.Sorted(maps.Keys(messages[0].MessageAttributes)), aws.ToString(messages[0].MD5OfMessageAttributes)), " ")
	}
}

// receiving is a ReceiveMessage of an empty queue.
func receiving(in sqs.ReceiveMessageInput) func(*queues) string {
	return func(q *queues) string {
		in := in
		in.QueueUrl = q.queue(nil)
		messages, err := q.receive(&in)
		return q.outcome(err, fmt.Sprintf("%d messages", len(messages)))
	}
}

var queueReceiveFacts = []queueFact{
	{"receive-record", recorded, "A message comes with these attributes.", func(q *queues) string {
		url := q.queue(nil)
		id := q.send(url, "a")
		m := q.one(url)
		for _, name := range []string{"SentTimestamp", "ApproximateFirstReceiveTimestamp"} {
			ms, err := strconv.ParseInt(m.Attributes[name], 10, 64)
			require.NoError(q.t, err, name)
			require.WithinDuration(q.t, time.Now(), time.UnixMilli(ms), time.Minute, name)
		}
		return fmt.Sprint(*m.MessageId == id, " ", *m.Body, " ", *m.MD5OfBody, " ", m.Attributes["ApproximateReceiveCount"], " ", slices.Sorted(keys(m.Attributes)))
	}, "true a 0cc175b9c0f1b6a831c399e269772661 1 [ApproximateFirstReceiveTimestamp ApproximateReceiveCount SenderId SentTimestamp]"},
	{"receive-sender", documented, "SenderId is the id of a user or a role.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		return q.one(url).Attributes["SenderId"][:2]
	}, "AI"},
	{"receive-no-attributes", recorded, "Attributes that are not asked for do not come.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{}})
		require.NoError(q.t, err)
		return q.outcome(nil, pairs(messages[0].Attributes))
	}, "OK"},
	{"receive-some-attributes", recorded, "Only those do.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"ApproximateReceiveCount", "SequenceNumber"}})
		require.NoError(q.t, err)
		return q.outcome(nil, pairs(messages[0].Attributes))
	}, "ApproximateReceiveCount=1"},
	{"receive-message-attributes-none", recorded, "The same is so of message attributes.", attributesReceived(), "none"},
	{"receive-message-attributes-all", recorded, "All is all of them.", attributesReceived("All"), "General Hello Help.Me 4c360f3fdafd970e05fae2f149d997f5"},
	{"receive-message-attributes-dot-star", recorded, "So is .*", attributesReceived(".*"), "General Hello Help.Me 4c360f3fdafd970e05fae2f149d997f5"},
	{"receive-message-attributes-some", recorded, "The MD5 is of those that come.", attributesReceived("Foo", "Hello"), "Hello a311262e065454b75da111d535b8dacd"},
	{"receive-message-attributes-prefix", recorded, "A prefix ends with .*", attributesReceived("Hel.*"), "Hello Help.Me 83fee93c1bcd8b9a5a923ffacdc636c7"},
	{"receive-message-attributes-others", recorded, "Without any there is no MD5.", attributesReceived("Foo", "Help"), "none"},
	{"receive-empty", recorded, "An empty queue answers without messages.", receiving(sqs.ReceiveMessageInput{}), "0 messages"},
	{"receive-number-range", recorded, "One receives up to ten.", receiving(sqs.ReceiveMessageInput{MaxNumberOfMessages: 11}),
		"InvalidParameterValue: Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."},
	{"receive-wait-range", recorded, "One waits up to 20 seconds.", receiving(sqs.ReceiveMessageInput{WaitTimeSeconds: 21}),
		"InvalidParameterValue: Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."},
	{"receive-visibility-range", documented, "One hides messages for up to 12 hours.", receiving(sqs.ReceiveMessageInput{VisibilityTimeout: 43201}), "InvalidParameterValue"},
	{"receive-ten", documented, "No more than the number that is asked for come.", func(q *queues) string {
		url := q.queue(nil)
		for range 12 {
			q.send(url, "a")
		}
		messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url})
		require.NoError(q.t, err)
		return fmt.Sprintf("%d, %s, %s", len(messages), q.count(url), q.counted(url))
	}, "1, 10 messages, 1 visible 11 in flight 0 delayed"},
	{"receive-waits", documented, "A long poll ends as soon as there is a message.", func(q *queues) string {
		url := q.queue(nil)
		got := q.waiting(url)
		q.send(url, "a")
		return <-got
	}, "a"},
	{"receive-waits-by-queue", documented, "The queue says how long, if the request does not.", func(q *queues) string {
		url := q.queue(settings{"ReceiveMessageWaitTimeSeconds": "1"})
		begin := time.Now()
		s := q.count(url)
		return fmt.Sprintf("%s, waited: %t", s, time.Since(begin) > 900*time.Millisecond)
	}, "0 messages, waited: true"},
	{"receive-waits-for-visibility", documented, "A message that becomes visible again ends a long poll.", func(q *queues) string {
		url := q.queue(settings{"VisibilityTimeout": "1"})
		q.send(url, "a")
		_ = q.one(url)
		return <-q.waiting(url)
	}, "a"},
}

var queueVisibilityFacts = []queueFact{
	{"visibility-hides", documented, "A message in flight is received by nobody else.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		_ = q.one(url)
		return q.outcome(nil, q.count(url), q.counted(url))
	}, "0 messages, 0 visible 1 in flight 0 delayed"},
	{"visibility-ends", recorded, "After the timeout it is received again: with the same id, another handle, and a count of 2.", func(q *queues) string {
		url := q.queue(settings{"VisibilityTimeout": "1"})
		q.send(url, "a")
		first, second := q.one(url), q.one(url)
		return fmt.Sprint(*first.MessageId == *second.MessageId, " ", *first.ReceiptHandle != *second.ReceiptHandle, " ", second.Attributes["ApproximateReceiveCount"], " ",
			first.Attributes["ApproximateFirstReceiveTimestamp"] == second.Attributes["ApproximateFirstReceiveTimestamp"])
	}, "true true 2 true"},
	{"visibility-0", documented, "ChangeMessageVisibility to 0 brings it back at once, and ends long polls.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		got := q.waiting(url)
		require.NoError(q.t, q.hide(url, m.ReceiptHandle, 0))
		return <-got
	}, "a"},
	{"visibility-longer", documented, "It may also be hidden for longer.", func(q *queues) string {
		url := q.queue(settings{"VisibilityTimeout": "1"})
		q.send(url, "a")
		require.NoError(q.t, q.hide(url, q.one(url).ReceiptHandle, 60))
		messages, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 2})
		return q.outcome(err, fmt.Sprintf("%d messages", len(messages)))
	}, "0 messages"},
	{"visibility-of-receive", documented, "A receiver may have its own timeout.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		_, err := q.receive(&sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 10, VisibilityTimeout: 1})
		require.NoError(q.t, err)
		return q.one(url).Attributes["ApproximateReceiveCount"]
	}, "2"},
	{"visibility-after-timeout", recorded, "It may be changed after the timeout, if nobody has received the message since.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		require.NoError(q.t, q.hide(url, m.ReceiptHandle, 0))
		return q.outcome(q.hide(url, m.ReceiptHandle, 60))
	}, "OK"},
	{"visibility-range", documented, "It is 12 hours at most.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		return q.outcome(q.hide(url, q.one(url).ReceiptHandle, 43201))
	}, "InvalidParameterValue"},
	{"visibility-no-handle", recorded, "A handle is one that SQS gave.", func(q *queues) string {
		return q.outcome(q.hide(q.queue(nil), aws.String("INVALID"), 60))
	}, "ReceiptHandleIsInvalid: The input receipt handle \"INVALID\" is not a valid receipt handle."},
	{"visibility-deleted", reported, "Not that of a message that was deleted.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		require.NoError(q.t, q.delete(url, m.ReceiptHandle))
		return q.outcome(q.hide(url, m.ReceiptHandle, 60))
	}, "InvalidParameterValue: Value HANDLE for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."},
}

var queueDeleteFacts = []queueFact{
	{"delete", documented, "A deleted message does not come back.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		require.NoError(q.t, q.delete(url, q.one(url).ReceiptHandle))
		return q.counted(url)
	}, "0 visible 0 in flight 0 delayed"},
	{"delete-twice", documented, "It can be deleted again.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		require.NoError(q.t, q.delete(url, m.ReceiptHandle))
		return q.outcome(q.delete(url, m.ReceiptHandle))
	}, "OK"},
	{"delete-no-handle", recorded, "A handle is one that SQS gave.", func(q *queues) string {
		return q.outcome(q.delete(q.queue(nil), aws.String("INVALID")))
	}, "ReceiptHandleIsInvalid: The input receipt handle \"INVALID\" is not a valid receipt handle."},
	{"delete-by-id", documented, "The message's id is none.", func(q *queues) string {
		url := q.queue(nil)
		id := q.send(url, "a")
		err := q.delete(url, &id)
		text, _, _ := strings.Cut(q.outcome(err), ":")
		return text
	}, "ReceiptHandleIsInvalid"},
	{"delete-after-timeout", recorded, "A handle counts after the timeout, if nobody has received the message since.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		require.NoError(q.t, q.hide(url, m.ReceiptHandle, 0))
		require.NoError(q.t, q.delete(url, m.ReceiptHandle))
		return q.counted(url)
	}, "0 visible 0 in flight 0 delayed"},
	{"delete-by-old-handle", documented, "The handle of an earlier receipt is accepted, but the message might not be deleted.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		m := q.one(url)
		require.NoError(q.t, q.hide(url, m.ReceiptHandle, 0))
		_ = q.one(url)
		return q.outcome(q.delete(url, m.ReceiptHandle), q.counted(url))
	}, "0 visible 1 in flight 0 delayed"},
}

var queueUnsupportedFacts = []queueFact{
	{"fifo", documented, "FIFO queues.", func(q *queues) string {
		_, err := q.create(q.newName("QUEUE")+".fifo", settings{"FifoQueue": "true"})
		return q.outcome(err)
	}, "OK"},
	{"permissions", documented, "AddPermission lets other accounts in.", func(q *queues) string {
		_, err := q.sqs.AddPermission(q.t.Context(), &sqs.AddPermissionInput{QueueUrl: q.queue(nil), Label: aws.String("l"), AWSAccountIds: []string{"111122223333"}, Actions: []string{"SendMessage"}})
		return q.outcome(err)
	}, "OK"},
	{"kms", documented, "Queues can be encrypted with a key of one's own.", creatingQueue(settings{"KmsMasterKeyId": "alias/aws/sqs"}), "OK"},
	{"move-task", documented, "A task moves messages from a dead-letter queue back.", func(q *queues) string {
		_, dead := q.redriving(1)
		_, err := q.sqs.StartMessageMoveTask(q.t.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: aws.String(arnOf((*dead)[strings.LastIndexByte(*dead, '/')+1:]))})
		return q.outcome(err)
	}, "OK"},
}

// absentQueueFacts are what neither backend shows.
var absentQueueFacts = []absent{
	{id: "order", certainty: documented, states: "A standard queue gives messages in any order.", why: "both give them in the order of sending; whoever tests a consumer mixes them"},
	{id: "duplicates", certainty: documented, states: "A message may be received twice without any error.", why: "both give each once; whoever tests a consumer doubles some"},
	{id: "short-poll", certainty: documented, states: "A short poll may miss messages that are there.", why: "both look everywhere"},
	{id: "counts-lag", certainty: documented, states: "The counts of messages are approximate, and right about a minute after the last change.", why: "both count at once"},
	{id: "attributes-lag", certainty: documented, states: "Attributes take up to 60 seconds to work, MessageRetentionPeriod 15 minutes.", why: "both take them at once"},
	{id: "retention", certainty: documented, states: "A message is dropped when MessageRetentionPeriod is over.", why: "the shortest is a minute; embedded's own tests move its clock, and ElasticMQ does not have it"},
	{id: "in-flight", certainty: documented, states: "About 120,000 messages may be in flight.", why: "embedded's own tests show it; it takes too long over HTTP"},
	{id: "deleted-recently", certainty: documented, states: "A name can be used again 60 seconds after its queue was deleted.", why: "neither makes anybody wait"},
	{id: "receiver-left", certainty: inferred, states: "A message that arrives when its receiver has gone is not taken by it.",
		why: "embedded does so, by its own tests; ElasticMQ ends no long poll, and the message stays in flight for its visibility timeout"},
	{id: "redrive-wakes", certainty: inferred, states: "Who waits at a dead-letter queue gets a message as soon as it is moved there.",
		why: "embedded does so, by its own tests; ElasticMQ does not look again before the next receive"},
	{id: "access", certainty: documented, states: "What the function's policies do not allow is AccessDenied.", why: "package wire does that in front of both"},
}
