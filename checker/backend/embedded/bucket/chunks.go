package bucket

import (
	"bytes"
	"net/http"
	"strconv"
)

// unchunked takes a body out of its chunks, and moves what follows them into the header ("Signature calculations:
// transferring payload in multiple chunks" in the S3 API Reference). Signatures of chunks are not looked at.
func unchunked(body []byte, header http.Header) ([]byte, *fault) {
	broken := &fault{http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly"}
	var all []byte
	for {
		head, rest, ok := bytes.Cut(body, []byte("\r\n"))
		if !ok {
			return nil, broken
		}
		size, _, _ := bytes.Cut(head, []byte(";"))
		n, err := strconv.ParseUint(string(size), 16, 31)
		if err != nil {
			return nil, broken
		}
		if n == 0 {
			body = rest
			break
		}
		if uint64(len(rest)) < n+2 || string(rest[n:n+2]) != "\r\n" {
			return nil, broken
		}
		all, body = append(all, rest[:n]...), rest[n+2:]
	}
	for line := range bytes.Lines(body) {
		name, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if ok && bytes.HasPrefix(bytes.ToLower(name), []byte("x-amz-checksum-")) {
			header.Set(string(name), string(bytes.TrimSpace(value)))
		}
	}
	if want := header.Get("X-Amz-Decoded-Content-Length"); want != strconv.Itoa(len(all)) {
		return nil, broken
	}
	return all, nil
}
