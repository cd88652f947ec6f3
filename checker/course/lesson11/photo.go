package lesson11

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg" // thumbnails may be, too
	"image/png"
	"net/url"
	"path"
	"strings"
	"sync"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

// The colours of photos.
var (
	red  = color.RGBA{R: 200, G: 40, B: 30, A: 255}
	blue = color.RGBA{R: 30, G: 60, B: 200, A: 255}
)

// photo is a PNG of one colour.
func photo(width, height int, of color.Color) []byte {
	return photoOf("image/png", width, height, of, of)
}

// redPhoto is the photo that most checks store. It is encoded once, and nobody writes into it.
var redPhoto = sync.OnceValue(func() []byte { return photo(width, 300, red) })

// photoOf is a photo of two colours beside each other, a JPEG or a PNG.
func photoOf(contentType string, width, height int, left, right color.Color) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(picture, picture.Rect, image.NewUniform(left), image.Point{}, draw.Src)
	draw.Draw(picture, image.Rect(width/2, 0, width, height), image.NewUniform(right), image.Point{}, draw.Src)
	var out bytes.Buffer
	if contentType == "image/jpeg" {
		_ = jpeg.Encode(&out, picture, nil) // a buffer takes everything
	} else {
		_ = png.Encode(&out, picture)
	}
	return out.Bytes()
}

// album is what a check stores, and finds again.
type album struct {
	t      *check.T
	stored map[string]bool
}

func open(t *check.T) *album { return &album{t, map[string]bool{}} }

// put stores a photo as somebody else would have done.
func (a *album) put(key, contentType string, content []byte) {
	a.stored[key] = true
	a.t.Bucket(photos).Put(key, contentType, content)
}

// thumb is what a function has stored.
type thumb struct {
	bucket *check.Bucket
	stack.Object
}

func (o thumb) String() string { return fmt.Sprintf("%s in %s", o.Key, o.bucket.LogicalID()) }

// thumbs is everything in every bucket that the check has not stored itself.
func (a *album) thumbs() []thumb {
	var all []thumb
	for _, b := range a.t.Buckets() {
		for _, o := range b.Objects() {
			if b.LogicalID() != photos || !a.stored[o.Key] {
				all = append(all, thumb{b, o})
			}
		}
	}
	return all
}

// of are the thumbnails of a photo: those whose key has the photo's name in it, whatever they end with.
func (a *album) of(key string) []thumb {
	var found []thumb
	for _, o := range a.thumbs() {
		if strings.Contains(o.Key, stem(key)) {
			found = append(found, o)
		}
	}
	return found
}

// one requires that a photo has one thumbnail.
func (a *album) one(key string) thumb {
	found := a.of(key)
	if len(found) == 1 {
		return found[0]
	}
	f := a.none(key)
	if len(found) > 1 {
		f.Got = fmt.Sprintf("%d objects for %s, such as %s and %s", len(found), key, found[0], found[1])
	}
	if _, notified := a.last(key); notified {
		a.t.Fail(f)
	}
	if len(found) == 0 {
		f.Got, f.Evidence = "no invocation for "+key+", and no thumbnail", a.evidence()
		f.Why = "S3 tells a function of what the event of type S3 in the template is for: its bucket, its event types, and its filter."
		f.Next = "Give ResizeFunction an event of type S3 with Bucket: !Ref PhotosBucket and Events: s3:ObjectCreated:*, which also is what was stored in parts. " +
			"A filter, if there is one, must let photos/ through."
	}
	a.t.Fail(f)
	return thumb{}
}

// none is what is said of a photo that has no thumbnail.
func (a *album) none(key string) check.Finding {
	f := check.Finding{
		Got:  fmt.Sprintf("no object in any bucket with the name of %s in its key%s", key, a.t.NotifiedInVain(key)),
		Want: "one thumbnail of " + key,
		Why:  "Lambda is done with an event whose invocation succeeds, and drops one that has failed three times. Either way nobody makes this thumbnail any more.",
		Next: "See in the evidence what the function called and what it logged. In a record, EventName has no s3: before it, as it has in the template, and the key is form-encoded. " +
			"What is left to a goroutine is frozen when the handler returns.",
		Evidence: a.t.EvidenceOf(key),
	}
	if a.wasRead(key) {
		f.Got += ", although the function has read the photo"
		f.Next = "Look at what comes after GetObject, and at the log. image.Decode knows the formats that the program imports, such as _ \"image/jpeg\"; and what is left to a goroutine " +
			"is frozen when the handler returns."
	}
	if why, next, ok := a.t.NotifiedLacking(key); ok {
		f.Why, f.Next = why, next
	}
	for _, o := range a.thumbs() {
		if !a.isOfAnother(o) {
			f.Got += fmt.Sprintf(", but %s", o)
			f.Why = "Whoever shows a thumbnail looks for it by the name of its photo."
			f.Next = "Put the photo's name, with all its characters and as it is, into the key of the thumbnail."
			break
		}
	}
	return f
}

// isOfAnother tells whether an object has the name of a photo in its key that is stored.
func (a *album) isOfAnother(o thumb) bool {
	for key := range a.stored {
		if strings.Contains(o.Key, stem(key)) {
			return true
		}
	}
	return false
}

// stem is the name of a photo, without folders and without what it ends with.
func stem(key string) string { return strings.TrimSuffix(path.Base(key), path.Ext(key)) }

// wasRead tells whether the last invocation that was notified of a photo ended well, has read it, and has stored nothing.
func (a *album) wasRead(key string) bool {
	n, ok := a.last(key)
	if !ok || n.Last().Then != eventsource.Deleted {
		return false
	}
	i, read := stack.NotifiedBy(n.Last()), false
	if i == nil {
		return false
	}
	for _, c := range a.t.Function(function).Calls(i) {
		read = read || c.Operation == "GetObject" && c.Status == 200
		if c.Operation == "PutObject" {
			return false
		}
	}
	return read
}

// evidence is the picture of what was notified.
func (a *album) evidence() []string { return a.t.NotificationEvidence() }

// image reads a thumbnail.
func (a *album) image(o thumb) (image.Image, string) {
	object, _ := o.bucket.Object(o.Key)
	picture, _, err := image.Decode(bytes.NewReader(object.Content))
	if err != nil {
		a.t.Fail(check.Finding{Got: fmt.Sprintf("%s is no PNG and no JPEG: %v", o, err), Want: "a thumbnail that can be shown", Evidence: a.evidence()})
	}
	return picture, object.ContentType
}

// has tells whether an image is of a colour, as far as an encoder keeps it.
func has(picture image.Image, want color.RGBA) bool { return shows(picture, want, want) }

// shows tells whether an image has one colour in the middle of its left half, and one in that of its right half.
func shows(picture image.Image, left, right color.RGBA) bool {
	at, size := picture.Bounds().Min, picture.Bounds().Size()
	y := at.Y + size.Y/2
	return is(picture.At(at.X+size.X/4, y), left) && is(picture.At(at.X+size.X*3/4, y), right)
}

func is(got color.Color, want color.RGBA) bool {
	const tolerance = 24
	r, g, b, _ := got.RGBA()
	near := func(got uint32, want uint8) bool {
		d := int(got>>8) - int(want)
		return d <= tolerance && d >= -tolerance
	}
	return near(r, want.R) && near(g, want.G) && near(b, want.B)
}

// last is the latest notification of a key.
func (a *album) last(key string) (eventsource.Notification, bool) {
	all := a.t.Notifications()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Key == key {
			return all[i], true
		}
	}
	return eventsource.Notification{}, false
}

// event is an event of S3 with a record for each key.
func (a *album) event(words string, keys ...string) check.Event {
	var all []map[string]any
	for n, key := range keys {
		o, _ := a.t.Bucket(photos).Object(key) // what is gone was empty, for all that anybody knows
		all = append(all, map[string]any{
			"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": a.t.Region(), "eventTime": "2026-11-28T08:00:00.000Z", "eventName": "ObjectCreated:Put",
			"s3": map[string]any{
				"s3SchemaVersion": "1.0", "configurationId": "photos",
				"bucket": map[string]any{"name": a.t.Bucket(photos).Name(), "arn": "arn:aws:s3:::" + a.t.Bucket(photos).Name()},
				"object": map[string]any{
					"key":  strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"),
					"size": o.Size, "eTag": strings.Trim(o.ETag, `"`), "sequencer": fmt.Sprintf("0055AED6DCD9028%03X", n+1),
				},
			},
		})
	}
	data, _ := json.Marshal(map[string]any{"Records": all}) // texts and numbers always encode
	return check.Event{Words: words, JSON: data}
}
