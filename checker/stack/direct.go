package stack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// direct is how the stack's own clients reach the endpoint: by a call, and not over the network, which functions come by. It
// costs less, and nothing can get lost: where a connection ends while a response is read, as net/http's now and then does on
// a busy machine, a message that was received is lost to whoever receives it.
//
// A request ends with its context as soon as the endpoint, and the backend behind it, look at that.
type direct struct{ endpoint http.Handler }

// errAborted is an answer that was broken off in the middle, as when a backend ends.
var errAborted = errors.New("the answer was broken off")

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (response *http.Response, err error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	arrives, err := arriving(r)
	if err != nil {
		return nil, err
	}
	defer func() {
		switch end := recover(); end {
		case nil:
		case http.ErrAbortHandler: // which a handler ends with in this case
			response, err = nil, errAborted
		default:
			panic(end)
		}
	}()
	w := &recorder{header: http.Header{}}
	d.endpoint.ServeHTTP(w, arrives)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status, Proto: r.Proto, ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// arriving is a request as a server has it.
func arriving(r *http.Request) (*http.Request, error) {
	arrives := r.Clone(r.Context())
	arrives.RequestURI = r.URL.RequestURI()
	target, err := url.ParseRequestURI(arrives.RequestURI)
	if err != nil {
		return nil, err
	}
	arrives.URL, arrives.RemoteAddr = target, "127.0.0.1:0"
	if arrives.Host == "" {
		arrives.Host = r.URL.Host
	}
	if arrives.Body == nil {
		arrives.Body = http.NoBody
	} else if arrives.ContentLength >= 0 {
		arrives.Header.Set("Content-Length", strconv.FormatInt(arrives.ContentLength, 10))
	}
	return arrives, nil
}

// recorder keeps a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}
