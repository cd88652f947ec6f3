package lesson10

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// movie is a file that is too large for an invocation.
func movie() file { return file{"video/mp4", bytes.Repeat([]byte("moov"), 2<<20)} }

var largeFile = check.Check{
	ID:          "large-file",
	Requirement: "A file of 8 MB arrives in UploadsBucket, byte for byte and with its content type",
	Why: "An invocation takes 6 MB, and a file travels through API Gateway in base64, which makes four bytes of three: about 4.5 MB is all that " +
		"fits. What is larger is refused before your code runs, and before its log begins.",
	Next: "Answer POST /uploads with a URL that PresignPutObject of s3.NewPresignClient has signed, for the contentType and the size in the request's JSON.",
	Run: func(t *check.T) {
		f := movie()
		reply := t.API(api).Send(f.request())
		if g, _ := granted(t, reply); g.URL == "" && reply.Answer().Status < http.StatusInternalServerError && !strings.Contains(reply.Answer().Body, "X-Amz-") {
			sendThrough(t, f)
		}
		g := ask(t, f)
		answer := g.store(f, change{})
		if !taken(answer) {
			t.Fail(g.notTaken(answer))
		}
		arrived(t, g, f, answer)
	},
}

// sendThrough sends a file the way the function wants it now, and ends the check.
func sendThrough(t *check.T, f file) {
	reply := t.API(api).Send(check.Request{
		Method: "POST", Path: "/uploads", Query: url.Values{"name": {"holiday.mp4"}}, Headers: map[string]string{"Content-Type": f.contentType}, Body: string(f.content),
	})
	reply.Fail(check.Finding{
		Did: fmt.Sprintf("sent POST /uploads to %s with a file of %d bytes, since the answer to a request in JSON had no url", api, len(f.content)),
		Got: reply.Answer().String(), Want: "status 201 with " + example + ", and the file in S3 when the client has sent it there",
		Evidence: []string{
			fmt.Sprintf("size:   %d bytes, %d in base64; an invocation takes 6,291,456 (\"Lambda quotas\": 6 MB)", len(f.content), (len(f.content)+2)/3*4),
			fmt.Sprintf("event:  %d bytes, which Lambda does not take", len(reply.Event())),
		},
	})
}

// arrived requires that a file is in the bucket.
func arrived(t *check.T, g grant, f file, answer check.Answer) {
	o, ok := t.Bucket(bucket).Object(g.Key)
	switch {
	case !ok:
		t.Fail(check.Finding{
			Got:  fmt.Sprintf("S3 took it, and there is no object with the key of the answer; %s has %d others", bucket, len(t.Bucket(bucket).Keys())),
			Want: "the object at the key that was answered", Next: "Answer the key that is signed.", Evidence: g.evidence(answer),
		})
	case !bytes.Equal(o.Content, f.content):
		t.Fail(check.Finding{
			Got:  fmt.Sprintf("an object of %d bytes that are not those of the file", len(o.Content)),
			Want: fmt.Sprintf("the %d bytes of the file", len(f.content)), Evidence: g.evidence(answer),
		})
	case o.ContentType != f.contentType:
		t.Fail(check.Finding{
			Got: "the object has the content type " + o.ContentType, Want: "the content type " + f.contentType,
			Next:     "Sign the content type, and tell the client to send it: the header Content-Type of a PUT, the field Content-Type of a form.",
			Evidence: g.evidence(answer),
		})
	}
}

var pastFunction = check.Check{
	ID:          "past-function",
	Requirement: "The bytes go to S3 past the function, which stores nothing itself",
	Why: "A function that hands bytes on has a limit for every file, its payload, its memory and its timeout, and is paid for while it sends them to S3. " +
		"S3 takes up to 5 GB in a request, and one request is all that it charges for.",
	Next: "Let the function sign, and store nothing: the SDK computes a signature without any call.",
	Run: func(t *check.T) {
		f := picture()
		g := ask(t, f)
		for _, call := range g.reply.Calls() {
			if strings.HasPrefix(call.Operation, "Put") || strings.HasPrefix(call.Operation, "Upload") || strings.HasPrefix(call.Operation, "CreateMultipart") {
				g.reply.Fail(check.Finding{
					Got: fmt.Sprintf("a call of S3 %s by the function", call.Operation), Want: "no object that the function stores", Evidence: []string{"call: S3 " + call.Operation},
				})
			}
		}
		if n := len(t.Bucket(bucket).Keys()); n > 0 {
			g.reply.Fail(check.Finding{Got: fmt.Sprintf("%d objects in %s before anybody has stored one", n, bucket), Want: "an empty bucket"})
		}
		answer := g.store(f, change{})
		if !taken(answer) {
			t.Fail(g.notTaken(answer))
		}
		arrived(t, g, f, answer)
	},
}
