package bucket

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// kept are the headers of a request, beside a user's metadata, that belong to the object and come back with it.
var kept = map[string]bool{
	"X-Amz-Checksum-Crc32": true, "X-Amz-Server-Side-Encryption": true, "X-Amz-Storage-Class": true, "X-Amz-Website-Redirect-Location": true,
	"X-Amz-Copy-Source": true, // until it has been copied
}

// usualType is the content type of an object that was stored without one ("PutObject" in the S3 API Reference).
const usualType = "binary/octet-stream"

// read makes of a request what gofakes3 understands rightly.
func read(r *http.Request) (*http.Request, *fault) {
	out := r.Clone(r.Context())
	body, f := content(out)
	if f != nil {
		return nil, f
	}
	for name := range out.Header {
		if strings.HasPrefix(name, "X-Amz-") && !strings.HasPrefix(name, "X-Amz-Meta-") && !kept[name] {
			out.Header.Del(name)
		}
	}
	out.Body, out.ContentLength, out.TransferEncoding = io.NopCloser(pieces{bytes.NewReader(body)}), int64(len(body)), nil
	if !stores(r) {
		return out, nil
	}
	out.Header.Set("Content-Length", strconv.Itoa(len(body)))
	copies := out.Header.Get("X-Amz-Copy-Source") != ""
	if out.Header.Get("Content-Type") == "" && !copies {
		out.Header.Set("Content-Type", usualType)
	}
	if copies {
		out.Header.Del("X-Amz-Checksum-Crc32")
		return out, nil
	}
	return out, checksum(out.Header, body)
}

// stores tells whether a request has the content of an object, or of a part of one.
func stores(r *http.Request) bool {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return r.Method == http.MethodPut && key != ""
}

// content is the body of a request, without the frame of a body that is sent in signed chunks.
func content(r *http.Request) ([]byte, *fault) {
	if stores(r) && r.ContentLength < 0 && r.Header.Get("X-Amz-Copy-Source") == "" {
		return nil, &fault{http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header."}
	}
	var read bytes.Buffer
	if length := r.ContentLength; length > 0 {
		read.Grow(int(min(length, mostAtOnce)) + bytes.MinRead) // an object would be copied again and again as the buffer grows
	}
	if _, err := read.ReadFrom(r.Body); err != nil {
		return nil, &fault{http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header."}
	}
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return unchunked(read.Bytes(), r.Header)
	}
	return read.Bytes(), nil
}

// mostAtOnce is how much room is made for a body beforehand, whatever its length is said to be.
const mostAtOnce = 64 << 20

// pieces reads no more than a piece at once, so that gofakes3 hashes no more: the Go runtime cannot interrupt that, and on a busy
// machine everything else in this process would stand still for as long as a large object takes.
type pieces struct{ io.Reader }

func (p pieces) Read(to []byte) (int, error) {
	const piece = 64 << 10 // bytes
	return p.Reader.Read(to[:min(len(to), piece)])
}
