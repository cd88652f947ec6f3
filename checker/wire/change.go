package wire

import (
	"bytes"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Change is what happened to an object, as S3 would notify somebody of it.
type Change struct {
	Event       string // ObjectCreated:Put, without "s3:"
	Bucket, Key string // physical name, and the key as it is
	Size        int64  // bytes; 0 for one that was removed
	ETag        string // without quotes; "" for one that was removed
	At          time.Time
	SourceIP    string
	// Function made it, in an invocation with this trace; "" for somebody else, also for one whom a function has given
	// a presigned URL.
	Function, TraceID string
}

// changes are the events by the operations that make them ("Event notification types and destinations" in the S3 User
// Guide).
var changes = map[string]string{
	"PutObject": "ObjectCreated:Put", "PostObject": "ObjectCreated:Post", "CopyObject": "ObjectCreated:Copy",
	"CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
	"DeleteObject":            "ObjectRemoved:Delete", "DeleteObjects": "ObjectRemoved:Delete",
}

// OnChange has a function told of each object that is stored or removed, by whomever, before the answer is sent. It is
// called from several goroutines at once.
func (s *Server) OnChange(told func(Change)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = told
}

// notify tells what a request to S3 has changed.
func (s *Server) notify(r *http.Request, c Call, a *answer, body []byte) {
	s.mu.Lock()
	told := s.changed
	who := s.callers[accessKeyOf(r)]
	s.mu.Unlock()
	event := changes[c.Operation]
	if told == nil || c.Service != s3 || event == "" || a.status >= http.StatusMultipleChoices {
		return
	}
	change := Change{Event: event, Bucket: c.Resource, Key: c.Key, At: time.Now(), TraceID: c.TraceID}
	change.SourceIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	if !c.Presigned {
		change.Function = who.function
	}
	switch c.Operation {
	case "DeleteObject":
		told(change)
	case "DeleteObjects":
		for _, key := range deleted(a.body.Bytes(), body) {
			change.Key = key
			told(change)
		}
	default:
		change.Size, change.ETag = s.stored(r, c)
		told(change)
	}
}

// accessKeyOf is the access key that a request was signed with, "" if it is not in the header.
func accessKeyOf(r *http.Request) string {
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		return scope[1]
	}
	return ""
}

// stored looks at the object that a request has left.
func (s *Server) stored(r *http.Request, c Call) (size int64, etag string) {
	head := (&http.Request{
		Method: http.MethodHead, URL: &url.URL{Path: "/" + c.Resource + "/" + c.Key}, Header: http.Header{}, Body: http.NoBody,
	}).WithContext(r.Context())
	found := newAnswer()
	s.backend.Handler(s3).ServeHTTP(found, head)
	size, _ = strconv.ParseInt(found.header.Get("Content-Length"), 10, 64) // 0 if it is gone again
	return size, strings.Trim(found.header.Get("Etag"), `"`)
}

// deleted are the keys that were removed. A quiet answer names only those that were not.
func deleted(answer, request []byte) []string {
	var result struct {
		Error []struct{ Key string }
	}
	var wanted struct {
		Object []struct{ Key string }
	}
	if decode(answer, &result) != nil || decode(request, &wanted) != nil {
		return nil
	}
	failed := map[string]bool{}
	for _, e := range result.Error {
		failed[e.Key] = true
	}
	var keys []string
	for _, o := range wanted.Object {
		if !failed[o.Key] {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

func decode(document []byte, into any) error {
	return xml.NewDecoder(io.Reader(bytes.NewReader(document))).Decode(into) //nolint:wrapcheck // nobody reads it
}
