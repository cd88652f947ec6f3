// Package endpoint is the backend for an emulator that somebody else runs: any URL that speaks the JSON protocols of
// DynamoDB and SQS.
//
// Requests are signed anew on the way, because such an endpoint may look at the access key, or keep data apart by it:
// each execution environment has its own here, and to the outside all of them are one account. The region stays that
// of the caller.
//
// [Open] asks each service whether it is there. This package leaves to others who may call what and the recording of
// calls (package wire).
package endpoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/proxy"
)

// answerLimit is how long the endpoint may take to answer for the first time.
const answerLimit = 10 * time.Second

// probes are operations that need neither input nor data, by which a service is known to be there.
var probes = map[backend.Service]string{
	backend.DynamoDB: "DynamoDB_20120810.ListTables",
	backend.SQS:      "AmazonSQS.ListQueues",
}

// Backend is an endpoint. Its methods may be called concurrently.
type Backend struct {
	name     string
	services []*proxy.Proxy
}

var _ backend.Backend = (*Backend)(nil)

// Parse reads a URL as `--backend` takes it: http or https, a host, and perhaps a path. Credentials to sign with may
// stand before the host, as in http://KEY:SECRET@127.0.0.1:5000; without them both are "test".
func Parse(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no URL: %w", text, errors.Unwrap(err))
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("%q is no URL of an endpoint, such as http://127.0.0.1:5000", text)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q: an endpoint has neither a query nor a fragment", text)
	}
	return u, nil
}

// Open returns a backend that passes on what it is asked, once each of the services has answered. Services that this
// package does not know are left out.
func Open(ctx context.Context, at *url.URL, services []backend.Service) (*Backend, error) {
	b := open(at, services)
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, fmt.Errorf("no answer within %v", answerLimit))
	defer cancel()
	for _, p := range b.services {
		if err := b.probe(ctx, p); err != nil {
			_ = b.Close() // never fails
			return nil, fmt.Errorf("the endpoint %s does not answer for %s: %w; see whether it runs, and whether --backend names it", b.name, p.Service(), err)
		}
	}
	return b, nil
}

func open(at *url.URL, services []backend.Service) *Backend {
	credentials := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	if at.User != nil {
		credentials.AccessKeyID = at.User.Username()
		credentials.SecretAccessKey, _ = at.User.Password()
	}
	target := *at
	target.User = nil
	b := &Backend{name: target.String()}
	for _, s := range services {
		if _, ok := probes[s]; !ok {
			continue
		}
		p := proxy.New(s, &target, func(cause error) error {
			return fmt.Errorf("the endpoint %s did not answer: %w; see whether it still runs, then check again", b.name, cause)
		})
		p.Reverse.Transport = &signer{service: s, credentials: credentials, next: p.Reverse.Transport}
		b.services = append(b.services, p)
	}
	return b
}

// probe asks a service whether it is there.
func (b *Backend) probe(ctx context.Context, p *proxy.Proxy) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.name, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", probes[p.Service()])
	answer, err := p.Reverse.Transport.RoundTrip(request)
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered with %s: %q", probes[p.Service()], answer.Status, text)
	}
	return nil
}

// Name is the URL, without credentials.
func (b *Backend) Name() string { return b.name }

// Handler answers the requests of a service that Open was asked for, and is nil for any other. A request that the
// endpoint does not answer gets an AWS error with status 500, and [Backend.Err] tells why.
func (b *Backend) Handler(s backend.Service) http.Handler {
	for _, p := range b.services {
		if p.Service() == s {
			return p
		}
	}
	return nil
}

// Err is nil for as long as the endpoint answered all that it was sent. After that it is the first failure of each
// service: results since then say nothing about a learner's code.
func (b *Backend) Err() error {
	var all []error
	for _, p := range b.services {
		all = append(all, p.Err())
	}
	return errors.Join(all...)
}

// Close gives up the connections. It never fails.
func (b *Backend) Close() error {
	for _, p := range b.services {
		p.Close()
	}
	return nil
}
