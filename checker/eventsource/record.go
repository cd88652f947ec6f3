package eventsource

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// maxPayload is the largest event, in bytes: Lambda's quota for an invocation is 6 MB.
const maxPayload = 6 << 20

// record is a message in an event, with the names and the order that AWS has.
type record struct {
	MessageID              string               `json:"messageId"`
	ReceiptHandle          string               `json:"receiptHandle"`
	Body                   string               `json:"body"`
	Attributes             map[string]string    `json:"attributes"`
	MessageAttributes      map[string]attribute `json:"messageAttributes"`
	MD5OfMessageAttributes string               `json:"md5OfMessageAttributes,omitempty"`
	MD5OfBody              string               `json:"md5OfBody"`
	EventSource            string               `json:"eventSource"`
	EventSourceARN         string               `json:"eventSourceARN"`
	AWSRegion              string               `json:"awsRegion"`
}

// attribute is a message attribute. Lists are always empty: SQS knows their names, and has no such types.
type attribute struct {
	StringValue      *string  `json:"stringValue,omitempty"`
	BinaryValue      []byte   `json:"binaryValue,omitempty"` // base64
	StringListValues []string `json:"stringListValues"`
	BinaryListValues []string `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

// passedOn are the system attributes that records have, those that messages of standard queues can have.
var passedOn = []types.MessageSystemAttributeName{
	types.MessageSystemAttributeNameApproximateReceiveCount,
	types.MessageSystemAttributeNameSentTimestamp,
	types.MessageSystemAttributeNameSenderId,
	types.MessageSystemAttributeNameApproximateFirstReceiveTimestamp,
	types.MessageSystemAttributeNameAWSTraceHeader,
	types.MessageSystemAttributeNameDeadLetterQueueSourceArn,
}

// encodeRecord is the record of a message.
func encodeRecord(m types.Message, queueARN, region string) (json.RawMessage, error) {
	r := record{
		MessageID:              aws.ToString(m.MessageId),
		ReceiptHandle:          aws.ToString(m.ReceiptHandle),
		Body:                   aws.ToString(m.Body),
		Attributes:             map[string]string{},
		MessageAttributes:      map[string]attribute{},
		MD5OfMessageAttributes: aws.ToString(m.MD5OfMessageAttributes),
		MD5OfBody:              aws.ToString(m.MD5OfBody),
		EventSource:            "aws:sqs",
		EventSourceARN:         queueARN,
		AWSRegion:              region,
	}
	for _, name := range passedOn {
		if value, ok := m.Attributes[string(name)]; ok {
			r.Attributes[string(name)] = value
		}
	}
	for name, value := range m.MessageAttributes {
		r.MessageAttributes[name] = attribute{
			StringValue: value.StringValue, BinaryValue: value.BinaryValue,
			StringListValues: []string{}, BinaryListValues: []string{}, DataType: aws.ToString(value.DataType),
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("cannot make a record of message %s: %w", r.MessageID, err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// eventOf puts records into an event.
func eventOf(records []json.RawMessage) []byte {
	return append(append([]byte(`{"Records":[`), bytes.Join(asBytes(records), []byte(","))...), "]}"...)
}

// overhead is what an event has besides its records, and beside each record a comma.
const overhead = len(`{"Records":[]}`)

func asBytes(records []json.RawMessage) [][]byte {
	all := make([][]byte, len(records))
	for n, r := range records {
		all[n] = r
	}
	return all
}
