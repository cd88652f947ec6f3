package lesson11

import (
	"bytes"
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

var keys = check.Check{
	ID:          "keys",
	Requirement: "A photo is found whatever its name is: with spaces, plus signs, percent signs or umlauts",
	Why: "S3 writes keys form-encoded into events: a space is a plus sign, a plus sign %2B, ü %C3%BC. The key as it stands in the event is another object's, or nobody's, " +
		"for the names that people really give to their photos.",
	Next: "Take URLDecodedKey of record.S3.Object as it is: events.S3Event has decoded it. Key is still encoded; url.PathUnescape leaves a plus sign as it is, " +
		"and what is decoded twice is another key.",
	After: "thumbnail",
	Run: func(t *check.T) {
		a := open(t)
		for _, key := range []string{"photos/Käse.png", "photos/my cat.png", "photos/Brot+Käse.png", "photos/100% wool.png", "photos/2026/a%2Bb.png"} {
			a.put(key, "image/png", redPhoto())
			t.DrainNotifications()
			if asked := a.askedFor(key); asked != "" && asked != key && len(a.of(key)) == 0 {
				t.Fail(check.Finding{
					Got:  fmt.Sprintf("the function asked S3 for %s, which is not there", asked),
					Want: "a thumbnail of " + key, Evidence: t.EvidenceOf(key),
				})
			}
			a.one(key)
		}
	},
}

// askedFor is the key that the last invocation that was notified of a photo wanted to read; "" if it wanted none.
func (a *album) askedFor(key string) string {
	n, ok := a.last(key)
	if !ok {
		return ""
	}
	i := stack.NotifiedBy(n.Last())
	if i == nil {
		return ""
	}
	for _, c := range a.t.Function(function).Calls(i) {
		if c.Operation == "GetObject" || c.Operation == "HeadObject" {
			return c.Key
		}
	}
	return ""
}

var records = check.Check{
	ID:          "records",
	Requirement: "Every record of an event is processed",
	Why: "S3 sends one record in an event today, and promises nothing. Who has its events come through a queue, or sends them again by hand, " +
		"has several; those that nobody looks at are lost without an error.",
	Next:  "Loop over event.Records.",
	After: "keys",
	Run: func(t *check.T) {
		a := open(t)
		names := []string{"photos/kitten-1.png", "photos/kitten-2.png", "photos/kitten-3.png"}
		for _, key := range names {
			a.put(key, "image/png", redPhoto())
		}
		// Not by notifications: each of those has one record.
		reply := t.Function(function).Invoke(a.event("an event of S3 with three records", names...))
		reply.Answered()
		for _, key := range names {
			if len(a.of(key)) == 0 {
				reply.Fail(check.Finding{Got: fmt.Sprintf("no thumbnail of %s, of %d records", key, len(names)), Want: "a thumbnail for each record"})
			}
		}
	},
}

var again = check.Check{
	ID:          "again",
	Requirement: "An event that comes twice, or late, changes nothing",
	Why: "S3 delivers each event at least once, and in no order. Lambda tries again what has failed after it had its effect. " +
		"A thumbnail that gets a new name each time is there several times; one that is made of an old photo shows what was replaced.",
	Next: "Make the thumbnail's key of the photo's, and the thumbnail of the photo as it is now.",
	Run: func(t *check.T) {
		a := open(t)
		a.put(cat, "image/png", redPhoto())
		t.DrainNotifications()
		first := a.one(cat)
		before, _ := first.bucket.Object(first.Key)
		n, _ := a.last(cat)
		i := stack.NotifiedBy(n.Last())
		f := t.Function(function)
		reply := f.Invoke(check.Event{Words: "the event of " + cat + " once more", JSON: i.Event})
		reply.Answered()
		if found := a.of(cat); len(found) != 1 {
			reply.Fail(check.Finding{Got: fmt.Sprintf("%d thumbnails of one photo", len(found)), Want: "still one thumbnail"})
		}
		if now, _ := first.bucket.Object(first.Key); !bytes.Equal(now.Content, before.Content) {
			reply.Fail(check.Finding{Got: "another thumbnail than before, at the same key", Want: "the same thumbnail"})
		}

		a.put(cat, "image/png", photo(width, 300, blue))
		t.DrainNotifications()
		reply = f.Invoke(check.Event{Words: "the event of the first " + cat + ", after the second had been stored and processed", JSON: i.Event})
		reply.Answered()
		if picture, _ := a.image(a.one(cat)); !has(picture, blue) {
			reply.Fail(check.Finding{Got: "a thumbnail that does not show the photo as it is now", Want: "a thumbnail of the second photo"})
		}
	},
}

var testEvent = check.Check{
	ID:          "test-event",
	Requirement: "An event without records, such as S3's test event, does nothing and is no failure",
	Why: "S3 sends s3:TestEvent when a notification is set up for a queue or a topic, and what reads it hands it on. " +
		"It has no Records: who takes the first of them panics, three times over, and sets off an alarm on the first day.",
	Next: "Loop over event.Records; there may be none.",
	Run: func(t *check.T) {
		f := t.Function(function)
		for _, e := range []check.Event{
			{Words: "S3's test event", JSON: []byte(`{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-28T08:00:00.000Z","Bucket":"photos","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE"}`)},
			{Words: "an event with an empty list of records", JSON: []byte(`{"Records":[]}`)},
		} {
			reply := f.Invoke(e)
			reply.Answered()
			if calls := reply.Calls(); len(calls) > 0 {
				reply.Fail(check.Finding{Got: "a call of S3 " + calls[0].Operation, Want: "no call: there is nothing to be done"})
			}
		}
	},
}
