package backend_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

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
