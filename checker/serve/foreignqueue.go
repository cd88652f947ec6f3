package serve

import (
	"slices"

	"example.com/serverless-patterns/checker/sam"
)

// mappingLimits are properties of events of queues, and what it means that they are not looked at.
var mappingLimits = map[string]string{
	"FilterCriteria":          "the function gets every message",
	"ProvisionedPollerConfig": "batches come one after the other",
	"ScalingConfig":           "batches come one after the other",
}

// queues takes out what the queues of another template have that is not emulated.
func (a *adapter) queues() {
	all := a.Queues
	a.Queues = nil
	for _, q := range all {
		if q.FifoQueue {
			a.note(q.Line, "%s is a FIFO queue, which is not here", q.LogicalID)
			continue
		}
		own := *q
		own.Connectors = nil
		a.Queues = append(a.Queues, &own)
	}
	for _, q := range a.Queues {
		if q.RedrivePolicy != nil && !a.has(q.RedrivePolicy.DeadLetterTargetArn) {
			a.note(q.RedrivePolicy.DeadLetterTargetArn.Line(), "%s has no dead-letter queue here: its own is %s", q.LogicalID, q.RedrivePolicy.DeadLetterTargetArn)
			q.RedrivePolicy = nil
		}
	}
}

// unfit says why messages cannot come by an event, or "".
func (a *adapter) unfit(e sam.Event) string {
	if source, ok := e.Source.(*sam.SQSEvent); ok && !a.has(source.Queue) {
		return "its queue, " + source.Queue.String() + ", is not here"
	}
	return ""
}

// has tells whether an ARN is that of a queue of the template.
func (a *adapter) has(arn sam.Value) bool {
	references := arn.References()
	return len(references) == 1 && slices.ContainsFunc(a.Queues, func(q *sam.Queue) bool { return q.LogicalID == references[0].LogicalID })
}
