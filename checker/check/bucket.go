package check

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// Bucket is a bucket under check.
type Bucket struct {
	t      *T
	bucket *stack.Bucket
}

// Bucket is a bucket of the template. A template without it fails the check.
func (t *T) Bucket(logicalID string) *Bucket {
	bucket, err := t.deployed().Bucket(logicalID)
	t.present(err)
	return &Bucket{t: t, bucket: bucket}
}

// Buckets are all buckets of the template, in its order.
func (t *T) Buckets() []*Bucket {
	var all []*Bucket
	for _, b := range t.deployed().Buckets() {
		all = append(all, &Bucket{t: t, bucket: b})
	}
	return all
}

// LogicalID is what the template calls the bucket.
func (b *Bucket) LogicalID() string { return b.bucket.LogicalID }

// Name is the physical name.
func (b *Bucket) Name() string { return b.bucket.Name }

// Put stores an object, as somebody else would have done. What the bucket notifies of it is delivered by
// [T.DrainNotifications].
func (b *Bucket) Put(key, contentType string, content []byte) {
	b.t.did = fmt.Sprintf("stored %s, %d bytes of %s, in %s%s", quote(key), len(content), contentType, b.bucket.LogicalID, b.t.conditions)
	if err := b.bucket.Put(b.t.ctx, key, contentType, content); err != nil {
		b.t.fault(err)
	}
}

// PutInParts stores an object in parts, as clients store what is large: its event is another one than Put's.
func (b *Bucket) PutInParts(key, contentType string, content []byte) {
	b.t.did = fmt.Sprintf("stored %s, %d bytes of %s, in parts in %s%s", quote(key), len(content), contentType, b.bucket.LogicalID, b.t.conditions)
	if err := b.bucket.PutInParts(b.t.ctx, key, contentType, content); err != nil {
		b.t.fault(err)
	}
}

// Delete removes an object, as Put stores one.
func (b *Bucket) Delete(key string) {
	b.t.did = fmt.Sprintf("removed %s from %s%s", quote(key), b.bucket.LogicalID, b.t.conditions)
	if err := b.bucket.Delete(b.t.ctx, key); err != nil {
		b.t.fault(err)
	}
}

// Object is an object of the bucket; ok is false if there is none.
func (b *Bucket) Object(key string) (o stack.Object, ok bool) {
	o, ok, err := b.bucket.Get(b.t.ctx, key)
	if err != nil {
		b.t.fault(err)
	}
	return o, ok
}

// Objects are all objects of the bucket, in the order of their keys, without their content.
func (b *Bucket) Objects() []stack.Object {
	objects, err := b.bucket.Objects(b.t.ctx)
	if err != nil {
		b.t.fault(err)
	}
	return objects
}

// Keys are those of all objects of the bucket, in order.
func (b *Bucket) Keys() []string {
	keys := []string{}
	for _, o := range b.Objects() {
		keys = append(keys, o.Key)
	}
	return keys
}

// DrainNotifications delivers what buckets have notified functions of, and what comes of it, until nothing is left:
// asynchronously, as Lambda does it, so what fails is tried again twice, without the minutes that AWS waits.
func (t *T) DrainNotifications() {
	for _, id := range t.deployed().Notified() {
		t.Function(id).giveUp()
	}
	err := t.deployed().DrainNotifications(t.ctx)
	for _, n := range t.Notifications() {
		for _, a := range n.Attempts {
			if i := stack.NotifiedBy(a); i != nil && !t.delivered[i] {
				t.delivered[i] = true
				t.Function(n.Function).note(i)
			}
		}
	}
	if err != nil {
		t.fault(err)
	}
}

// Notifications are what buckets have notified functions of so far, in the order in which it happened.
func (t *T) Notifications() []eventsource.Notification { return t.deployed().Notifications() }

// Advance moves the clock of S3 ahead: what was signed for a time expires.
func (t *T) Advance(d time.Duration) {
	t.deployed().Advance(d)
	t.altered = true
}

// refusedBucket is the finding if it is a bucket, or what it is to notify, that AWS refuses.
func refusedBucket(err error) (Finding, bool) {
	f := Finding{
		Did: "deployed the template", Want: "a template that can be deployed",
		Next: "AWS would refuse it in the same way: change what the message names.",
	}
	var bucket *stack.BucketError
	if errors.As(err, &bucket) {
		named := *bucket
		named.File = filepath.Base(named.File)
		f.Got = named.Error()
		f.Why = "A bucket's name is its address, the same for all accounts: it follows the rules of DNS, and there is each only once."
		return f, true
	}
	var refused *eventsource.RequestError
	if !errors.As(err, &refused) || slices.Contains([]string{"InvalidParameterValueException", "ValidationException"}, refused.Code) {
		return Finding{}, false // of another event source
	}
	named := *refused
	named.File = filepath.Base(named.File)
	f.Got = named.Error()
	f.Why = "S3 looks at all that a bucket notifies when the stack is made, and refuses what is not clear."
	if refused.Code == "ValidationError" {
		f.Why = "A bucket can be told to notify a function only when the function is there. So nothing that the function needs to be made, " +
			"its variables and its policies, can refer to the bucket in turn."
		f.Next = "Give the bucket a BucketName that is put together from pseudo parameters, such as !Sub photos-${AWS::AccountId}-${AWS::Region}, and write " +
			"the same text where the function refers to it. The bucket's name of an upload is in the event."
	}
	return f, true
}
