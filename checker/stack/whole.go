package stack

import (
	"bytes"
	"io"
	"net/http"
)

// whole reads a response to its end before anybody gets it. The SDK closes a request's body as soon as it has the response,
// and net/http, which may not be done with that body on a busy machine, then closes the connection under a response that is
// still being read. The SDK tries again, and a message that was received is lost to whoever receives it.
type whole struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w whole) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
