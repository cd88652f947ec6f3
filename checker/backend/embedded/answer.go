package embedded

import (
	"crypto/rand"
	"net/http"
	"strconv"
)

// answer is complete before any of it is sent, so that it can still be replaced by an error.
type answer struct {
	status int
	body   []byte // JSON
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("X-Amzn-Requestid", rand.Text()+rand.Text()) // 52 letters and digits, as DynamoDB's are
	w.WriteHeader(a.status)
	// The client that went away is the only one who could be told.
	_, _ = w.Write(a.body)
}
