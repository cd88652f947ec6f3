package lesson11

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// succeeded requires that no notification has failed, and that nothing was made of them.
func (a *album) succeeded(next string) {
	for _, n := range a.t.Notifications() {
		if last := n.Last(); last.Then == eventsource.Lost || last.Then == eventsource.Back {
			a.t.Fail(check.Finding{
				Got:  fmt.Sprintf("%d invocations, and the event is lost: %s%s", len(n.Attempts), last.Why, said(last)),
				Want: "1 invocation, which is no failure", Next: next, Evidence: a.evidence(),
			})
		}
	}
	if made := a.thumbs(); len(made) > 0 {
		a.t.Fail(check.Finding{Got: "the object " + made[0].String(), Want: "no thumbnail", Evidence: a.evidence()})
	}
}

// said is the error of an invocation, shortened.
func said(a eventsource.Attempt) string {
	i := stack.NotifiedBy(a)
	if i == nil || i.Error().Message == "" {
		return ""
	}
	message := i.Error().Message
	if before, after, ok := strings.Cut(message, "https response error"); ok { // what the SDK says of the response
		message = before + codeIn(after)
	}
	const longest = 120
	if runes := []rune(message); len(runes) > longest {
		message = string(runes[:longest]) + "…"
	}
	return ": " + message
}

// codeIn is the part of an error of the SDK behind what it says of the response. An answer to HEAD has no code of S3's: its
// kind is then all that follows.
func codeIn(message string) string {
	if _, code, ok := strings.Cut(message, "api error "); ok {
		return code
	}
	_, rest, _ := strings.Cut(message, "HostID: ")
	_, kind, _ := strings.Cut(rest, ", ")
	return strings.TrimSuffix(kind, ": ")
}

var gone = check.Check{
	ID:          "gone",
	Requirement: "A photo that is removed, before its event comes or after, is no failure",
	Why: "Events come late, and people change their minds. A function that fails on a photo that is gone is tried again twice, and fails each time; " +
		"an alarm goes off for what is no fault. Without s3:ListBucket S3 says AccessDenied in place of NoSuchKey, and nobody can tell.",
	Next: "If GetObject fails with a *types.NoSuchKey, log it and go on. S3ReadPolicy has s3:ListBucket, which it takes to be told so.",
	Run: func(t *check.T) {
		a := open(t)
		a.put(cat, "image/png", redPhoto())
		t.Bucket(photos).Delete(cat)
		t.DrainNotifications()
		if _, ok := a.last(cat); !ok {
			a.one(cat)
		}
		a.succeeded("var missing *types.NoSuchKey; if errors.As(err, &missing), log that the photo is gone, and return nil: that is GetObject's error, HeadObject's is a *types.NotFound. " +
			"Let the policy have s3:ListBucket on the photos' bucket.")
		a.goesOn("an event with two records, of "+cat+", which is gone, and of "+kitten, cat)
	},
}

// kitten is a photo like any other.
const kitten = "photos/kitten.png"

// goesOn requires that a photo is processed whose record comes behind one that is left out.
func (a *album) goesOn(words, leftOut string) {
	a.put(kitten, "image/png", photo(40, 30, red))
	reply := a.t.Function(function).Invoke(a.event(words, leftOut, kitten))
	if reply.Outcome == sandbox.Answered && len(a.of(kitten)) == 0 {
		reply.Fail(check.Finding{
			Got: "no thumbnail of " + kitten, Want: "a thumbnail of " + kitten,
			Why:  "What is returned is the result of the whole event. Who returns at a record that there is nothing to be done for leaves those behind it out, and nobody tries them again.",
			Next: "Log what is left out, and go on with the next record: continue, not return.",
		})
	}
}

var noImage = check.Check{
	ID:          "no-image",
	Requirement: "What is not an image is logged with its key and left: it is no failure, and is not tried again",
	Why: "What cannot be decoded once cannot be decoded later. Lambda tries an event again that fails, after one minute and after two more, pays for all three, " +
		"and drops it; meanwhile nobody has read which object it was.",
	Next: "Tell what another attempt may mend from what it will not: for an object that does not decode, log its key and return nil.",
	Run: func(t *check.T) {
		broken := redPhoto()
		a := open(t)
		for _, object := range []struct {
			key     string
			content []byte
		}{{"photos/notes.png", []byte("milk, eggs")}, {"photos/half.png", broken[:len(broken)/2]}, {"photos/empty.png", nil}} {
			key := object.key
			a.put(key, "image/png", object.content)
			t.DrainNotifications()
			n, ok := a.last(key)
			if !ok {
				a.one(key)
			}
			a.succeeded("Return nil for an image.Decode that fails, after a line in the log with the key.")
			if i := stack.NotifiedBy(n.Last()); i != nil && !strings.Contains(strings.Join(i.Log, "\n"), strings.TrimPrefix(key, "photos/")) {
				t.Fail(check.Finding{
					Got: "nothing in the log that names " + key, Want: "a line with the key of what was left out", Evidence: a.t.EvidenceOf(key),
					Why: "Whoever misses a thumbnail looks for the photo's key in the log. Without it, nothing says that the object was seen.",
				})
			}
		}
		a.goesOn("an event with two records, of photos/notes.png, which is no image, and of "+kitten, "photos/notes.png")
	},
}

var failure = check.Check{
	ID:          "failure",
	Requirement: "When a photo cannot be read to its end, or its thumbnail not be stored, the invocation fails, so that Lambda tries again",
	Why: "Nobody waits for the result of an asynchronous invocation. An error is all that Lambda goes by: it tries again twice, and hands on what still fails. " +
		"An error that is logged and not returned is a success, and the thumbnail is never made.",
	Next: "Return the errors of GetObject and PutObject from the handler.",
	Run: func(t *check.T) {
		a := open(t)
		heal := t.Inject("PutObject", wire.Deny())
		a.put(cat, "image/png", redPhoto())
		t.DrainNotifications()
		heal()
		n, ok := a.last(cat)
		if !ok {
			a.one(cat)
		}
		if last := n.Last(); last.Then != eventsource.Lost {
			f := check.Finding{
				Got: "the invocation succeeded, and there is no thumbnail", Want: "an invocation that fails: 3 attempts, of which the last could have succeeded", Evidence: a.evidence(),
			}
			if failed := len(n.Attempts) - 1; failed > 0 {
				f.Got = fmt.Sprintf("attempt %d succeeded after %d that failed, and there is no thumbnail", len(n.Attempts), failed)
				f.Why = "Lambda tries again with the same event and the same request id. What was only begun is not done: an event that was noted when it came is left out then, and the thumbnail is never made."
				f.Next = "Make the thumbnail again, as often as the event comes: it is the same one, at the same key. Or note the event when its thumbnail is stored, not before."
			}
			t.Fail(f)
		}
		a.put(kitten, "image/png", photo(40, 30, red))
		a.fails("an event of "+kitten, t.Inject("GetObject", wire.Deny()), kitten)
		a.cutOff()
		a.fails("an event with two records, of "+cat+" and of "+kitten, t.Inject("PutObject", wire.Once(wire.Deny())), cat, kitten)
	},
}

// cutOff requires that an invocation fails in which a photo did not come whole, or that the function has asked for the rest.
func (a *album) cutOff() {
	const key = "photos/hare.png"
	content := photo(40, 30, red)
	a.put(key, "image/png", content)
	heal := a.t.Inject("GetObject", wire.CutShort(len(content)/2))
	reply := a.t.Function(function).Invoke(a.event("an event of "+key, key))
	heal()
	if reply.Outcome == sandbox.Answered && len(a.of(key)) == 0 {
		reply.Fail(check.Finding{
			Got: "the invocation succeeded, and there is no thumbnail of " + key, Want: "an invocation that fails, so that Lambda tries again",
			Why: "A connection that ends in the middle of the body is no fault of the photo: S3 has all of it. image.Decode fails on it as it does on an object that is " +
				"no image: who decodes the body while it comes cannot tell the two apart.",
			Next: "Read the whole body with io.ReadAll first, return its error, and decode what was read.",
		})
	}
}

// fails requires that an invocation fails in which there is no thumbnail of a photo in the end. It heals what is wrong.
func (a *album) fails(words string, heal func(), keys ...string) {
	reply := a.t.Function(function).Invoke(a.event(words, keys...))
	heal()
	if reply.Outcome != sandbox.Answered {
		return
	}
	next := "Return each error that you do not know to be final. That a photo is gone is a *types.NoSuchKey, and nothing else."
	if len(keys) > 1 {
		next = "Return the error, also when a later record is well: errors.Join keeps all of them."
	}
	for _, key := range keys {
		if len(a.of(key)) == 0 {
			reply.Fail(check.Finding{
				Got: "the invocation succeeded, and there is no thumbnail of " + key, Want: "an invocation that fails, so that Lambda tries again",
				Next: next,
			})
		}
	}
}
