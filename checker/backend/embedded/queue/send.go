package queue

import (
	"regexp"
	"time"
)

// outgoing is a message as it is sent, alone or in a batch.
type outgoing struct {
	MessageBody             *string
	DelaySeconds            *int
	MessageAttributes       attributes
	MessageSystemAttributes attributes
	MessageGroupId          *string
	MessageDeduplicationId  *string
}

// accepted is what the sender gets.
type accepted struct {
	MessageId                    string
	MD5OfMessageBody             string
	MD5OfMessageAttributes       string `json:",omitempty"`
	MD5OfMessageSystemAttributes string `json:",omitempty"`
}

func (o *outgoing) size() int {
	n := o.MessageAttributes.size()
	if o.MessageBody != nil {
		n += len(*o.MessageBody)
	}
	return n
}

const traceHeader = "AWSTraceHeader"

var printable = regexp.MustCompile("^[!-~]+$")

func isGroupID(text string) bool { return len(text) <= 128 && printable.MatchString(text) }

// check is what AWS refuses whatever the queue.
func (o *outgoing) check() *fault {
	switch {
	case o.MessageBody == nil || *o.MessageBody == "":
		return missingParameter("MessageBody")
	case !allowedText(*o.MessageBody):
		return invalidContents()
	case o.DelaySeconds != nil && (*o.DelaySeconds < 0 || *o.DelaySeconds > numbers[delaySeconds].most):
		return invalidValue(*o.DelaySeconds, delaySeconds, "DelaySeconds must be >= 0 and <= 900.")
	case o.MessageGroupId != nil && !isGroupID(*o.MessageGroupId):
		return invalidValue(*o.MessageGroupId, "MessageGroupId", "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.")
	case o.MessageDeduplicationId != nil:
		return invalidValue(*o.MessageDeduplicationId, "MessageDeduplicationId", "The request includes a parameter that is not valid for this queue type.")
	}
	if f := o.MessageAttributes.check(); f != nil {
		return f
	}
	for name, a := range o.MessageSystemAttributes {
		if name != traceHeader || a.DataType != "String" || a.StringValue == nil {
			return invalidParameter("Message system attribute name '%s' is invalid.", name)
		}
	}
	return nil
}

// send puts a message that was checked in a queue. It is called with the lock.
func (c *call) send(q *queue, o *outgoing) accepted {
	now := c.clock.Now()
	m := &message{
		id: newID(), body: *o.MessageBody, bodyMD5: bodyMD5(*o.MessageBody), attributes: o.MessageAttributes,
		trace: c.trace, sender: c.sender(), sent: now,
	}
	if a, ok := o.MessageSystemAttributes[traceHeader]; ok {
		m.trace = *a.StringValue
	}
	if o.MessageGroupId != nil {
		m.group = *o.MessageGroupId
	}
	delay := q.seconds(delaySeconds)
	if o.DelaySeconds != nil {
		delay = time.Duration(*o.DelaySeconds) * time.Second
	}
	q.add(m, now, delay)
	return accepted{m.id, m.bodyMD5, m.attributes.md5(), o.MessageSystemAttributes.md5()}
}

type sendMessageInput struct {
	queueURL
	outgoing
}

func (in *sendMessageInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	if f := in.check(); f != nil {
		return nil, f
	}
	if most := q.numbers[maximumMessageSize]; in.size() > most {
		return nil, invalidParameter("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", most)
	}
	return c.send(q, &in.outgoing), nil
}

type sendMessageBatchInput struct {
	queueURL
	Entries []sendEntry
}

type sendEntry struct {
	entryID
	outgoing
}

// maxBatchBytes is how much the messages of a batch have together, whatever the queue allows for one.
const maxBatchBytes = 1 << 20

func (in *sendMessageBatchInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	if f := checkBatch(in.Entries, "SendMessageBatchRequestEntry"); f != nil {
		return nil, f
	}
	total := 0
	for n := range in.Entries {
		total += in.Entries[n].size()
	}
	if total > maxBatchBytes {
		return nil, tooLong(total)
	}
	type successful struct {
		Id string
		accepted
	}
	var out batchOutput[successful]
	for n := range in.Entries {
		e := &in.Entries[n]
		f := e.check()
		if most := q.numbers[maximumMessageSize]; f == nil && e.size() > most {
			f = invalidParameter("One or more parameters cannot be validated. Reason: Message must be shorter than %d bytes.", most)
		}
		if f != nil {
			out.fail(e.Id, f)
			continue
		}
		out.Successful = append(out.Successful, successful{e.Id, c.send(q, &e.outgoing)})
	}
	return out, nil
}
