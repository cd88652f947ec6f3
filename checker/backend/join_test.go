package backend_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
)

// named is a backend that has some services, and an error.
type named struct {
	name     string
	services map[backend.Service]http.Handler
	err      error
	closed   *[]string
}

func (n named) Name() string                           { return n.name }
func (n named) Handler(s backend.Service) http.Handler { return n.services[s] }
func (n named) Err() error                             { return n.err }
func (n named) Close() error                           { *n.closed = append(*n.closed, n.name); return n.err }

func TestJoinHasOfTheRestWhatTheFirstDoesNotHave(t *testing.T) {
	t.Parallel()
	var closed []string
	of := func(name string, services ...backend.Service) named {
		n := named{name: name, services: map[backend.Service]http.Handler{}, err: errors.New(name + " failed"), closed: &closed}
		for _, s := range services {
			n.services[s] = http.RedirectHandler("/"+name, http.StatusFound)
		}
		return n
	}
	first, rest := of("first", backend.DynamoDB), of("rest", backend.DynamoDB, "s3")
	both := backend.Join(first, rest)
	assert.Equal(t, "first", both.Name())
	assert.Equal(t, first.services[backend.DynamoDB], both.Handler(backend.DynamoDB))
	assert.Equal(t, rest.services["s3"], both.Handler("s3"))
	assert.Nil(t, both.Handler(backend.SQS))
	for _, err := range []error{both.Err(), both.Close()} {
		require.ErrorIs(t, err, first.err)
		require.ErrorIs(t, err, rest.err)
	}
	assert.Equal(t, []string{"first", "rest"}, closed)
}
