package lesson08

import (
	"bytes"
	"fmt"
	"image/png"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/wire"
)

var failure = check.Check{
	ID:          "failure",
	Requirement: "When S3 fails, or what it sends is cut off in the middle, the invocation fails, so that Lambda tries again",
	Why: "Lambda retries what ends with an error, and what ends without one is done for it. A function that only logs that S3 did not answer has " +
		"lost the upload: nobody will ever send the event again.",
	Next: "Return the errors of GetObject and of PutObject from the handler.",
	Run: func(t *check.T) {
		s := newScan(30, 20)
		for _, operation := range []string{"GetObject", "PutObject"} {
			heal := t.Inject(operation, wire.Deny())
			key := t.ID("kettle") + ".ppm"
			t.Bucket(uploads).Put(key, "image/x-portable-pixmap", s.content)
			t.DrainNotifications()
			heal()
			if isDone(t, key) {
				t.Fail(check.Finding{
					Did:      fmt.Sprintf("stored %s in %s, while %s is denied", s, uploads, operation),
					Got:      "an invocation that ends without an error, and no thumbnail",
					Want:     "an error, which has Lambda try again",
					Evidence: t.EvidenceOf(key),
				})
			}
		}
		cutOff(t, s)
	},
}

// isDone tells whether nobody will send the event of an object again.
func isDone(t *check.T, key string) bool {
	all := t.Notifications()
	return len(all) > 0 && all[len(all)-1].Key == key && all[len(all)-1].Last().Then == eventsource.Deleted
}

// cutOff requires that a scan has its thumbnail whose body did not come whole the first time. A function that asks for the
// rest itself is as right as one that fails.
func cutOff(t *check.T, s scan) {
	heal := t.Inject("GetObject", wire.CutShort(len(s.content)/2))
	defer heal()
	key := t.ID("kettle") + ".ppm"
	t.Bucket(uploads).Put(key, "image/x-portable-pixmap", s.content)
	t.DrainNotifications()
	if !isDone(t, key) {
		return
	}
	finding := check.Finding{
		Did: fmt.Sprintf("stored %s in %s, and had the connection end in the middle of its pixels the first time that they were read", s, uploads),
		Got: "no thumbnail, and an invocation that ends without an error: nobody will read the scan again", Want: "an error, which has Lambda try again",
		Why: "A connection that ends early is no fault of the scan: S3 has all of it, and the next attempt would have read it. The body's error is then " +
			"io.ErrUnexpectedEOF, which io.ReadFull also returns for a scan that is too short.",
		Next: "Compare ContentLength with the pixels that the header announces before you read them: that finds what is only a part. Every error of " +
			"reading the body is then S3's: return it.",
		Evidence: t.EvidenceOf(key),
	}
	object, ok := t.Bucket(thumbnails).Object(key)
	if !ok {
		t.Fail(finding)
	}
	got, err := png.Decode(bytes.NewReader(object.Content))
	if err == nil && got.Bounds().Size() == s.thumbnail().Rect.Size() {
		if _, _, differs := difference(got, s.thumbnail()); !differs {
			return
		}
	}
	finding.Got = "a thumbnail of the half that came, and an invocation that ends without an error"
	t.Fail(finding)
}
