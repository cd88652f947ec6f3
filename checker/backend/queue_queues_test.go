package backend_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
)

var queueQueueFacts = []queueFact{
	{"queue-url", documented, "A queue's URL is the endpoint, the account and the name; GetQueueUrl has the same.", func(q *queues) string {
		name := q.newName("QUEUE")
		url, err := q.create(name, nil)
		require.NoError(q.t, err)
		out, err := q.sqs.GetQueueUrl(q.t.Context(), &sqs.GetQueueUrlInput{QueueName: &name})
		require.NoError(q.t, err)
		return q.outcome(nil, *url, *out.QueueUrl)
	}, "ENDPOINT/123456789012/QUEUE, ENDPOINT/123456789012/QUEUE"},
	{"queue-url-any-host", documented, "A request for a queue goes to the endpoint of the client, whatever host the URL has.", func(q *queues) string {
		url := strings.Replace(*q.queue(nil), q.endpoint, "https://sqs."+queueRegion+".amazonaws.com", 1)
		q.send(&url, "a")
		return *q.one(&url).Body
	}, "a"},
	{"queue-create-again", documented, "CreateQueue with the same name and attributes gives the same queue.", func(q *queues) string {
		name := q.newName("QUEUE")
		url, err := q.create(name, settings{"DelaySeconds": "1"})
		require.NoError(q.t, err)
		again, err := q.create(name, settings{"DelaySeconds": "1"})
		require.NoError(q.t, err)
		return fmt.Sprint(*url == *again)
	}, "true"},
	{"queue-create-other", recorded, "With another attribute it is refused.", func(q *queues) string {
		name := q.newName("QUEUE")
		_, err := q.create(name, settings{"DelaySeconds": "1"})
		require.NoError(q.t, err)
		_, err = q.create(name, settings{"DelaySeconds": "2"})
		return q.outcome(err)
	}, "QueueAlreadyExists: A queue already exists with the same name and a different value for attribute DelaySeconds"},
	{"queue-create-other-retention", documented, "That is so for each attribute.", func(q *queues) string {
		name := q.newName("QUEUE")
		_, err := q.create(name, settings{"MessageRetentionPeriod": "60"})
		require.NoError(q.t, err)
		_, err = q.create(name, settings{"MessageRetentionPeriod": "61"})
		return q.outcome(err)
	}, "QueueAlreadyExists: A queue already exists with the same name and a different value for attribute MessageRetentionPeriod"},
	{"queue-name", recorded, "A name has letters, digits, hyphens and underscores.", func(q *queues) string {
		_, err := q.create("a.b", nil)
		return q.outcome(err)
	}, "InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"},
	{"queue-name-long", documented, "A name has 80 characters at most.", func(q *queues) string {
		_, err := q.create(strings.Repeat("a", 81), nil)
		return q.outcome(err)
	}, "InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"},
	{"queue-name-fifo", recorded, "Only FIFO queues have names that end with .fifo.", func(q *queues) string {
		_, err := q.create(q.newName("QUEUE")+".fifo", nil)
		return q.outcome(err)
	}, "InvalidParameterValue"},
	{"queue-missing-url", recorded, "GetQueueUrl of a queue that is not there.", func(q *queues) string {
		_, err := q.sqs.GetQueueUrl(q.t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("conformance-nowhere")})
		return q.outcome(err)
	}, "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
	{"queue-missing", recorded, "So do all other operations on it.", func(q *queues) string {
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(q.endpoint + "/123456789012/conformance-nowhere"), MessageBody: aws.String("a")})
		var typed *types.QueueDoesNotExist
		require.ErrorAs(q.t, err, &typed)
		return q.outcome(err)
	}, "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
	{"queue-deleted", documented, "A deleted queue is not there, with its messages.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		_, err := q.sqs.DeleteQueue(q.t.Context(), &sqs.DeleteQueueInput{QueueUrl: url})
		require.NoError(q.t, err)
		return q.count(url)
	}, "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
	{"queue-list", recorded, "ListQueues has the URLs that begin with a prefix, in pages if asked so.", func(q *queues) string {
		prefix := q.newName("P")
		for _, end := range []string{"-a", "-b", "-c"} {
			_, err := q.create(prefix+end, nil)
			require.NoError(q.t, err)
		}
		var all []string
		pages := sqs.NewListQueuesPaginator(q.sqs, &sqs.ListQueuesInput{QueueNamePrefix: &prefix, MaxResults: aws.Int32(2)})
		for pages.HasMorePages() {
			out, err := pages.NextPage(q.t.Context())
			if err != nil {
				return q.outcome(err)
			}
			for n, url := range out.QueueUrls {
				out.QueueUrls[n] = url[strings.LastIndexByte(url, '/')+1:]
			}
			slices.Sort(out.QueueUrls)
			all = append(all, strings.Join(out.QueueUrls, " "))
		}
		return q.outcome(nil, all...)
	}, "P-a P-b, P-c"},
	{"queue-purge", documented, "PurgeQueue drops what is visible and what is in flight.", func(q *queues) string {
		url := q.queue(nil)
		q.send(url, "a")
		q.send(url, "b")
		handle := q.one(url).ReceiptHandle
		_, err := q.sqs.PurgeQueue(q.t.Context(), &sqs.PurgeQueueInput{QueueUrl: url})
		require.NoError(q.t, err)
		_ = q.hide(url, handle, 0)
		return q.count(url)
	}, "0 messages"},
	{"queue-purge-twice", recorded, "Not more than once in 60 seconds.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.PurgeQueue(q.t.Context(), &sqs.PurgeQueueInput{QueueUrl: url})
		require.NoError(q.t, err)
		_, err = q.sqs.PurgeQueue(q.t.Context(), &sqs.PurgeQueueInput{QueueUrl: url})
		return q.outcome(err)
	}, "AWS.SimpleQueueService.PurgeQueueInProgress: Only one PurgeQueue operation on QUEUE is allowed every 60 seconds."},
	{"queue-tags", recorded, "Tags are added, replaced and removed by their keys.", func(q *queues) string {
		url := q.queue(nil)
		_, err := q.sqs.TagQueue(q.t.Context(), &sqs.TagQueueInput{QueueUrl: url, Tags: map[string]string{"a": "1", "b": "2"}})
		require.NoError(q.t, err)
		_, err = q.sqs.UntagQueue(q.t.Context(), &sqs.UntagQueueInput{QueueUrl: url, TagKeys: []string{"a"}})
		require.NoError(q.t, err)
		out, err := q.sqs.ListQueueTags(q.t.Context(), &sqs.ListQueueTagsInput{QueueUrl: url})
		require.NoError(q.t, err)
		return pairs(out.Tags)
	}, "b=2"},
}

var queueAttributeFacts = []queueFact{
	{"attributes-usual", recorded, "A queue has these attributes if none are given.", func(q *queues) string {
		return q.attributes(q.queue(nil), "DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "SqsManagedSseEnabled", "VisibilityTimeout")
	}, "DelaySeconds=0 MaximumMessageSize=1048576 MessageRetentionPeriod=345600 ReceiveMessageWaitTimeSeconds=0 SqsManagedSseEnabled=true VisibilityTimeout=30"},
	{"attributes-arn", documented, "QueueArn has the region and the account of the queue.", func(q *queues) string {
		return q.attributes(q.queue(nil), "QueueArn")
	}, "QueueArn=arn:aws:sqs:" + queueRegion + ":123456789012:QUEUE"},
	{"attributes-all", recorded, "All are those that have a value, the timestamps and the counts too.", func(q *queues) string {
		out, err := q.sqs.GetQueueAttributes(q.t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: q.queue(nil), AttributeNames: []types.QueueAttributeName{"All"}})
		require.NoError(q.t, err)
		return q.outcome(nil, strings.Join(slices.Sorted(keys(out.Attributes)), " "))
	}, "ApproximateNumberOfMessages ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible CreatedTimestamp DelaySeconds LastModifiedTimestamp " +
		"MaximumMessageSize MessageRetentionPeriod QueueArn ReceiveMessageWaitTimeSeconds SqsManagedSseEnabled VisibilityTimeout"},
	{"attributes-set", recorded, "SetQueueAttributes changes those that it names.", func(q *queues) string {
		url := q.queue(settings{"VisibilityTimeout": "20", "ReceiveMessageWaitTimeSeconds": "10"})
		_, err := q.sqs.SetQueueAttributes(q.t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: url, Attributes: settings{"VisibilityTimeout": "69", "DelaySeconds": "420"}})
		require.NoError(q.t, err)
		return q.attributes(url, "DelaySeconds", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout")
	}, "DelaySeconds=420 ReceiveMessageWaitTimeSeconds=10 VisibilityTimeout=69"},
	{"attributes-unknown", recorded, "An attribute that there is not cannot be asked for.", func(q *queues) string {
		return q.attributes(q.queue(nil), "Nope")
	}, "InvalidAttributeName: Unknown Attribute Nope."},
	{"attributes-create-unknown", recorded, "It cannot be set, either.", creatingQueue(settings{"Nope": "1"}), "InvalidAttributeName: Unknown Attribute Nope."},
	{"attributes-of-fifo", recorded, "Those of FIFO queues are unknown to a standard queue.", func(q *queues) string {
		_, err := q.sqs.SetQueueAttributes(q.t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: q.queue(nil), Attributes: settings{"FifoQueue": "true"}})
		return q.outcome(err)
	}, "InvalidAttributeName: Unknown Attribute FifoQueue."},
	{"attributes-visibility-range", reported, "VisibilityTimeout is 12 hours at most.", creatingQueue(settings{"VisibilityTimeout": "43201"}), "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout."},
	{"attributes-delay-range", reported, "DelaySeconds is 15 minutes at most.", creatingQueue(settings{"DelaySeconds": "901"}), "InvalidAttributeValue: Invalid value for the parameter DelaySeconds."},
	{"attributes-wait-range", reported, "ReceiveMessageWaitTimeSeconds is 20 seconds at most.", creatingQueue(settings{"ReceiveMessageWaitTimeSeconds": "21"}), "InvalidAttributeValue: Invalid value for the parameter ReceiveMessageWaitTimeSeconds."},
	{"attributes-retention-range", reported, "MessageRetentionPeriod is a minute at least.", creatingQueue(settings{"MessageRetentionPeriod": "59"}), "InvalidAttributeValue: Invalid value for the parameter MessageRetentionPeriod."},
	{"attributes-size-range", reported, "MaximumMessageSize is 1 MiB at most.", creatingQueue(settings{"MaximumMessageSize": "1048577"}), "InvalidAttributeValue: Invalid value for the parameter MaximumMessageSize."},
	{"attributes-not-a-number", reported, "Numbers are numbers.", creatingQueue(settings{"VisibilityTimeout": "PT30S"}), "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout."},
}

// redriving is a queue with a dead-letter queue.
func (q *queues) redriving(receives int) (source, dead *string) {
	dead = q.queue(nil)
	q.hidden[len(q.hidden)-1] = "DEAD"
	name := (*dead)[strings.LastIndexByte(*dead, '/')+1:]
	return q.queue(settings{"RedrivePolicy": policy(arnOf(name), receives)}), dead
}

func arnOf(name string) string { return "arn:aws:sqs:" + queueRegion + ":123456789012:" + name }

func policy(arn string, receives any) string {
	b, err := json.Marshal(map[string]any{"deadLetterTargetArn": arn, "maxReceiveCount": receives})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// creatingRedrive is a RedrivePolicy to a queue that is there.
func creatingRedrive(change func(arn string) string) func(*queues) string {
	return func(q *queues) string {
		url := q.queue(nil)
		p := change(arnOf((*url)[strings.LastIndexByte(*url, '/')+1:]))
		q.hidden = append([]string{p, "POLICY"}, q.hidden...)
		_, err := q.create(q.newName("OTHER"), settings{"RedrivePolicy": p})
		return q.outcome(err)
	}
}

var queueRedriveFacts = []queueFact{
	{"redrive", recorded, "A message is received maxReceiveCount times, then from the dead-letter queue: with the same id, body, attributes and count.", func(q *queues) string {
		source, dead := q.redriving(2)
		_, err := q.sqs.SendMessage(q.t.Context(), &sqs.SendMessageInput{
			QueueUrl: source, MessageBody: aws.String("a"), MessageAttributes: map[string]types.MessageAttributeValue{"k": text("v")},
		})
		require.NoError(q.t, err)
		var all []string
		for range 2 {
			m := q.one(source)
			q.hidden = append(q.hidden, *m.MessageId, "ID")
			all = append(all, *m.MessageId+" "+m.Attributes["ApproximateReceiveCount"])
			require.NoError(q.t, q.hide(source, m.ReceiptHandle, 0))
		}
		all = append(all, q.count(source))
		m := q.one(dead)
		all = append(all, *m.MessageId+" "+m.Attributes["ApproximateReceiveCount"]+" "+*m.Body+" "+*m.MessageAttributes["k"].StringValue, m.Attributes["DeadLetterQueueSourceArn"])
		return q.outcome(nil, all...)
	}, "ID 1, ID 2, 0 messages, ID 3 a v, " + arnOf("QUEUE")},
	{"redrive-keeps-sent-timestamp", documented, "The time when it was sent stays, so retention goes on in the dead-letter queue.", func(q *queues) string {
		source, dead := q.redriving(1)
		q.send(source, "a")
		m := q.one(source)
		require.NoError(q.t, q.hide(source, m.ReceiptHandle, 0))
		_ = q.count(source)
		return fmt.Sprint(m.Attributes["SentTimestamp"] == q.one(dead).Attributes["SentTimestamp"])
	}, "true"},
	{"redrive-attribute", inferred, "GetQueueAttributes has the policy with a number.", func(q *queues) string {
		source, _ := q.redriving(7)
		return q.attributes(source, "RedrivePolicy")
	}, `RedrivePolicy={"deadLetterTargetArn":"` + arnOf("DEAD") + `","maxReceiveCount":7}`},
	{"redrive-count-as-text", inferred, "The count may be a text.", creatingRedrive(func(arn string) string { return policy(arn, "3") }), "OK"},
	{"redrive-sources", documented, "ListDeadLetterSourceQueues has the queues that give messages up to a queue.", func(q *queues) string {
		_, dead := q.redriving(1)
		out, err := q.sqs.ListDeadLetterSourceQueues(q.t.Context(), &sqs.ListDeadLetterSourceQueuesInput{QueueUrl: dead})
		if err != nil {
			return q.outcome(err)
		}
		return q.outcome(nil, out.QueueUrls...)
	}, "ENDPOINT/123456789012/QUEUE"},
	{"redrive-removed", recorded, "An empty RedrivePolicy removes it.", func(q *queues) string {
		source, _ := q.redriving(1)
		_, err := q.sqs.SetQueueAttributes(q.t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: source, Attributes: settings{"RedrivePolicy": ""}})
		if err != nil {
			return q.outcome(err)
		}
		return q.attributes(source, "RedrivePolicy")
	}, "OK"},
	{"redrive-no-queue", reported, "The dead-letter queue must be there.", creatingRedrive(func(arn string) string { return policy(arn+"-nowhere", 3) }),
		"InvalidParameterValue: Value POLICY for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist."},
	{"redrive-no-count", reported, "The count must be given.", creatingRedrive(func(arn string) string { return `{"deadLetterTargetArn":"` + arn + `"}` }), "InvalidParameterValue"},
	{"redrive-no-target", reported, "The target must be given.", creatingRedrive(func(string) string { return `{"maxReceiveCount":1}` }), "InvalidParameterValue"},
	{"redrive-count-range", reported, "The count is between 1 and 1000.", creatingRedrive(func(arn string) string { return policy(arn, 1001) }),
		"InvalidParameterValue: Value POLICY for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive."},
	{"redrive-not-json", reported, "The policy is JSON.", creatingRedrive(func(string) string { return "dlq" }), "InvalidParameterValue"},
}
