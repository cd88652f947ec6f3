// Package backend says what holds the data behind the AWS endpoint that functions see.
//
// A [Backend] answers the AWS JSON protocols of the services that the lessons use. There are three: package
// embedded, in this process and ready in milliseconds, package containers, DynamoDB Local and ElasticMQ under
// Docker, and package endpoint, an emulator that somebody else runs. [Join] puts two together. Who may call
// what, the recording of calls and injected faults are not their business: package wire does that in front of
// every backend alike.
package backend

import (
	"context"
	"net/http"
)

// Service is an AWS service by the name that its endpoints and signatures use.
type Service string

// The services that a backend may answer for.
const (
	DynamoDB Service = "dynamodb"
	SQS      Service = "sqs"
	// S3 is in no backend: a stack has buckets of its own, the same in front of each; see [With].
	S3 Service = "s3"
)

// Opener opens a backend that answers for these services; it may answer for more. Whoever opens one closes it.
type Opener func(ctx context.Context, services []Service) (Backend, error)

// Backend holds the data of a run.
//
// All methods may be called from several goroutines at once.
type Backend interface {
	// Name is what results call it: "embedded", "containers", or the URL of an endpoint.
	Name() string

	// Handler answers the requests of a service, as AWS would. It is nil for a service that this
	// backend does not have.
	Handler(Service) http.Handler

	// Err is why the backend no longer answers, or nil. What functions did since then says nothing
	// about their code.
	Err() error

	// Close gives up what this process holds of the backend. Containers keep running, so that the
	// next check finds them warm; `checker down` stops them.
	Close() error
}

// With is a backend that has one more service, or another one: s is answered by h, all else by b.
func With(b Backend, s Service, h http.Handler) Backend { return with{b, s, h} }

type with struct {
	Backend
	service Service
	handler http.Handler
}

func (w with) Handler(s Service) http.Handler {
	if s == w.service {
		return w.handler
	}
	return w.Backend.Handler(s)
}
