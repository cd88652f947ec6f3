package containers

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

// proxy passes requests on to a service in a container.
type proxy struct {
	http.Handler
	reverse   *httputil.ReverseProxy
	container Container
	title     string
	errors    string // what the service has before the code of an error
	transport *http.Transport
	first     atomic.Pointer[error]
}

func newProxy(c Container, title string) *proxy {
	p := &proxy{
		container: c,
		title:     title,
		errors:    "com.amazonaws.dynamodb.v20120810#",
		transport: &http.Transport{
			// No Proxy: the service is on loopback, whatever the user's environment names.
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			// Checks run in parallel, with concurrent calls each: all their connections are kept.
			MaxIdleConns:        0,
			MaxIdleConnsPerHost: 256,
			// Well below the 30 s after which the service's own server closes: a request on a
			// connection that is being closed fails, and would look like the backend's death.
			IdleConnTimeout: 10 * time.Second,
			// The longest honest wait for a first byte, on a machine that swaps.
			ResponseHeaderTimeout: 30 * time.Second,
			// The bytes, and their CRC, are the client's business.
			DisableCompression: true,
		},
	}
	target := &url.URL{Scheme: "http", Host: c.Address}
	p.reverse = &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:    p.transport,
		ErrorHandler: p.fail,
		ErrorLog:     log.New(io.Discard, "", 0), // what is worth knowing is in err
	}
	p.Handler = p.reverse
	return p
}

// fail answers a request that the container did not. A function that was killed takes its requests
// back; that is no fault of the backend.
func (p *proxy) fail(w http.ResponseWriter, r *http.Request, cause error) {
	if r.Context().Err() == nil {
		err := fmt.Errorf("%s in container %s did not answer: %w; see `docker logs %[2]s`, then check again, which starts another if this one is gone",
			p.title, p.container.short(), cause)
		p.first.CompareAndSwap(nil, &err)
	}
	body, _ := json.Marshal(map[string]string{ // strings always marshal
		"__type":  p.errors + "InternalServerError",
		"message": "the backend of the checker did not answer: " + cause.Error(),
	})
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(body)
}

// err is the first failure, or nil.
func (p *proxy) err() error {
	if err := p.first.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *proxy) close() { p.transport.CloseIdleConnections() }
