package lesson11

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
)

const (
	cat   = "photos/cat.png"
	width = 400
)

var oneHop = check.Check{
	ID:          "one-hop",
	Requirement: "A photo leads to one invocation: what the function stores does not start it again",
	Why: "A function that writes where its trigger listens starts itself, for as long as it succeeds. Lambda stops such a chain after about 16 invocations, if it " +
		"can follow it: not through a DynamoDB table, not with an old SDK, and not where RecursiveLoop is Allow. Then it runs, and is billed, until somebody looks.",
	Next: "Store thumbnails in a bucket of their own, which notifies nobody; or give the event a Filter with the prefix photos/, and store them below another.",
	Run: func(t *check.T) {
		a := open(t)
		a.put(cat, "image/png", redPhoto())
		t.DrainNotifications()
		all := t.Notifications()
		if len(all) != 1 || all[0].Hop != 1 {
			if len(all) == 0 {
				a.one(cat)
			}
			t.Fail(check.Finding{
				Got:      started(all),
				Want:     "1 invocation of " + function,
				Evidence: append(a.evidence(), cost(all)...),
			})
		}
		if len(a.thumbs()) == 0 {
			t.Fail(a.none(cat))
		}
		a.one(cat)
	},
}

// started says how often the function was started.
func started(all []eventsource.Notification) string {
	invocations, stopped := 0, ""
	for _, n := range all {
		invocations += len(n.Attempts)
		if n.Stopped != "" {
			stopped = ": " + n.Stopped
		}
	}
	var by string
	for _, n := range all {
		if n.Hop > 1 {
			by = fmt.Sprintf(", from the second on by what the function itself had stored, first %s in %s", n.Key, n.Bucket)
			break
		}
	}
	return fmt.Sprintf("%d invocations of %s for one photo%s%s", invocations, function, by, stopped)
}

// The list prices that a loop is reckoned with, in US dollars for us-east-1 ("AWS Lambda Pricing" and "Amazon S3 pricing",
// as they were in 2024).
const (
	perRequest  = 0.20 / 1e6     // an invocation
	perGBSecond = 0.0000133334   // of a function on arm64
	perPut      = 0.005 / 1000   // into S3 Standard
	perGet      = 0.0004 / 1000  // from it
	assumed     = 0.2            // seconds that an invocation takes, of a photo of some MB
	perDay      = 86_400.0 / 0.3 // rounds of a loop: an invocation, and the way of its event
)

// cost says what a loop costs that nobody stops: a model, and said to be one.
func cost(all []eventsource.Notification) []string {
	if last := all[len(all)-1]; last.Stopped == "" {
		return []string{"cost:   one more invocation for each photo, for nothing"}
	}
	memory := 128.0
	if i := stack.NotifiedBy(all[0].Last()); i != nil {
		memory = float64(i.MemorySize)
	}
	round := perRequest + perPut + perGet + assumed*memory/1024*perGBSecond
	return []string{
		fmt.Sprintf("cost:   a loop that nobody stops would make %.0f rounds a day of this one photo, and cost %.2f USD a day; 1,000 photos %.0f USD", perDay, perDay*round, 1000*perDay*round),
		fmt.Sprintf("        (a model: %.1f s an invocation with %.0f MB, one round in 0.3 s, list prices of us-east-1 from \"AWS Lambda Pricing\" and \"Amazon S3 pricing\")", assumed, memory),
	}
}

var thumbnail = check.Check{
	ID:          "thumbnail",
	Requirement: "A thumbnail shows the photo, in its proportions, with no side over 128 pixels",
	Why:         "A page with a hundred thumbnails loads them all. One that is as large as the photo is no thumbnail, and one without its content type is a download.",
	Next:        "Make the longer side 128 pixels at most, the other in proportion, and store it with the ContentType image/png or image/jpeg.",
	Run: func(t *check.T) {
		a := open(t)
		for _, of := range []struct {
			key, contentType string
			width, height    int
		}{
			{"photos/meadow-wide.png", "image/png", width, 300}, {"photos/tower-tall.png", "image/png", 150, 450}, {"photos/stamp-small.png", "image/png", 60, 40},
			{"photos/garden.jpg", "image/jpeg", 160, 120},
		} {
			a.put(of.key, of.contentType, photoOf(of.contentType, of.width, of.height, red, blue))
			t.DrainNotifications()
			o := a.one(of.key)
			picture, contentType := a.image(o)
			got := picture.Bounds().Size()
			longest := max(of.width, of.height)
			w, h := min(of.width, of.width*128/longest), min(of.height, of.height*128/longest)
			off := abs(got.X*of.height-got.Y*of.width) > 2*longest // two pixels
			switch {
			case got.X > 128 || got.Y > 128 || got.X == 0 || off:
				t.Fail(check.Finding{
					Got:  fmt.Sprintf("a thumbnail of %d x %d pixels of a photo of %d x %d", got.X, got.Y, of.width, of.height),
					Want: fmt.Sprintf("one of %d x %d pixels, or smaller", w, h), Evidence: a.t.EvidenceOf(of.key),
					Why: "A page with a hundred thumbnails loads them all, and one that is as large as the photo is none. In other proportions than the photo's, what it shows gets thin or wide.",
				})
			case !shows(picture, red, blue):
				t.Fail(check.Finding{
					Got: "a thumbnail that is not red in its left half, and blue in its right half, as the photo is", Want: "a thumbnail of the whole photo", Evidence: a.t.EvidenceOf(of.key),
					Why: "A thumbnail is what people know the photo by.", Next: "Let each of its pixels stand for those of the photo at the same place, as shrink in resize/image.go does.",
				})
			case contentType != "image/png" && contentType != "image/jpeg":
				t.Fail(check.Finding{
					Got: "the content type " + contentType, Want: "image/png or image/jpeg", Evidence: a.t.EvidenceOf(of.key),
					Why:  "A browser shows what it knows the type of. An object without one is application/octet-stream, and a download.",
					Next: "Give PutObject the ContentType of what you encode.",
				})
			}
		}
		a.twins()
		a.stored["photos/large.png"] = true
		t.Bucket(photos).PutInParts("photos/large.png", "image/png", photo(40, 30, red))
		t.DrainNotifications()
		a.one("photos/large.png")
	},
}

// twins requires that photos of one name in two folders both have their thumbnail.
func (a *album) twins() {
	const first, second = "photos/2025/cat.png", "photos/2026/cat.png"
	a.put(first, "image/png", photo(40, 30, red))
	a.put(second, "image/png", photo(40, 30, blue))
	a.t.DrainNotifications()
	found := a.of(first)
	for _, of := range []struct {
		key    string
		colour color.RGBA
	}{{first, red}, {second, blue}} {
		shown := slices.ContainsFunc(found, func(o thumb) bool {
			picture, _ := a.image(o)
			return has(picture, of.colour)
		})
		if !shown {
			a.t.Fail(check.Finding{
				Got:  fmt.Sprintf("no thumbnail shows %s; with the name of %s and %s there are: %d", of.key, first, second, len(found)),
				Want: "a thumbnail of each",
				Why:  "Cameras give the same names to photos again and again. A thumbnail whose key is the photo's last name only is written over by that of another photo.",
				Next: "Make the thumbnail's key of the photo's whole key.", Evidence: a.evidence(),
			})
		}
	}
}

func abs(n int) int { return max(n, -n) }

var permissions = check.Check{
	ID:          "permissions",
	Requirement: "The function may read photos and store thumbnails, and no more",
	Why: "Whoever gets in through a mistake in the function may do what the function may do: with every policy of S3, delete the photos of all customers. " +
		"And what may not be written cannot be written in a loop.",
	Next: "Give the function S3ReadPolicy for the photos, by the bucket's name, and S3WritePolicy for the thumbnails.",
	Run: func(t *check.T) {
		a := open(t)
		content := redPhoto()
		a.put(cat, "image/png", content)
		t.DrainNotifications()
		if o, ok := t.Bucket(photos).Object(cat); !ok || !bytes.Equal(o.Content, content) {
			t.Fail(check.Finding{
				Got: "another object at " + cat + " than before, or none", Want: "the photo as it was stored", Evidence: a.evidence(),
				Why:  "A photo is there once, and a thumbnail can be made again: what the function does to the photo cannot be undone.",
				Next: "Leave the photo as it is, and take from the Policies what changes or deletes photos.",
			})
		}
		// Of a photo that is gone S3 tells only who may list the bucket. Who listens to removals may remove the thumbnail.
		t.Function(function).Invoke(a.event("the event of photos/gone.png, which is not there", "photos/gone.png"))
		t.Bucket(photos).Delete(cat)
		t.DrainNotifications()
		p := t.Function(function).Permissions()
		p.Suffice()
		p.NameEverything()
		p.AreAllUsed()
	},
}
