package sam

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Event is one of a function's Events: what invokes it.
type Event struct {
	Name   string
	Type   string // as written: "HttpApi", "Api", "SQS", "S3", "Schedule" or "ScheduleV2"
	Line   int
	Source EventSource // nil for another Type, which only a lenient reading takes

	// Untyped has the properties that SAM knows and that no field of the Source stands for, such as
	// FilterCriteria.
	Untyped map[string]*yaml.Node
}

// EventSource is one of [*HTTPAPIEvent], [*RestAPIEvent], [*SQSEvent], [*S3Event] and [*ScheduleEvent].
type EventSource interface{ eventSource() }

// HTTPAPIEvent is a route of an HTTP API.
type HTTPAPIEvent struct {
	API                  string        // logical id; "ServerlessHttpApi" if the event names none
	Method               string        // in capitals; "ANY" for every method
	Path                 string        // such as "/items/{id}"; "$default" for what no other route takes
	PayloadFormatVersion string        // "2.0" or "1.0"
	Timeout              time.Duration // of the integration; 30 s if not given
}

// RestAPIEvent is a method of a REST API.
type RestAPIEvent struct {
	API     string        // logical id; "ServerlessRestApi" if the event names none
	Method  string        // in capitals; "ANY" for every method
	Path    string        // such as "/items/{id}"
	Timeout time.Duration // of the integration; 29 s if not given
}

// SQSEvent is an event source mapping from a queue.
type SQSEvent struct {
	Queue                 Value         // the queue's ARN
	BatchSize             int           // messages
	MaximumBatchingWindow time.Duration // whole seconds
	FunctionResponseTypes []string      // empty, or "ReportBatchItemFailures"
	Enabled               bool
}

// S3Event is a notification of a bucket.
type S3Event struct {
	Bucket         string   // logical id of a bucket in the same template
	Events         []string // such as "s3:ObjectCreated:*"
	Prefix, Suffix string   // of the keys; "" for any
}

// ScheduleEvent is a schedule of EventBridge, by a rule (Schedule) or the scheduler (ScheduleV2).
type ScheduleEvent struct {
	Expression string // such as "rate(5 minutes)"
	Timezone   string // that the scheduler evaluates it in, such as "Europe/Berlin"; "" is UTC, which rules are always in
	Input      Value  // the event, as JSON; zero if AWS is to make one
	Enabled    bool
}

func (*HTTPAPIEvent) eventSource()  {}
func (*RestAPIEvent) eventSource()  {}
func (*SQSEvent) eventSource()      {}
func (*S3Event) eventSource()       {}
func (*ScheduleEvent) eventSource() {}

// What SAM and Lambda limit.
const (
	defaultBatch, maxBatch  = 10, 10_000
	maxBatchingWindow       = 300 // seconds
	minConcurrency          = 2
	maxConcurrency          = 1_000
	maxHTTPAPITimeout       = 30_000 // ms
	defaultRestAPITimeout   = 29_000 // ms
	maxRestAPITimeout       = 300_000
	minIntegrationTimeout   = 50
	reportBatchItemFailures = "ReportBatchItemFailures"
)

var (
	eventTypes = []string{"Api", "HttpApi", "S3", "SQS", "Schedule", "ScheduleV2"}

	// otherEventTypes are known to SAM and not supported here.
	otherEventTypes = []string{
		"AlexaSkill", "CloudWatchEvent", "CloudWatchLogs", "Cognito", "DocumentDB", "DynamoDB",
		"EventBridgeRule", "IoTRule", "Kinesis", "MQ", "MSK", "SNS", "SelfManagedKafka",
	}
)

func (d *decoder) events(function string, o *object) []Event {
	if n := o.get("Events"); n == nil || isNull(n) {
		return nil // SAM takes Events: with nothing below it
	}
	section := o.object("Events")
	if section == nil {
		return nil
	}
	var events []Event
	for _, name := range section.keys {
		d.generated[function+name] = "generated"
		d.generated[function+name+"Permission"] = "AWS::Lambda::Permission"
		inner := section.object(name)
		if inner == nil {
			continue
		}
		e := Event{Name: name, Line: section.key(name).Line, Type: inner.text("Type")}
		inner.require("Type")
		if inner.has("Type") {
			d.eventSource(&e, inner)
		}
		inner.skip("Properties")
		inner.done("attribute of an event")
		events = append(events, e)
	}
	return events
}

func (d *decoder) eventSource(e *Event, inner *object) {
	properties := inner.get("Properties")
	if properties == nil || isNull(properties) {
		properties = d.node(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: inner.node.Line, Column: inner.node.Column}, d.paths[inner.node]+".Properties")
	}
	o := d.object(properties)
	switch e.Type {
	case "HttpApi":
		e.Source = d.httpAPIEvent(e, o)
	case "Api":
		e.Source = d.restAPIEvent(e, o)
	case "SQS":
		e.Source = d.sqsEvent(e, o)
	case "S3":
		e.Source = d.s3Event(o)
	case "Schedule":
		e.Source = d.scheduleEvent("Schedule", o)
		e.Untyped = o.untyped("DeadLetterConfig", "Description", "Name", "RetryPolicy", "RuleName")
	case "ScheduleV2":
		e.Source = d.scheduleEvent("ScheduleExpression", o)
		e.Untyped = o.untyped("DeadLetterConfig", "Description", "EndDate", "FlexibleTimeWindow", "GroupName",
			"KmsKeyArn", "Name", "OmitName", "PermissionsBoundary", "RetryPolicy", "RoleArn", "StartDate")
	default:
		d.unknownEvent(inner.get("Type"), e.Type)
		return
	}
	o.done("property of an event of type " + e.Type)
	// An indent too few is a mistake of its own: what belongs to the event stands beside its Properties.
	for _, name := range inner.keys {
		if name != "Type" && name != "Properties" && slices.Contains(o.known, name) {
			d.problem(inner.key(name), "%s belongs to the event's Properties; indent it below them", name)
			inner.skip(name)
		}
	}
}

func (d *decoder) unknownEvent(n *yaml.Node, name string) {
	suggestion := didYouMean(name, eventTypes)
	switch options := strings.Join(eventTypes, ", "); {
	case slices.Contains(otherEventTypes, name):
		if d.lenient {
			return // the event has no Source, which says it
		}
		d.limit(n, "AWS has events of type %s, and the checker has not; use one of %s here", name, options)
	case suggestion != "":
		d.problem(n, "%q is not a type of event%s", name, suggestion)
	default:
		d.problem(n, "%q is not a type of event that is known here; use one of %s", name, options)
	}
}

func (d *decoder) sqsEvent(e *Event, o *object) *SQSEvent {
	s := &SQSEvent{
		Queue:                 o.value("Queue"),
		BatchSize:             o.integer("BatchSize", defaultBatch, 1, maxBatch, "messages"),
		MaximumBatchingWindow: o.seconds("MaximumBatchingWindowInSeconds", 0, 0, maxBatchingWindow),
		FunctionResponseTypes: o.texts("FunctionResponseTypes"),
		Enabled:               o.booleanOr("Enabled", true),
	}
	if n := o.get("FunctionResponseTypes"); n != nil && n.Kind == yaml.ScalarNode {
		d.problem(n, "is %s; it must be a list: write - %s on a line of its own", describe(n), reportBatchItemFailures)
		s.FunctionResponseTypes = nil
	}
	for _, name := range s.FunctionResponseTypes {
		if name != reportBatchItemFailures {
			d.problem(o.get("FunctionResponseTypes"), "%q is not a response type; the only one is %s", name, reportBatchItemFailures)
		}
	}
	d.scaling(o)
	e.Untyped = o.untyped("FilterCriteria", "KmsKeyArn", "MetricsConfig", "ProvisionedPollerConfig", "ScalingConfig")
	o.require("Queue")
	return s
}

// scaling looks whether Lambda takes a limit of concurrency. What is delivered one batch after the other is within any.
func (d *decoder) scaling(o *object) {
	if d.lenient {
		return
	}
	if scaling := o.object("ScalingConfig"); scaling != nil {
		scaling.integer("MaximumConcurrency", 0, minConcurrency, maxConcurrency, "")
		scaling.done("property of ScalingConfig")
	}
}

func (d *decoder) s3Event(o *object) *S3Event {
	s := &S3Event{Bucket: d.logicalID(o, "Bucket", "AWS::S3::Bucket"), Events: o.texts("Events")}
	if filter := o.object("Filter"); filter != nil {
		if key := filter.object("S3Key"); key != nil {
			for _, item := range key.list("Rules") {
				rule := d.object(item)
				value := rule.text("Value")
				if strings.EqualFold(rule.oneOf("Name", "", "prefix", "suffix", "Prefix", "Suffix"), "prefix") {
					s.Prefix = value
				} else {
					s.Suffix = value
				}
				rule.require("Name", "Value")
				rule.done("property of a rule")
			}
			key.done("property of S3Key")
		}
		filter.done("property of Filter")
	}
	o.require("Bucket", "Events")
	return s
}

func (d *decoder) scheduleEvent(expression string, o *object) *ScheduleEvent {
	s := &ScheduleEvent{Expression: o.text(expression), Input: o.value("Input")}
	s.Enabled = o.oneOf("State", "ENABLED", "ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS") != "DISABLED"
	if expression == "Schedule" { // the scheduler has no Enabled
		s.Enabled = o.booleanOr("Enabled", true) && s.Enabled
		if n := o.get("ScheduleExpressionTimezone"); n != nil {
			d.problem(n, "is for events of type ScheduleV2: a rule, which type Schedule makes, is in UTC")
		}
	} else {
		s.Timezone = o.text("ScheduleExpressionTimezone")
	}
	if n := o.get(expression); n != nil && s.Expression != "" && !strings.HasSuffix(s.Expression, ")") {
		d.problem(n, "is %q; it must be a schedule such as rate(5 minutes) or cron(0 12 * * ? *)", s.Expression)
	}
	o.require(expression)
	return s
}
