package wire

import (
	"bytes"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
)

// answer holds a response until it is known whole: its checksum goes into a header.
type answer struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	written bool
	cut     int // how many bytes of the body are sent of those that are announced; 0 is all
}

var _ http.ResponseWriter = (*answer)(nil)

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.written {
		a.status, a.written = status, true
	}
}

func (a *answer) Write(data []byte) (int, error) {
	if length, err := strconv.Atoi(a.header.Get("Content-Length")); err == nil && a.body.Len() == 0 {
		a.body.Grow(min(max(length, len(data)), maxObject)) // an object would be copied again and again as the body grows
	}
	a.written = true
	return a.body.Write(data)
}

// copyTo sends the answer to a request. DynamoDB's client warns about an answer without X-Amz-Crc32, which AWS
// always sends and other backends do not. The answer to a HEAD says how long the body would be that it does not have.
func (a *answer) copyTo(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	if header.Get("X-Amz-Crc32") == "" && r.Header.Get("X-Amz-Target") != "" {
		header.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(a.body.Bytes())), 10))
	}
	if r.Method != http.MethodHead {
		header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	w.WriteHeader(a.status)
	body := a.body.Bytes()
	if a.cut > 0 {
		body = body[:a.cut] // net/http closes a connection on which less came than was announced
	}
	_, _ = w.Write(body) // a caller that is gone is seen by its context
}

// withBody is the request with a body that has been read already.
func withBody(r *http.Request, body []byte) *http.Request {
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	if again.ContentLength >= 0 { // S3 wants to know beforehand
		again.ContentLength = int64(len(body))
	}
	return again
}
