package lesson10

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/check"
)

// refused requires that S3 does not take an upload that is not the one which was asked for.
func (g grant) refused(f file, c change, next string) {
	answer := g.store(f, c)
	if !taken(answer) {
		return
	}
	g.t.Fail(check.Finding{Got: fmt.Sprintf("S3 took it, with status %d. What was signed is %s", answer.Status, g.signed()), Want: "an upload that S3 refuses", Next: next, Evidence: g.evidence(answer)})
}

// works requires that S3 takes the upload that was asked for, so that a refusal means something.
func (g grant) works(f file) {
	answer := g.store(f, change{})
	if !taken(answer) {
		g.t.Fail(g.notTaken(answer))
	}
}

func text(s string) *string { return &s }

var typeSigned = check.Check{
	ID:          "type-signed",
	Requirement: "S3 refuses an upload with another content type than was asked for",
	Why:         "A browser believes the content type. A page that was stored as a picture's upload is served from your domain, and runs there with your users' cookies.",
	Next:        "Sign the content type: ContentType in the PutObjectInput that is presigned, and the header Content-Type in the answer.",
	After:       "large-file",
	Run: func(t *check.T) {
		f := picture()
		g := ask(t, f)
		next := "Give the PutObjectInput that is presigned the ContentType of the request, and tell the client to send it in headers; " +
			"in a POST policy, give Conditions one for Content-Type that is exact, and fields the same value."
		for _, other := range []string{"text/html", "image/svg+xml", "image/jpeg"} {
			g.refused(f, change{words: " as " + other, contentType: text(other)}, next)
		}
		g.refused(f, change{words: " without a content type", contentType: text("")}, next)
		g.works(f)
	},
}

var lengthSigned = check.Check{
	ID:          "length-signed",
	Requirement: "S3 refuses an upload that is larger than was asked for",
	Why: "A URL without a length takes 5 GB from whoever has it, and you pay for storing them, month after month. " +
		"That your API was asked for a small file is nothing that S3 knows.",
	Next:  "Sign the length: ContentLength in the PutObjectInput that is presigned, or a content-length-range in a POST policy.",
	After: "type-signed",
	Run: func(t *check.T) {
		f := picture()
		g := ask(t, f)
		for _, more := range []int{1, 1 << 20} {
			larger := file{f.contentType, append(slices.Clone(f.content), make([]byte, more)...)}
			g.refused(larger, change{}, "Give the PutObjectInput that is presigned the ContentLength of the request, or the POST policy a content-length-range that ends with it.")
		}
		g.works(f)
	},
}

var nothingElse = check.Check{
	ID:          "nothing-else",
	Requirement: "What was signed is good for one key and for storing, and nothing about it can be changed",
	Why: "Whoever has a signed URL or a form can send anything with it. What the signature does not cover is theirs to choose: the key of another customer's " +
		"file, or of the page that your bucket serves.",
	Next:  "Sign the whole key, and nothing that only begins like it.",
	After: "length-signed",
	Run: func(t *check.T) {
		f := picture()
		g := ask(t, f)
		next := "Sign one key: in a POST policy by a condition that is exact, as PresignPostObject makes it of the Key."
		for _, key := range []string{"index.html", "uploads/index.html", path.Join(path.Dir(g.Key), "index.html"), g.Key + ".html"} {
			g.refused(f, change{words: " with the key " + key, key: key}, next)
		}
		if g.Method == http.MethodPut {
			for _, method := range []string{http.MethodDelete, http.MethodGet} {
				g.refused(f, change{method: method, words: " to the same URL"}, next)
			}
			g.refused(f, change{words: ", and X-Amz-Expires changed to 604800", expires: "604800"}, next)
		}
		g.works(f)
	},
}

var expiry = check.Check{
	ID:          "expiry",
	Requirement: "What was signed can be used for a minute at least, and for 15 minutes at most",
	Why: "A URL is copied into logs, chats and tickets, and whoever finds it can use it until it expires. A client on a slow line needs a minute to begin; " +
		"nobody needs a week. The end of an upload that has begun does not matter.",
	Next:  "Give PresignPutObject the option s3.WithPresignExpires with some minutes, such as 5*time.Minute.",
	After: "nothing-else",
	Run: func(t *check.T) {
		const enough, late = 55 * time.Second, 15*time.Minute + 30*time.Second
		f := picture()
		soon, later := ask(t, f), ask(t, f)
		t.Advance(enough)
		if answer := soon.store(f, change{words: fmt.Sprintf(", %v later", enough)}); !taken(answer) {
			t.Fail(check.Finding{
				Got: soon.refusedIt(answer), Want: "a signature that is good for a minute at least", Evidence: soon.evidence(answer),
				Next: "s3.WithPresignExpires takes a time.Duration: a bare number is nanoseconds.",
			})
		}
		t.Advance(late - enough)
		later.refused(f, change{words: fmt.Sprintf(", %v later", late)}, "Sign for some minutes: s3.WithPresignExpires(5*time.Minute), or Expires of PresignPostOptions.")
	},
}
