// Package proxy passes requests on to a service that runs elsewhere, for backends whose data is not in this process.
//
// It leaves to them where the service is, and what has to be changed in requests and answers on the way.
package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"example.com/serverless-patterns/checker/backend"
)

// Proxy passes requests on. It may be used from several goroutines at once; what is in Reverse is set before that.
type Proxy struct {
	// Reverse does the work: whoever has something to change sets its Rewrite or ModifyResponse.
	Reverse *httputil.ReverseProxy

	service    backend.Service
	unanswered func(error) error
	transport  *http.Transport
	first      atomic.Pointer[error]
}

// New passes requests of a service on to a URL. unanswered makes of the cause why there was no answer the error that
// [Proxy.Err] returns.
func New(service backend.Service, target *url.URL, unanswered func(error) error) *Proxy {
	p := &Proxy{
		service: service, unanswered: unanswered,
		transport: &http.Transport{
			// No Proxy: the service is on loopback or at the address that was given, whatever the user's environment names.
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			// Checks run in parallel, with concurrent calls each: all their connections are kept.
			MaxIdleConns:        0,
			MaxIdleConnsPerHost: 256,
			// Well below the 30 s after which a service's own server closes: a request on a
			// connection that is being closed fails, and would look like the backend's death.
			IdleConnTimeout: 10 * time.Second,
			// The longest honest wait for a first byte, on a machine that swaps.
			ResponseHeaderTimeout: 30 * time.Second,
			// The bytes, and their CRC, are the client's business.
			DisableCompression: true,
		},
	}
	p.Reverse = &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:    p.transport,
		ErrorHandler: p.fail,
		ErrorLog:     log.New(io.Discard, "", 0), // what is worth knowing is in err
	}
	return p
}

// ServeHTTP passes a request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.Reverse.ServeHTTP(w, r) }

// errorNames are what services have before the code of an error.
var errorNames = map[backend.Service]string{
	backend.DynamoDB: "com.amazonaws.dynamodb.v20120810#",
	backend.SQS:      "com.amazonaws.sqs#",
}

// fail answers a request that the service did not. A function that was killed takes its requests
// back; that is no fault of the backend.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, cause error) {
	if r.Context().Err() == nil {
		err := p.unanswered(cause)
		p.first.CompareAndSwap(nil, &err)
	}
	body, _ := json.Marshal(map[string]string{ // strings always marshal
		"__type":  errorNames[p.service] + "InternalServerError",
		"message": fmt.Sprintf("the backend of the checker did not answer: %v", cause),
	})
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(body)
}

// Service is whose requests are passed on.
func (p *Proxy) Service() backend.Service { return p.service }

// Err is the first failure, or nil.
func (p *Proxy) Err() error {
	if err := p.first.Load(); err != nil {
		return *err
	}
	return nil
}

// Close gives up the connections that are kept. The proxy works no worse for it, but keeps connections again.
func (p *Proxy) Close() { p.transport.CloseIdleConnections() }

// SignedRegion is the region in the scope of a request's signature, as in "… Credential=KEY/20261124/eu-west-1/sqs/aws4_request, …";
// "" if it has none.
func SignedRegion(r *http.Request) string {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if scope := strings.Split(credential, "/"); len(scope) >= 5 {
		return scope[2]
	}
	return ""
}
