// Package embedded is the backend that needs nothing but this process: the data of a run in memory,
// ready at once.
//
// DynamoDB is minidyn behind a front of this package. minidyn is more lenient than AWS, and what AWS
// refuses must be refused here too, or a mistake in a lesson survives until it is deployed. So the
// front has an allow-list of operations, answers "not supported here" to the rest instead of
// guessing, words errors as AWS does, and keeps minidyn's own faults from the rest of the program.
//
// What the front checks is in files named for it: key.go, number.go, set.go, size.go and so on; a
// check for one operation is reached from [dynamoDB.check]. GetItem and PutItem are complete as far
// as the lessons need them; Query, Scan, batches and transactions are judged by minidyn alone.
//
// Who may call what, the recording of calls, injected faults, and the X-Amz-Crc32 header are package
// wire's. Whether this backend and the containers agree is for the conformance suite to say.
package embedded

import (
	"net/http"

	"example.com/serverless-patterns/checker/backend"
)

// Backend holds its data until [Backend.Close]. Two backends share nothing. All methods, and the
// handlers, may be used from several goroutines at once.
type Backend struct {
	dynamoDB *dynamoDB
}

var _ backend.Backend = (*Backend)(nil)

// New returns an empty backend. It starts no goroutine and opens no port.
func New() *Backend {
	return &Backend{dynamoDB: newDynamoDB()}
}

// Name is "embedded".
func (b *Backend) Name() string { return "embedded" }

// Handler answers for [backend.DynamoDB]; it is nil for any other service. Every call returns a
// handler on the same data.
//
// Requests must be complete within 16 MiB. Signatures are not looked at.
func (b *Backend) Handler(service backend.Service) http.Handler {
	if service != backend.DynamoDB {
		return nil
	}
	return b.dynamoDB
}

// Err is always nil: the data is in this process.
func (*Backend) Err() error { return nil }

// Close drops all tables. It never fails, and a handler that is still in use finds no table.
func (b *Backend) Close() error {
	b.dynamoDB.reset()
	return nil
}
