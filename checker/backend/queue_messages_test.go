package backend_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"
)

func keys(m map[string]string) iter.Seq[string] { return maps.Keys(m) }

// sendingAttribute is a message with one attribute.
func sendingAttribute(name string, value types.MessageAttributeValue) func(*queues) string {
	return sending(func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{name: value}
	})
}

const (
	md5OfA = "MD5 0cc175b9c0f1b6a831c399e269772661 " // of the body "a"
	mib    = 1 << 20
)

var queueSendFacts = []queueFact{
	{"send-md5", documented, "The answer has the MD5 of the body, in hexadecimal.", sending(func(*sqs.SendMessageInput) {}), md5OfA},
	{"send-md5-number", recorded, "It has that of the attributes: a number.", sendingAttribute("timestamp", typed("Number", "1493147359900")), md5OfA + "235c5c510d26fb653d073faed50ae77c"},
	{"send-md5-binary", recorded, "Bytes.", sendingAttribute("attr1", binary("Binary", "traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01")),
		md5OfA + "8cbe4db156db8a94db8b801b7addb984"},
	{"send-md5-text", recorded, "Several texts, in the order of their names.", sending(func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{"Help.Me": text("Me"), "Hello": text("There"), "General": text("Kenobi")}
	}), md5OfA + "4c360f3fdafd970e05fae2f149d997f5"},
	{"send-md5-custom-type", documented, "A type with a part of the user's, as it is written.", sendingAttribute("n", typed("Number.int", "1")), md5OfA + "750ab39764677e6976a138b26d56e5e8"},
	{"send-md5-custom-binary", documented, "The same of bytes.", sendingAttribute("b", binary("Binary.gif", "\x00\x01")), md5OfA + md5OfGIF},
	{"send-empty", recorded, "A body is not empty.", sending(func(in *sqs.SendMessageInput) { in.MessageBody = aws.String("") }),
		"MissingParameter: The request must contain the parameter MessageBody."},
	{"send-characters", recorded, "A body has no control characters but tabs and ends of lines.", sending(func(in *sqs.SendMessageInput) { in.MessageBody = aws.String("a\x00") }),
		"InvalidMessageContents"},
	{"send-characters-allowed", documented, "It has all else that XML has.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "\t\r\n é 世界 😀 \ufffd <&>\"\\ \u2028")
		return strconv.Quote(*q.one(url).Body)
	}, strconv.Quote("\t\r\n é 世界 😀 \ufffd <&>\"\\ \u2028")},
	{"send-1mib", documented, "A message has 1 MiB at most, with its attributes.", sending(func(in *sqs.SendMessageInput) { in.MessageBody = aws.String(strings.Repeat("a", mib)) }),
		"MD5 7202826a7791073fe2787f0c94603278 "},
	{"send-too-long", recorded, "A byte more is too long.", sending(func(in *sqs.SendMessageInput) {
		in.MessageBody = aws.String(strings.Repeat("a", mib-len("k")-len("String")-len("x")+1))
		in.MessageAttributes = map[string]types.MessageAttributeValue{"k": text("x")}
	}), "InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."},
	{"send-longer-than-queue", recorded, "A queue may allow less.", func(q *queues) string {
		url := q.queue(settings{"MaximumMessageSize": "1024"})
		q.send(url, strings.Repeat("a", 1024))
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String(strings.Repeat("a", 1025))})
		return q.outcome(err)
	}, "InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."},
	{"send-attribute-empty", recorded, "An attribute has a value.", sendingAttribute("ErrorDetails", text("")),
		"InvalidParameterValue: Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."},
	{"send-attribute-characters", recorded, "The characters are those of bodies.", sendingAttribute("attr1", text("Invalid-\b,\v")), "InvalidParameterValue"},
	{"send-attribute-type", documented, "It is a String, Number or Binary.", sendingAttribute("k", typed("Boolean", "true")), "InvalidParameterValue"},
	{"send-attribute-number", documented, "A Number is one.", sendingAttribute("k", typed("Number", "abc")), "InvalidParameterValue"},
	{"send-attribute-reserved", documented, "A name does not begin with AWS. or Amazon.", sendingAttribute("AWS.k", text("v")), "InvalidParameterValue"},
	{"send-attribute-name", documented, "It has letters, digits, _, - and periods.", sendingAttribute("k k", text("v")), "InvalidParameterValue"},
	{"send-attributes-10", documented, "A message has 10 attributes at most.", sending(func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{}
		for n := range 11 {
			in.MessageAttributes[fmt.Sprint("k", n)] = text("v")
		}
	}), "InvalidParameterValue"},
	{"send-delay-range", documented, "DelaySeconds is 900 at most.", sending(func(in *sqs.SendMessageInput) { in.DelaySeconds = 901 }), "InvalidParameterValue"},
	{"send-delay", documented, "A delayed message is not visible until its time.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("a"), DelaySeconds: 1})
		require.NoError(q.t, err)
		return q.outcome(nil, q.counted(url), q.count(url), *q.one(url).Body)
	}, "0 visible 0 in flight 1 delayed, 0 messages, a"},
	{"send-delay-of-queue", documented, "A queue may delay all messages.", func(q *queues) string {
		url := q.queue(settings{"DelaySeconds": "900"})
		q.send(url, "a")
		return q.counted(url)
	}, "0 visible 0 in flight 1 delayed"},
	{"send-group", recorded, "A standard queue keeps MessageGroupId.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("a"), MessageGroupId: aws.String("g")})
		if err != nil {
			return q.outcome(err)
		}
		return q.outcome(nil, q.one(url).Attributes["MessageGroupId"])
	}, "g"},
	{"send-deduplication", reported, "It refuses MessageDeduplicationId.", sending(func(in *sqs.SendMessageInput) { in.MessageDeduplicationId = aws.String("d") }), "InvalidParameterValue"},
	{"send-trace-attribute", recorded, "AWSTraceHeader is kept.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{
			QueueUrl: url, MessageBody: aws.String("a"),
			MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String("Root=1-5759e988-bd862e3fe1be46a994272793")}},
		})
		require.NoError(q.t, err)
		return q.one(url).Attributes["AWSTraceHeader"]
	}, "Root=1-5759e988-bd862e3fe1be46a994272793"},
	{"send-trace-header", recorded, "Without it, the request's header X-Amzn-Trace-Id is.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("a")}, func(o *sqs.Options) {
			o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("X-Amzn-Trace-Id", "Root=1-3152b799-8954dae64eda91bc9a23a7e8"))
		})
		require.NoError(q.t, err)
		return q.outcome(nil, q.one(url).Attributes["AWSTraceHeader"])
	}, "Root=1-3152b799-8954dae64eda91bc9a23a7e8"},
}

// md5OfGIF is the digest by AWS's description, made once by hand with another program.
const md5OfGIF = "0d13df055fbf2cc33b13842f50f96d1b"

// batch is entries with ids and bodies in turn.
func batch(idsAndBodies ...string) []types.SendMessageBatchRequestEntry {
	var all []types.SendMessageBatchRequestEntry
	for pair := range slices.Chunk(idsAndBodies, 2) {
		all = append(all, types.SendMessageBatchRequestEntry{Id: &pair[0], MessageBody: &pair[1]})
	}
	return all
}

func sendingBatch(attributes settings, entries []types.SendMessageBatchRequestEntry) func(*queues) string {
	return func(q *queues) string {
		out, err := q.sqs.SendMessageBatch(q.t.Context(), &sqs.SendMessageBatchInput{QueueUrl: q.queue(attributes), Entries: entries})
		if err != nil {
			return q.outcome(err)
		}
		var all []string
		for _, s := range out.Successful {
			all = append(all, *s.Id+" OK")
		}
		return q.outcome(nil, append(all, failures(out.Failed)...)...)
	}
}

func failures(failed []types.BatchResultErrorEntry) (all []string) {
	for _, f := range failed {
		all = append(all, fmt.Sprintf("%s %s (%s, sender's fault: %t)", *f.Id, *f.Code, aws.ToString(f.Message), f.SenderFault))
	}
	return all
}

const batchIDs = "AWS.SimpleQueueService.InvalidBatchEntryId: A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."

func many(n int) []types.SendMessageBatchRequestEntry {
	var all []string
	for k := range n {
		all = append(all, strconv.Itoa(k), "a")
	}
	return batch(all...)
}

var queueBatchFacts = []queueFact{
	{"batch-send", documented, "A batch has up to ten messages.", sendingBatch(nil, many(10)), "0 OK, 1 OK, 2 OK, 3 OK, 4 OK, 5 OK, 6 OK, 7 OK, 8 OK, 9 OK"},
	{"batch-partial", recorded, "One message that is refused does not keep the others.", sendingBatch(settings{"MaximumMessageSize": "1024"}, batch("a", "a", "b", strings.Repeat("b", 1025))),
		"a OK, b InvalidParameterValue (One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes., sender's fault: true)"},
	{"batch-too-many", recorded, "Eleven are too many.", sendingBatch(nil, many(20)),
		"AWS.SimpleQueueService.TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 20."},
	{"batch-empty", reported, "None are too few.", sendingBatch(nil, []types.SendMessageBatchRequestEntry{}),
		"AWS.SimpleQueueService.EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request."},
	{"batch-same-id", reported, "Ids differ.", sendingBatch(nil, batch("x", "a", "x", "b")), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct: Id x repeated."},
	{"batch-id", recorded, "Ids have letters, digits, hyphens and underscores.", sendingBatch(nil, batch("a:b", "a")), batchIDs},
	{"batch-too-long", recorded, "A batch has 1 MiB at most.", sendingBatch(nil, batch("1", strings.Repeat("a", mib), "2", "a")),
		"AWS.SimpleQueueService.BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."},
	{"batch-too-long-for-queue", recorded, "That does not depend on the queue.", sendingBatch(settings{"MaximumMessageSize": "1024"}, batch("1", strings.Repeat("a", 1024), "2", "a")), "1 OK, 2 OK"},
	{"batch-delete", documented, "Each entry of DeleteMessageBatch has its own result.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		out, err := q.sqs.DeleteMessageBatch(q.t.Context(), &sqs.DeleteMessageBatchInput{QueueUrl: url, Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("good"), ReceiptHandle: q.one(url).ReceiptHandle}, {Id: aws.String("bad"), ReceiptHandle: aws.String("nonsense")},
		}})
		if err != nil {
			return q.outcome(err)
		}
		var all []string
		for _, s := range out.Successful {
			all = append(all, *s.Id+" OK")
		}
		for _, f := range out.Failed {
			all = append(all, *f.Id+" "+*f.Code)
		}
		return q.outcome(nil, append(all, q.counted(url))...)
	}, "good OK, bad ReceiptHandleIsInvalid, 0 visible 0 in flight 0 delayed"},
	{"batch-delete-too-many", recorded, "It has ten at most, too.", func(q *queues) string {
		var entries []types.DeleteMessageBatchRequestEntry
		for n := range 20 {
			entries = append(entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), ReceiptHandle: aws.String("a")})
		}
		_, err := q.sqs.DeleteMessageBatch(q.t.Context(), &sqs.DeleteMessageBatchInput{QueueUrl: q.queue(nil), Entries: entries})
		return q.outcome(err)
	}, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 20."},
	{"batch-delete-id", recorded, "And ids of the same form.", func(q *queues) string {
		_, err := q.sqs.DeleteMessageBatch(q.t.Context(), &sqs.DeleteMessageBatchInput{QueueUrl: q.queue(nil), Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("a:b"), ReceiptHandle: aws.String("a")},
		}})
		return q.outcome(err)
	}, batchIDs},
	{"batch-visibility", documented, "ChangeMessageVisibilityBatch brings messages back.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		out, err := q.sqs.ChangeMessageVisibilityBatch(q.t.Context(), &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: url, Entries: []types.ChangeMessageVisibilityBatchRequestEntry{
			{Id: aws.String("good"), ReceiptHandle: q.one(url).ReceiptHandle, VisibilityTimeout: 0},
		}})
		require.NoError(q.t, err)
		return q.outcome(nil, *out.Successful[0].Id, q.count(url))
	}, "good, 1 messages"},
	{"batch-visibility-too-many", recorded, "It has ten at most.", func(q *queues) string {
		var entries []types.ChangeMessageVisibilityBatchRequestEntry
		for n := range 20 {
			entries = append(entries, types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), ReceiptHandle: aws.String("a")})
		}
		_, err := q.sqs.ChangeMessageVisibilityBatch(q.t.Context(), &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: q.queue(nil), Entries: entries})
		return q.outcome(err)
	}, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 20."},
}

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
