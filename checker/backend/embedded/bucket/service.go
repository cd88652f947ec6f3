// Package bucket is S3 in memory: gofakes3, with what it leaves open closed.
//
// gofakes3 keeps the objects and speaks S3's protocol. It is lenient where S3 is not, and functions would notice,
// so this package stands in front of it: operations that it would take for others (an ACL for an object) are answered
// "not supported here" (route.go); headers of requests that S3 does not keep do not come back with the object
// (request.go); IfMatch is looked at when an object is read (match.go); checksums are compared and given back
// (checksum.go); bodies in chunks are put together (chunks.go); and no website gets CORS headers from a bucket that
// has no rules for it. conformance_test.go says what is known, and docs/fidelity.md what differs.
//
// Requests have the bucket in the path, as clients send them to an address that is no name. Who may do what, signatures,
// and uploads of browser forms are package wire's, and notifications package eventsource's.
package bucket

import (
	"net/http"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Service answers the requests of S3. It is an http.Handler whose requests may come from several goroutines at once,
// and starts none of its own. What is in it goes when nobody holds it any more.
type Service struct{ inner http.Handler }

var _ http.Handler = (*Service)(nil)

// New returns a service without buckets.
func New() *Service {
	// Clocks are compared by signatures, which are not looked at here.
	return &Service{gofakes3.New(s3mem.New(), gofakes3.WithTimeSkewLimit(0)).Server()}
}

// ServeHTTP implements http.Handler. Bodies are read as a whole.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := supported(r); f != nil {
		f.answer(w, r)
		return
	}
	request, f := read(r)
	if f != nil {
		f.answer(w, r)
		return
	}
	if f := s.otherThan(request); f != nil {
		f.answer(w, r)
		return
	}
	answer := &response{ResponseWriter: w, request: r}
	s.inner.ServeHTTP(answer, request)
	if !answer.begun {
		answer.WriteHeader(http.StatusOK)
	}
}

// response keeps to itself what S3 would not answer.
type response struct {
	http.ResponseWriter
	request *http.Request
	begun   bool
}

func (w *response) WriteHeader(status int) {
	w.begin()
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(data []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(data) //nolint:wrapcheck // it stands in for the other
}

func (w *response) begin() {
	if w.begun {
		return
	}
	w.begun = true
	header := w.Header()
	for _, name := range []string{"Origin", "Methods", "Headers"} {
		header.Del("Access-Control-Allow-" + name)
	}
	for _, name := range []string{"Access-Control-Expose-Headers", "X-Amz-Copy-Source"} {
		header.Del(name)
	}
	if header.Get("X-Amz-Delete-Marker") == "false" {
		header.Del("X-Amz-Delete-Marker")
	}
	offerChecksum(header, w.request)
}
