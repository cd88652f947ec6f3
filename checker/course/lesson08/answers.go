package lesson08

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

var thumbnail = check.Check{
	ID:          "thumbnail",
	Requirement: "Each scan in UploadsBucket has a thumbnail in ThumbnailsBucket, a PNG under the same key, whose pixels are averages",
	Why: "A function that needs less memory and makes something else is no better one. A pixel that is picked instead of averaged " +
		"makes thin lines, such as those of letters, come and go.",
	Next: "Each pixel is the average of a square of the scan's pixels, the smallest with which no side of the thumbnail is longer than 128.",
	Run: func(t *check.T) {
		scans := []scan{newScan(300, 200), newScan(7, 300), newScan(128, 128), smallest}
		keys := make([]string, len(scans))
		for n, s := range scans {
			keys[n] = fmt.Sprintf("receipts/%s ü+100%%.ppm", t.ID("kettle"))
			t.Bucket(uploads).Put(keys[n], "image/x-portable-pixmap", s.content)
		}
		t.DrainNotifications()
		for n, s := range scans {
			has(t, keys[n], s)
		}
		inParts(t)
	},
}

// inParts requires that a scan has a thumbnail that was stored in parts.
func inParts(t *check.T) {
	key := t.ID("in-parts") + ".ppm"
	t.Bucket(uploads).PutInParts(key, "image/x-portable-pixmap", smallest.content)
	t.DrainNotifications()
	if all := t.Notifications(); len(all) == 0 || all[len(all)-1].Key != key {
		t.Fail(check.Finding{
			Got: "no invocation", Want: "an invocation for each scan, however it was stored",
			Why: "What is stored in parts is another event: s3:ObjectCreated:CompleteMultipartUpload. The AWS CLI does so from 8 MB on, so it is the largest scans " +
				"that nobody would be told of.",
			Next: "Write Events: s3:ObjectCreated:* in the event of type S3, which is all of them.", Evidence: t.NotificationEvidence(),
		})
	}
	has(t, key, smallest)
}

// has requires that there is the thumbnail of a scan.
func has(t *check.T, key string, s scan) {
	want := s.thumbnail()
	finding := check.Finding{
		Did:      fmt.Sprintf("stored %s in %s as %q, and had S3 notify of it", s, uploads, key),
		Want:     fmt.Sprintf("an image/png of %s in %s, under the same key", dimensions(want), thumbnails),
		Evidence: t.EvidenceOf(key),
	}
	fail := func(format string, args ...any) {
		finding.Got = fmt.Sprintf(format, args...)
		t.Fail(finding)
	}
	object, ok := t.Bucket(thumbnails).Object(key)
	if !ok {
		finding.Why = "Whoever looks for the thumbnail finds none. Lambda sends an event again that ended with an error, twice, and then drops it; one that ended without is done for it."
		finding.Next = "See in the evidence what the function called, and what it logged. Keys are form-encoded in S3's events: the key of the object is URLDecodedKey."
		if why, next, ok := t.NotifiedLacking(key); ok {
			finding.Why, finding.Next = why, next
		}
		fail("nothing in %s under this key%s", thumbnails, t.NotifiedInVain(key))
	}
	if object.ContentType != "image/png" {
		finding.Why = "A browser shows what it knows the type of. An object without one is application/octet-stream, and a download."
		finding.Next = "Give PutObject the ContentType image/png."
		fail("an object with the content type %s", object.ContentType)
	}
	got, err := png.Decode(bytes.NewReader(object.Content))
	if err != nil {
		fail("an object that is no PNG: %v", err)
	}
	if got.Bounds().Size() != want.Rect.Size() {
		fail("an image of %s", dimensions(got))
	}
	if x, y, differs := difference(got, want); differs {
		r, g, b, _ := got.At(got.Bounds().Min.X+x, got.Bounds().Min.Y+y).RGBA()
		w := want.RGBAAt(x, y)
		finding.Want = fmt.Sprintf("red %d, green %d, blue %d, the average of a square of the scan", w.R, w.G, w.B)
		fail("red %d, green %d, blue %d at column %d of row %d", r>>8, g>>8, b>>8, x, y)
	}
}

func dimensions(i image.Image) string {
	size := i.Bounds().Size()
	return fmt.Sprintf("%d × %d pixels", size.X, size.Y)
}

// difference is the first pixel that is another color, and not only rounded in another way.
func difference(got image.Image, want *image.RGBA) (x, y int, differs bool) {
	const rounded = 2
	far := func(got uint32, want byte) bool {
		return max(int(got>>8), int(want))-min(int(got>>8), int(want)) > rounded
	}
	from := got.Bounds().Min
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			r, g, b, _ := got.At(from.X+x, from.Y+y).RGBA()
			if w := want.RGBAAt(x, y); far(r, w.R) || far(g, w.G) || far(b, w.B) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

var badScan = check.Check{
	ID:          "bad-scan",
	Requirement: "What is no scan, or only a part of one, gets no thumbnail: the log names its key, and the event is not tried again",
	Why: "An error has Lambda send the event again, after one minute and after two more. What is wrong with the upload is still wrong then: it is " +
		"paid for three times, and the alarm on errors rings for what nobody can mend there.",
	Next: "Log the key and what is wrong, and return no error for this record.",
	Run: func(t *check.T) {
		part := newScan(300, 200).content
		const atLeastOne = "Refuse a header that announces less than a pixel in a row or in a column, before anything is divided by them or made for them."
		for _, bad := range []struct {
			what    string
			content []byte
			next    string // if that is not the check's
		}{
			{what: "text", content: []byte("P6 is a good idea, too")},
			{what: "empty"},
			{what: "part", content: part[:len(part)/2]},
			{what: "huge", content: []byte("P6\n99999 99999\n255\nabc")},
			// The lengths of these are right, for who multiplies.
			{"no-pixels", []byte("P6\n0 0\n255\n"), atLeastOne},
			{"negative", []byte("P6\n-1 -1\n255\nabc"), atLeastOne},
		} {
			key := t.ID(bad.what) + ".ppm"
			t.Bucket(uploads).Put(key, "image/x-portable-pixmap", bad.content)
			t.DrainNotifications()
			all := t.Notifications()
			if len(all) == 0 || all[len(all)-1].Key != key {
				t.Fail(check.Finding{
					Did: did(key, bad.content), Got: "no event for it", Want: "an event for each upload",
					Next: "Give the function an event of type S3 for UploadsBucket, with s3:ObjectCreated:* and without a filter.", Evidence: t.NotificationEvidence(),
				})
			}
			leftAlone(t, all[len(all)-1], bad.content, bad.next)
		}
	},
}

func did(key string, content []byte) string {
	return fmt.Sprintf("stored %q in %s, %d bytes that begin with %.12q, and had S3 notify of it", key, uploads, len(content), content)
}

// leftAlone requires that a notification of something that is no scan ended well, and came to nothing.
func leftAlone(t *check.T, n eventsource.Notification, content []byte, next string) {
	finding := check.Finding{Did: did(n.Key, content), Evidence: t.EvidenceOf(n.Key)}
	i := stack.NotifiedBy(n.Last())
	if n.Last().Then != eventsource.Deleted && i != nil {
		finding.Got = fmt.Sprintf("%d invocations%s", len(n.Attempts), t.NotifiedInVain(n.Key))
		finding.Want, finding.Next = "an invocation that ends without an error", next
		t.Fail(finding)
	}
	if _, ok := t.Bucket(thumbnails).Object(n.Key); ok {
		finding.Got, finding.Want = "a thumbnail of it", "no thumbnail"
		finding.Why = "Whoever looks at the thumbnail takes the scan for whole."
		finding.Next = "Compare the length of the object with the pixels that its header announces. The error of io.ReadFull does not tell: a connection that ends has the same."
		t.Fail(finding)
	}
	if i != nil && !strings.Contains(strings.Join(i.Log, "\n"), n.Key) {
		finding.Got, finding.Want = "no thumbnail, and no word of it in the log", "a log line that names "+n.Key
		finding.Why = "Whoever misses a thumbnail looks for the key in the log. Without it, the upload has vanished."
		t.Fail(finding)
	}
}

var permissions = check.Check{
	ID:          "permissions",
	Requirement: "The function may read UploadsBucket and write to ThumbnailsBucket, and nothing else",
	Why:         "A function that opens what strangers upload is the first to be attacked. Whoever gets in may do what the function may do.",
	Next:        "Give it S3ReadPolicy for the one bucket, and S3WritePolicy for the other.",
	Run: func(t *check.T) {
		t.Bucket(uploads).Put(t.ID("kettle")+".ppm", "image/x-portable-pixmap", smallest.content)
		t.DrainNotifications()
		t.Function(function).Permissions().Suffice() // for all that the lesson asks for
		gone := t.ID("gone") + ".ppm"                // of what is gone S3 tells who may list the bucket: that is no policy without a use
		t.Bucket(uploads).Put(gone, "image/x-portable-pixmap", smallest.content)
		t.Bucket(uploads).Delete(gone)
		t.DrainNotifications()
		p := t.Function(function).Permissions()
		p.NameEverything()
		p.AreAllUsed()
	},
}
