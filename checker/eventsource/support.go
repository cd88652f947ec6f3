package eventsource

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/serverless-patterns/checker/sam"
)

// RequestError is why AWS would not make a mapping, a notification or a schedule of an event: a fault of the template.
type RequestError struct {
	File     string
	Line     int
	Function string // logical id
	Event    string
	Code     string // of the service
	Message  string // as far as AWS's is known
}

func (e *RequestError) Error() string {
	return fmt.Sprintf("%s:%d: the event %s of %s: %s: %s", e.File, e.Line, e.Event, e.Function, e.Code, e.Message)
}

// refused is what AWS says when a mapping is made that cannot be.
func refused(t *sam.Template, f *sam.Function, e sam.Event, q *sam.Queue) error {
	refuse := func(message string) error {
		return &RequestError{t.File, e.Line, f.LogicalID, e.Name, "InvalidParameterValueException", message}
	}
	source := e.Source.(*sam.SQSEvent)
	switch {
	case source.BatchSize > maxReceive && source.MaximumBatchingWindow == 0:
		return refuse("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
	case q.VisibilityTimeout < f.Timeout:
		return refuse(fmt.Sprintf("Queue visibility timeout: %.0f seconds is less than Function timeout: %.0f seconds",
			q.VisibilityTimeout.Seconds(), f.Timeout.Seconds()))
	}
	return nil
}

// unsupported are the properties of an event that change what is delivered, and that are not there.
var unsupported = []struct{ name, what string }{
	{"FilterCriteria", "so messages would be delivered that AWS deletes"},
	{"ProvisionedPollerConfig", "and batches are delivered one after the other anyway: leave it out here"},
}

// unsupportedOfBuckets are the same for buckets.
var unsupportedOfBuckets = []struct{ name, what string }{
	{"NotificationConfiguration", "and SAM makes one of the events of functions: give the function an event of type S3"},
	{"VersioningConfiguration", "so objects would be overwritten and removed that AWS keeps"},
}

// Unsupported names what the queues, the buckets and their events in a template have that is not emulated here, and that
// functions would notice.
func Unsupported(t *sam.Template) error {
	var all []error
	for _, q := range t.Queues {
		if q.FifoQueue {
			all = append(all, fmt.Errorf("%s:%d: %s is a FIFO queue, which the local event source mapping does not support yet",
				t.File, q.Line, q.LogicalID))
		}
	}
	for _, b := range t.Buckets {
		for _, u := range unsupportedOfBuckets {
			if n := b.Untyped[u.name]; n != nil {
				all = append(all, fmt.Errorf("%s:%d: %s of %s is not supported by the local stack yet, %s", t.File, lineOf(n), u.name, b.LogicalID, u.what))
			}
		}
	}
	for _, f := range t.Functions {
		for _, e := range f.Events {
			if n := f.Untyped["EventInvokeConfig"]; n != nil && asynchronous(e.Source) {
				all = append(all, fmt.Errorf("%s:%d: EventInvokeConfig of %s is not supported with events of S3 and schedules yet, so an event would be tried again "+
					"as often as is usual", t.File, lineOf(n), f.LogicalID))
			}
			if _, ok := e.Source.(*sam.SQSEvent); !ok {
				continue
			}
			for _, u := range unsupported {
				if n := e.Untyped[u.name]; n != nil {
					all = append(all, fmt.Errorf("%s:%d: %s of the event %s.%s is not supported by the local event source mapping yet, %s",
						t.File, lineOf(n), u.name, f.LogicalID, e.Name, u.what))
				}
			}
		}
	}
	return errors.Join(all...)
}

// asynchronous tells whether Lambda is asked to invoke the function without anybody waiting.
func asynchronous(source sam.EventSource) bool {
	switch source.(type) {
	case *sam.S3Event, *sam.ScheduleEvent:
		return true
	}
	return false
}

// lineOf is the line of a property: that of its name, when its value is a block below it.
func lineOf(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 {
		return n.Line - 1
	}
	return n.Line
}

// plural writes a number of things: 1 message, 2 messages.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(thing, "s"))
}
