package lesson10

import (
	"fmt"
	"net/http"

	"example.com/serverless-patterns/checker/check"
)

// badBodies are requests that must not be allowed, and why.
var badBodies = []struct{ body, wrong string }{
	{`not json`, "the body is no JSON"},
	{``, "there is no body"},
	{`{}`, "contentType and size are missing"},
	{`{"contentType":"image/png"}`, "size is missing"},
	{`{"size":1000}`, "contentType is missing"},
	{`{"contentType":"text/html","size":1000}`, "text/html is not allowed: a browser would run it"},
	{`{"contentType":"image/svg+xml","size":1000}`, "image/svg+xml is not allowed: a browser would run it"},
	{`{"contentType":"application/xhtml+xml","size":1000}`, "application/xhtml+xml is not allowed: a browser would run it"},
	{`{"contentType":"text/html;x=image/png","size":1000}`, "text/html;x=image/png is not allowed: it is HTML, whatever comes behind it"},
	{`{"contentType":"image/png+xml","size":1000}`, "image/png+xml is not allowed: for a browser it is XML, and what is in it may run"},
	{`{"contentType":"image/gif","size":1000}`, "image/gif is not allowed"},
	{`{"contentType":"image/png","size":0}`, "the size is 0"},
	{`{"contentType":"image/png","size":-1}`, "the size is negative"},
	{`{"contentType":"video/mp4","size":209715201}`, "the size is over 200 MB"},
	{`{"contentType":"image/png","size":"large"}`, "the size is no number"},
}

var badRequest = check.Check{
	ID:          "bad-request",
	Requirement: "A request for another type than image/jpeg, image/png or video/mp4, or for no size between 1 and 209,715,200 bytes, is answered with 400",
	Why: "The signature holds a client to what it has asked for, so what it may ask for is decided here, and nowhere else. " +
		"S3 would store a page, or 5 GB, all the same.",
	Next: "Look at contentType and size before anything is signed, and answer 400 with an error that says what is allowed.",
	Run: func(t *check.T) {
		for _, bad := range badBodies {
			reply := t.API(api).Send(post(bad.body))
			if status := reply.Answer().Status; status == http.StatusOK || status == http.StatusCreated {
				reply.Fail(check.Finding{
					Got: fmt.Sprintf("status %d, although %s", status, bad.wrong), Want: `status 400 with the body {"error":"…"}`, Evidence: []string{},
				})
			}
			if status := reply.Answer().Status; status == http.StatusRequestEntityTooLarge || status == http.StatusUnsupportedMediaType || status == http.StatusUnprocessableEntity {
				reply.ErrorBody(status)
				continue
			}
			reply.ErrorBody(http.StatusBadRequest)
		}
		for _, good := range []string{`{"contentType":"video/mp4","size":209715200}`, `{"contentType":"image/jpeg","size":1}`} {
			request := post(good)
			delete(request.Headers, "Content-Type") // the body then comes in base64
			reply := t.API(api).Send(request)
			if reply.Answer().Status < http.StatusBadRequest {
				usable(t, reply)
			} else {
				reply.Fail(check.Finding{
					Got: reply.Answer().String(), Want: "status 201 with " + example,
					Why:  "The request is right. A client that sends no content type with it is refused, for what API Gateway has done to its body.",
					Next: "An HTTP API hands a body without a content type over in base64: decode it if request.IsBase64Encoded.",
				})
			}
		}
	},
}
