// Package embedded is the backend that needs nothing but this process: the data of a run in memory,
// ready at once.
//
// What AWS refuses must be refused here too, or a mistake in a lesson survives until it is deployed, and
// what AWS answers must be answered, down to the words of its errors. So DynamoDB is made here, of four
// parts: package attribute is the values, expression the expressions, store the tables, and this package
// the operations, each in a file named for it. There is an allow-list of operations, and the rest is
// answered "not supported here" instead of being guessed, as are parameters that AWS has and these
// operations do not (unsupported.go). SQS is package queue, and S3, which is part of a stack, package bucket.
//
// Where AWS and DynamoDB Local differ, this package does as AWS does, as far as that is known. The
// conformance suite of package backend says what is known and how surely, runs it against this backend
// and DynamoDB Local, and keeps docs/fidelity.md, which says where they differ.
//
// Who may call what, the recording of calls, injected faults, and the X-Amz-Crc32 header are package
// wire's.
package embedded

import (
	"net/http"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

// Backend holds its data until [Backend.Close]. Two backends share nothing. All methods, and the
// handlers, may be used from several goroutines at once.
type Backend struct {
	dynamoDB *dynamoDB
	sqs      *queue.Service
}

var _ backend.Backend = (*Backend)(nil)

// New returns an empty backend. It starts no goroutine and opens no port.
func New() *Backend {
	return &Backend{dynamoDB: newDynamoDB(), sqs: queue.New(queue.SystemClock)}
}

// Name is "embedded".
func (b *Backend) Name() string { return "embedded" }

// Handler answers for [backend.DynamoDB] and [backend.SQS]; it is nil for any other service. Every call
// returns a handler on the same data.
//
// Requests must be complete within 16 MiB. Signatures are not verified.
func (b *Backend) Handler(service backend.Service) http.Handler {
	switch service {
	case backend.DynamoDB:
		return b.dynamoDB
	case backend.SQS:
		return b.sqs
	default:
		return nil
	}
}

// Err is always nil: the data is in this process.
func (*Backend) Err() error { return nil }

// Close drops all tables and queues, and ends the requests that wait for messages. It never fails, and a
// handler that is still in use finds nothing.
func (b *Backend) Close() error {
	b.dynamoDB.reset()
	b.sqs.Close()
	return nil
}
