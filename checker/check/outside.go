package check

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Outside is a request to AWS of somebody who has no credentials, but an address that a function has signed.
type Outside struct {
	// Words say what it is, to go on after "sent".
	Words   string
	Method  string
	URL     string
	Headers map[string]string
	Body    []byte
}

// Holds tells whether an address is of the bucket, or of an object in it, as it is here.
func (b *Bucket) Holds(address string) bool {
	u, err := url.Parse(address)
	endpoint, fault := url.Parse(b.t.deployed().Endpoint())
	return err == nil && fault == nil && u.Host == endpoint.Host && strings.HasPrefix(u.Path+"/", "/"+b.bucket.Name+"/")
}

// Send sends a request that goes past the functions, to an address of the bucket, and returns the response. It is a fault of
// the check to send it elsewhere: ask [Bucket.Holds] first.
func (b *Bucket) Send(o Outside) Answer {
	b.t.did = fmt.Sprintf("sent %s%s", o.Words, b.t.conditions)
	if !b.Holds(o.URL) {
		b.t.fault(fmt.Errorf("%s is no address of bucket %s", o.URL, b.bucket.LogicalID))
	}
	request, err := http.NewRequestWithContext(b.t.ctx, o.Method, o.URL, bytes.NewReader(o.Body))
	if err != nil {
		b.t.fault(err)
	}
	for name, value := range o.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Content-Length": // are the client's own
		default:
			request.Header.Set(name, value)
		}
	}
	response, err := b.t.deployed().Client().Do(request)
	if err != nil {
		b.t.fault(fmt.Errorf("sending %s: %w", o.Words, err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.fault(fmt.Errorf("reading the answer to %s: %w", o.Words, err))
	}
	return answerOf(response, body)
}

// Denials are the reasons why calls with what the function has signed were denied, each once.
func (f *Function) Denials() []string {
	var all []string
	for _, c := range f.function.Presigned() {
		if d, denied := c.Denied(); denied {
			line := fmt.Sprintf("S3 %s: no policy of %s allows %s", c.Operation, f.function.LogicalID, d.Action)
			if d.Elsewhere {
				line = fmt.Sprintf("S3 %s: the policies of %s allow %s on other resources alone", c.Operation, f.function.LogicalID, d.Action)
			}
			if !slices.Contains(all, line) {
				all = append(all, line)
			}
		}
	}
	return all
}
