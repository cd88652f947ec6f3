package eventsource_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sam"
)

// TestBucketConformance shows every fact about what S3 notifies. No backend is involved.
func TestBucketConformance(t *testing.T) {
	t.Parallel()
	var rows []conformance.Row
	for _, f := range bucketFacts {
		rows = append(rows, conformance.Row{ID: "s3-" + f.ID, Certainty: f.Certainty, Fact: f.Fact, Test: f.Test, Skip: f.Skip})
	}
	conformance.Run(t, rows)
}

var bucketFacts = []conformance.Row{
	{ID: "record-fields", Certainty: conformance.Documented, Fact: "A record has these fields, with the names in this case; eventName is without s3:.", Test: s3RecordFields},
	{ID: "record-decodes", Certainty: conformance.Source, Fact: "aws-lambda-go's S3Event has every field of a record.", Test: s3RecordDecodes},
	{ID: "record-one-each", Certainty: conformance.Reported, Fact: "Each event has one record.", Test: s3OneEach},
	{ID: "key-form-encoded", Certainty: conformance.Documented, Fact: "A key is form-encoded: a space is +, + is %2B, and slashes stay.", Test: s3KeyEncoded},
	{ID: "removed-no-size", Certainty: conformance.Documented, Fact: "The object of an ObjectRemoved event has a key and a sequencer, and neither size nor eTag.", Test: s3Removed},
	{ID: "sequencer-grows", Certainty: conformance.Documented, Fact: "A later change of a key has a larger sequencer, a hexadecimal number.", Test: s3Sequencer},
	{ID: "event-types", Certainty: conformance.Documented, Fact: "s3:ObjectCreated:* stands for all that create; a single type for itself.", Test: s3EventTypes},
	{ID: "filter-prefix-suffix", Certainty: conformance.Documented, Fact: "Of a filter both prefix and suffix must fit.", Test: s3Filter},
	{ID: "filter-encoded", Certainty: conformance.Documented, Fact: "A space in a filter is a plus sign, and other special characters are percent-encoded.", Test: s3FilterEncoded},
	{ID: "unknown-event-type", Certainty: conformance.Documented, Fact: "An event type that does not exist is refused.", Test: s3UnknownType},
	{ID: "overlap-refused", Certainty: conformance.Documented, Fact: "Two notifications of a bucket whose event types, prefixes and suffixes overlap are refused.", Test: s3Overlap},
	{ID: "circular-dependency", Certainty: conformance.Reported, Fact: "A function whose variables or policies refer to the bucket that notifies it cannot be deployed.", Test: s3Circular},
	{ID: "async-attempts", Certainty: conformance.Documented, Fact: "A function that fails is invoked three times, after 1 and after 2 more minutes, then the event is lost.", Test: s3Attempts},
	{ID: "async-same-request-id", Certainty: conformance.Recorded, Fact: "All attempts have the same request id.", Test: s3SameRequest},
	{ID: "async-result-ignored", Certainty: conformance.Documented, Fact: "Whatever a function returns, no error is success.", Test: s3ResultIgnored},
	{ID: "async-throttled", Certainty: conformance.Documented, Fact: "A throttled invocation is tried again.", Test: s3Throttled},
	{ID: "duplicates", Certainty: conformance.Documented, Fact: "An event may come twice.", Test: s3Duplicates},
	{ID: "order-not-kept", Certainty: conformance.Documented, Fact: "Events may come in another order than the changes.", Test: s3Order},
	{ID: "recursion-stopped", Certainty: conformance.Documented, Fact: "After about 16 invocations in a chain Lambda stops the next.", Test: s3Recursion},
	{ID: "no-test-event", Certainty: conformance.Documented, Fact: "Setting up a notification of a function invokes nothing: s3:TestEvent is for queues and topics.", Test: s3NoTestEvent},
	{ID: "versions", Certainty: conformance.Documented, Fact: "In a bucket with versions, events have a versionId, and removal makes a delete marker.", Skip: "VersioningConfiguration is refused by name"},
	{ID: "on-failure", Certainty: conformance.Documented, Fact: "An event that was given up goes to the function's destination or dead-letter queue.", Skip: "EventInvokeConfig is refused by name, and a DeadLetterQueue gets nothing of events"},
	{ID: "throttled-six-hours", Certainty: conformance.Documented, Fact: "Throttled events are retried for up to 6 hours.", Skip: "three attempts are enough for a run to end"},
	{ID: "concurrent", Certainty: conformance.Documented, Fact: "Events are delivered side by side.", Skip: "one after the other, so that a run can be repeated; Reorder puts them into another order"},
}

// lambda is the invoked side of notifications.
type lambda struct {
	events   []string
	failed   []any
	requests int
	answers  func(event string) (eventsource.Invocation, error)
}

func (l *lambda) invoke(_ context.Context, _ string, event []byte, failed any) (eventsource.Invocation, error) {
	l.events, l.failed = append(l.events, string(event)), append(l.failed, failed)
	l.requests++
	i := eventsource.Invocation{RequestID: fmt.Sprintf("r%d", l.requests), TraceID: fmt.Sprintf("trace-%d", l.requests), Payload: []byte("null")}
	if before, ok := failed.(string); ok {
		i.RequestID = before
	}
	i.Details = i.RequestID
	if l.answers != nil {
		changed, err := l.answers(string(event))
		i.FunctionError, i.Outcome = changed.FunctionError, changed.Outcome
		if changed.Payload != nil {
			i.Payload = changed.Payload
		}
		return i, err
	}
	return i, nil
}

func (l *lambda) keys(t *testing.T) (all []string) {
	t.Helper()
	for _, event := range l.events {
		var e events.S3Event
		require.NoError(t, json.Unmarshal([]byte(event), &e))
		require.Len(t, e.Records, 1)
		all = append(all, e.Records[0].S3.Object.URLDecodedKey)
	}
	return all
}

const usualEvents = "s3:ObjectCreated:*"

// photos is a template with a bucket and functions that it notifies: each argument is the properties of an event.
func photos(t *testing.T, notified ...string) *sam.Template {
	t.Helper()
	text := "Transform: AWS::Serverless-2016-10-31\nResources:\n  Photos:\n    Type: AWS::S3::Bucket\n"
	for n, properties := range notified {
		text += fmt.Sprintf("  Fn%d:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: provided.al2023\n      Handler: bootstrap\n      CodeUri: a/\n"+
			"      Events:\n        Photo:\n          Type: S3\n          Properties: %s\n", n, properties)
	}
	template, err := sam.Parse("template.yaml", []byte(text))
	require.NoError(t, err)
	return template
}

func notify(t *testing.T, l *lambda, template *sam.Template, changes ...func(*eventsource.NotificationDeployment)) (*eventsource.Notifications, error) {
	t.Helper()
	d := eventsource.NotificationDeployment{
		BucketName: func(id string) string { return "shop-" + strings.ToLower(id) }, Region: region, Invoke: l.invoke, Seed: 1,
	}
	for _, change := range changes {
		change(&d)
	}
	return eventsource.NewNotifications(template, d)
}

func notifying(t *testing.T, l *lambda, template *sam.Template, changes ...func(*eventsource.NotificationDeployment)) *eventsource.Notifications {
	t.Helper()
	n, err := notify(t, l, template, changes...)
	require.NoError(t, err)
	return n
}

func created(keys ...string) (all []eventsource.ObjectChange) {
	for _, key := range keys {
		all = append(all, eventsource.ObjectChange{
			Event: "ObjectCreated:Put", Bucket: "shop-photos", Key: key, Size: 3, ETag: "900150983cd24fb0d6963f7d28e17f72", At: time.Unix(1_790_000_000, 5_000_000), SourceIP: "127.0.0.1",
		})
	}
	return all
}

// deliver has changes notified, and everything delivered.
func deliver(t *testing.T, n *eventsource.Notifications, changes []eventsource.ObjectChange) {
	t.Helper()
	for _, c := range changes {
		n.Changed(c)
	}
	require.NoError(t, n.Drain(t.Context(), patience))
}

// everyUpload is an event for all that is stored in the bucket.
const everyUpload = "{Bucket: !Ref Photos, Events: '" + usualEvents + "'}"

func s3RecordFields(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, everyUpload)), created("cat.png"))
	require.Len(t, l.events, 1)
	var e map[string][]map[string]any
	require.NoError(t, json.Unmarshal([]byte(l.events[0]), &e))
	got := e["Records"][0]
	object := got["s3"].(map[string]any)["object"].(map[string]any)
	assert.Regexp(t, `^[0-9A-F]{18}$`, object["sequencer"])
	delete(object, "sequencer")
	assert.Equal(t, map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": region, "eventTime": "2026-09-21T14:13:20.005Z", "eventName": "ObjectCreated:Put",
		"userIdentity":      map[string]any{"principalId": "AWS:AROACKCEVSQ6C2EXAMPLE"},
		"requestParameters": map[string]any{"sourceIPAddress": "127.0.0.1"},
		"responseElements": map[string]any{
			"x-amz-request-id": "0000000000000001", "x-amz-id-2": "EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH",
		},
		"s3": map[string]any{
			"s3SchemaVersion": "1.0", "configurationId": "Fn0Photo",
			"bucket": map[string]any{"name": "shop-photos", "ownerIdentity": map[string]any{"principalId": "A3NL1KOZZKExample"}, "arn": "arn:aws:s3:::shop-photos"},
			"object": map[string]any{"key": "cat.png", "size": 3.0, "eTag": "900150983cd24fb0d6963f7d28e17f72"},
		},
	}, got)
}

func s3RecordDecodes(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, everyUpload)), created("a b.png"))
	decoder := json.NewDecoder(strings.NewReader(l.events[0]))
	decoder.DisallowUnknownFields()
	var e events.S3Event
	require.NoError(t, decoder.Decode(&e))
	assert.Equal(t, "a+b.png", e.Records[0].S3.Object.Key)
	assert.Equal(t, "a b.png", e.Records[0].S3.Object.URLDecodedKey)
	assert.Equal(t, int64(3), e.Records[0].S3.Object.Size)
}

func s3OneEach(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, everyUpload)), created("a", "b", "c"))
	assert.Equal(t, []string{"a", "b", "c"}, l.keys(t))
}

func s3KeyEncoded(t *testing.T) {
	keys := map[string]string{
		"a b.png": "a+b.png", "a+b.png": "a%2Bb.png", "ü.png": "%C3%BC.png", "100%.png": "100%25.png", "deep/er/x": "deep/er/x", "%41": "%2541",
		"a&b=c?d#e": "a%26b%3Dc%3Fd%23e", "a-b_c.d": "a-b_c.d",
	}
	for key, want := range keys {
		l := &lambda{}
		deliver(t, notifying(t, l, photos(t, everyUpload)), created(key))
		assert.Contains(t, l.events[0], `"object":{"key":"`+want+`",`)
		assert.Equal(t, []string{key}, l.keys(t))
	}
}

func s3Removed(t *testing.T) {
	l := &lambda{}
	n := notifying(t, l, photos(t, "{Bucket: !Ref Photos, Events: 's3:ObjectRemoved:*'}"))
	deliver(t, n, append(created("a"), eventsource.ObjectChange{Event: "ObjectRemoved:Delete", Bucket: "shop-photos", Key: "a", At: time.Now()}))
	require.Len(t, l.events, 1)
	assert.Regexp(t, `"eventName":"ObjectRemoved:Delete".*"object":\{"key":"a","sequencer":"[0-9A-F]{18}"\}`, l.events[0])
}

func s3Sequencer(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, everyUpload)), created("a", "a", "a"))
	var last string
	for _, event := range l.events {
		var e events.S3Event
		require.NoError(t, json.Unmarshal([]byte(event), &e))
		assert.Greater(t, e.Records[0].S3.Object.Sequencer, last)
		last = e.Records[0].S3.Object.Sequencer
	}
}

func s3EventTypes(t *testing.T) {
	for pattern, want := range map[string]int{"s3:ObjectCreated:*": 4, "s3:ObjectCreated:Put": 1, "s3:ObjectRemoved:*": 1, "s3:ObjectTagging:*": 0} {
		l := &lambda{}
		n := notifying(t, l, photos(t, "{Bucket: !Ref Photos, Events: '"+pattern+"'}"))
		changes := created("a", "a", "a", "a", "a")
		for i, event := range []string{"ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload", "ObjectRemoved:Delete"} {
			changes[i].Event = event
		}
		deliver(t, n, changes)
		assert.Len(t, l.events, want, pattern)
	}
}

func filter(name, value string) string { return fmt.Sprintf("{Name: %s, Value: '%s'}", name, value) }

func filtered(rules ...string) string {
	return "{Bucket: !Ref Photos, Events: '" + usualEvents + "', Filter: {S3Key: {Rules: [" + strings.Join(rules, ", ") + "]}}}"
}

func s3Filter(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, filtered(filter("prefix", "uploads/"), filter("suffix", ".png")))),
		append(created("uploads/a.png", "uploads/a.jpg", "small/a.png", "a.png", "uploads/b/c.png"), eventsource.ObjectChange{
			Event: "ObjectCreated:Put", Bucket: "shop-others", Key: "uploads/a.png"}))
	assert.Equal(t, []string{"uploads/a.png", "uploads/b/c.png"}, l.keys(t))
}

func s3FilterEncoded(t *testing.T) {
	l := &lambda{}
	deliver(t, notifying(t, l, photos(t, filtered(filter("prefix", "my+photos/")))), created("my photos/a", "my+photos/a"))
	assert.Equal(t, []string{"my photos/a"}, l.keys(t))
	l = &lambda{}
	deliver(t, notifying(t, l, photos(t, filtered(filter("prefix", "my photos/")))), created("my photos/a"))
	assert.Empty(t, l.events)
}

func s3Refusal(t *testing.T, template *sam.Template) *eventsource.RequestError {
	t.Helper()
	_, err := notify(t, &lambda{}, template)
	var refused *eventsource.RequestError
	require.ErrorAs(t, err, &refused)
	return refused
}

func s3UnknownType(t *testing.T) {
	refused := s3Refusal(t, photos(t, "{Bucket: !Ref Photos, Events: 's3:ObjectCreate:*'}"))
	assert.Equal(t, "InvalidArgument: The event 's3:ObjectCreate:*' is not supported for notifications", refused.Code+": "+refused.Message)
}

func s3Overlap(t *testing.T) {
	for _, pair := range [][2]string{
		{everyUpload, everyUpload},
		{everyUpload, "{Bucket: !Ref Photos, Events: 's3:ObjectCreated:Put'}"},
		{filtered(filter("prefix", "a/")), filtered(filter("prefix", "a/b/"), filter("suffix", ".png"))},
	} {
		refused := s3Refusal(t, photos(t, pair[0], pair[1]))
		assert.Equal(t, "InvalidArgument", refused.Code)
		assert.Equal(t, "Fn1", refused.Function)
	}
	for _, pair := range [][2]string{
		{everyUpload, "{Bucket: !Ref Photos, Events: 's3:ObjectRemoved:*'}"},
		{filtered(filter("prefix", "a/")), filtered(filter("prefix", "b/"))},
		{filtered(filter("suffix", ".jpg")), filtered(filter("suffix", ".png"))},
	} {
		notifying(t, &lambda{}, photos(t, pair[0], pair[1]))
	}
}

func s3Circular(t *testing.T) {
	for name, more := range map[string]string{
		"the variable BUCKET":         "      Environment: {Variables: {BUCKET: !Ref Photos}}\n",
		"the policy S3ReadPolicy":     "      Policies: [S3ReadPolicy: {BucketName: !Ref Photos}]\n",
		"a statement of its policies": "      Policies: [{Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Photos.Arn}/*'}]}]\n",
	} {
		text := "Transform: AWS::Serverless-2016-10-31\nResources:\n  Photos:\n    Type: AWS::S3::Bucket\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n" +
			"      Runtime: provided.al2023\n      Handler: bootstrap\n      CodeUri: a/\n" + more +
			"      Events:\n        Photo:\n          Type: S3\n          Properties: " + everyUpload + "\n"
		template, err := sam.Parse("template.yaml", []byte(text))
		require.NoError(t, err)
		refused := s3Refusal(t, template)
		assert.Equal(t, "ValidationError", refused.Code)
		assert.Contains(t, refused.Message, "Circular dependency between resources: [Photos, Fn, FnRole, FnPhotoPermission]: "+name+" refers to Photos")
	}
}
