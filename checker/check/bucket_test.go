package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// buckets is the lesson with buckets.
var buckets = newFixture("92-bucket", "copy/")

func TestAFunctionIsToldOfUploads(t *testing.T) {
	t.Parallel()
	passes(t, buckets.on(t, Check{}), func(c *T) {
		c.Bucket("UploadsBucket").Put("ü b+c%.txt", "text/plain", []byte("hello"))
		c.Bucket("UploadsBucket").Put("plain", "text/plain", []byte("you"))
		c.Bucket("UploadsBucket").Delete("plain-nothing")
		c.DrainNotifications()
		c.Equal([]string{"plain-copy", "ü b+c%.txt-copy"}, c.Bucket("CopiesBucket").Keys())
		o, ok := c.Bucket("CopiesBucket").Object("ü b+c%.txt-copy")
		require.True(t, ok)
		assert.Equal(t, "hello", string(o.Content))
		assert.Equal(t, "text/plain", o.ContentType)
		got := c.Notifications()
		require.Len(t, got, 3)
		assert.Equal(t, []string{
			"hop 1: ObjectCreated:Put of ü b+c%.txt in UploadsBucket → CopyFunction: done",
			"hop 1: ObjectCreated:Put of plain in UploadsBucket → CopyFunction: done",
			"hop 1: ObjectRemoved:Delete of plain-nothing in UploadsBucket → CopyFunction: done",
		}, c.NotificationEvidence()[:3])
		assert.Equal(t, []string{"hop 1: ObjectCreated:Put of plain in UploadsBucket → CopyFunction: done", "log:  got ObjectCreated:Put plain"},
			slices.DeleteFunc(c.EvidenceOf("plain"), func(line string) bool { return strings.HasPrefix(line, "call:") }))
		i := stack.NotifiedBy(got[0].Last())
		require.NotNil(t, i)
		assert.Equal(t, []string{"got ObjectCreated:Put ü b+c%.txt"}, i.Log, "the client warns of nothing")
	})
}

func TestALoopIsDrawnHopByHop(t *testing.T) {
	t.Parallel()
	passes(t, buckets.on(t, Check{}), func(c *T) {
		c.Bucket("UploadsBucket").Put("loop", "text/plain", []byte("hello"))
		c.DrainNotifications()
		got := c.Notifications()
		require.Len(t, got, 17)
		evidence := c.NotificationEvidence()
		assert.Equal(t, []string{
			"hop 1: ObjectCreated:Put of loop in UploadsBucket → CopyFunction: done",
			"hop 2:   ObjectCreated:Put of loop-copy in UploadsBucket → CopyFunction: done",
			"hop 3:     ObjectCreated:Put of loop-copy-copy in UploadsBucket → CopyFunction: done",
			"hop 4:       ObjectCreated:Put of loop-copy-copy-copy in UploadsBucket → CopyFunction: done",
			"hop:    … 12 more …",
		}, evidence[:5])
		assert.Contains(t, evidence[5], "hop 17:           ObjectCreated:Put of loop-copy")
		assert.Contains(t, evidence[5], "not delivered: Lambda's recursive loop detection stops a chain after about 16 invocations")
	})
}

func TestAFailureIsTriedAgainUnderTheSameRequestID(t *testing.T) {
	t.Parallel()
	passes(t, buckets.on(t, Check{}), func(c *T) {
		c.Bucket("UploadsBucket").Put("fail", "text/plain", []byte("hello"))
		c.DrainNotifications()
		got := c.Notifications()
		require.Len(t, got, 1)
		require.Len(t, got[0].Attempts, 3)
		assert.Equal(t, eventsource.Lost, got[0].Last().Then)
		assert.Equal(t, stack.NotifiedBy(got[0].Attempts[0]).RequestID, stack.NotifiedBy(got[0].Attempts[2]).RequestID)
		evidence := strings.Join(c.NotificationEvidence(), "\n")
		assert.Contains(t, evidence, "CopyFunction: failed, and is lost after 3 attempts: the function returned an error")
		assert.Contains(t, evidence, "log:  got ObjectCreated:Put fail")
	})
}

func TestBucketsThatAWSRefusesAreTheTemplatesFault(t *testing.T) {
	t.Parallel()
	f := fails(t, buckets.on(t, Check{}, "COPIES_BUCKET: !Ref CopiesBucket", "COPIES_BUCKET: !Ref UploadsBucket"), func(c *T) { c.Bucket("UploadsBucket") })
	assert.Contains(t, f.Got, "ValidationError: Circular dependency between resources: [UploadsBucket, CopyFunction, CopyFunctionRole, CopyFunctionUploadPermission]")
	assert.Contains(t, f.Next, "BucketName")
	f = fails(t, buckets.on(t, Check{}, "s3:ObjectRemoved:*", "s3:ObjectGone:*"), func(c *T) { c.Bucket("UploadsBucket") })
	assert.Contains(t, f.Got, "InvalidArgument: The event 's3:ObjectGone:*' is not supported for notifications")
	f = fails(t, buckets.on(t, Check{}, "      BucketName: !Sub", "      BucketName: !Sub MY-"), func(c *T) { c.Bucket("UploadsBucket") })
	assert.Contains(t, f.Got, "InvalidBucketName")
	f = fails(t, buckets.on(t, Check{}), func(c *T) { c.Bucket("Nowhere") })
	assert.Contains(t, f.Got, "no AWS::S3::Bucket called Nowhere")
}

// On AWS the SDK sends such a body: the learner is not to blame.
func TestABodyThatCannotBeReadTwiceIsNoFaultOfTheFunction(t *testing.T) {
	t.Parallel()
	c := buckets.on(t, Check{})
	result := ending(c, func(c *T) {
		c.Bucket("UploadsBucket").Put("buffer", "text/plain", []byte("hello"))
		c.DrainNotifications()
	})
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "a Body that cannot be read twice")
	assert.Contains(t, result.Error, "bytes.NewReader")
}

func TestNobodyWaitsForAnAsynchronousAnswer(t *testing.T) {
	t.Parallel()
	c := buckets.on(t, Check{})
	result := ending(c, func(c *T) {
		c.Function("CopyFunction").Invoke(Event{JSON: []byte(`{"Records":[{"s3":{"object":{"key":"fail"}}}]}`)}).Answered()
	})
	require.NotNil(t, result.Finding, result.Error)
	assert.Equal(t, `the function returned an error: errorString "out of tea"`, result.Finding.Got)
	assert.Equal(t, "What ends with an error is tried again: Lambda sends the event again, after one minute and after two more, and then drops it.", result.Finding.Why)
}
