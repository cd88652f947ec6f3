package queue

import "time"

// receipt is a parameter of what is done with a message that was received.
type receipt struct{ ReceiptHandle string }

type deleteMessageInput struct {
	queueURL
	receipt
}

func (in *deleteMessageInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	return nothing{}, q.delete(in.receipt)
}

// delete is fine about a message that is deleted already. The handle of an earlier receipt is fine as well,
// but deletes nothing: AWS says that it might not, and a consumer must not count on luck.
func (q *queue) delete(r receipt) *fault {
	if r.ReceiptHandle == "" {
		return missingParameter("ReceiptHandle")
	}
	m, _, f := q.find(r.ReceiptHandle)
	if f == nil && m != nil {
		q.remove(m)
	}
	return f
}

type deleteMessageBatchInput struct {
	queueURL
	Entries []struct {
		entryID
		receipt
	}
}

func (in *deleteMessageBatchInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	if f := checkBatch(in.Entries, "DeleteMessageBatchRequestEntry"); f != nil {
		return nil, f
	}
	var out batchOutput[entryID]
	for _, e := range in.Entries {
		if f := q.delete(e.receipt); f != nil {
			out.fail(e.Id, f)
			continue
		}
		out.Successful = append(out.Successful, e.entryID)
	}
	return out, nil
}

type visibility struct {
	receipt
	VisibilityTimeout *int
}

type changeVisibilityInput struct {
	queueURL
	visibility
}

func (in *changeVisibilityInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	return nothing{}, c.change(q, in.visibility)
}

func invalidVisibility(seconds int) *fault {
	return invalidValue(seconds, visibilityTimeout, "VisibilityTimeout must be an integer between 0 and 43200.")
}

// change sets how long from now a message stays hidden. It also hides one whose timeout is over, if nobody
// has received it since.
func (c *call) change(q *queue, v visibility) *fault {
	switch {
	case v.ReceiptHandle == "":
		return missingParameter("ReceiptHandle")
	case v.VisibilityTimeout == nil:
		return missingParameter(visibilityTimeout)
	case *v.VisibilityTimeout < 0 || *v.VisibilityTimeout > maxVisibility:
		return invalidVisibility(*v.VisibilityTimeout)
	}
	m, _, f := q.find(v.ReceiptHandle)
	if f != nil {
		return f
	}
	if m == nil {
		return invalidValue(v.ReceiptHandle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")
	}
	now, timeout := c.clock.Now(), time.Duration(*v.VisibilityTimeout)*time.Second
	switch {
	case now.Sub(m.received).Truncate(time.Second)+timeout > maxVisibility*time.Second:
		return invalidValue(*v.VisibilityTimeout, visibilityTimeout, "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].")
	case timeout == 0:
		q.show(m)
	default:
		q.hide(m, now.Add(timeout))
	}
	return nil
}

type changeVisibilityBatchInput struct {
	queueURL
	Entries []struct {
		entryID
		visibility
	}
}

func (in *changeVisibilityBatchInput) do(c *call) (any, *fault) {
	defer c.lock()()
	q, f := c.queue(in.queueURL)
	if f != nil {
		return nil, f
	}
	if f := checkBatch(in.Entries, "ChangeMessageVisibilityBatchRequestEntry"); f != nil {
		return nil, f
	}
	var out batchOutput[entryID]
	for _, e := range in.Entries {
		if f := c.change(q, e.visibility); f != nil {
			out.fail(e.Id, f)
			continue
		}
		out.Successful = append(out.Successful, e.entryID)
	}
	return out, nil
}
