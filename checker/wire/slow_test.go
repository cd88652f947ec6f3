package wire_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire"
)

// sleepy is a backend that does not answer before its caller gives up.
type sleepy struct{ begun chan time.Time }

func (s *sleepy) Name() string { return "sleepy" }
func (s *sleepy) Err() error   { return nil }
func (s *sleepy) Close() error { return nil }

func (s *sleepy) Handler(backend.Service) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.begun <- time.Now()
		<-r.Context().Done()
	})
}

func TestHowSlowTheBackendWasIsKnown(t *testing.T) {
	t.Parallel()
	quick := listen(t)
	quick.Inject(wire.Fault{Operation: "GetItem", Kind: wire.Delay(300 * time.Millisecond)})
	_, err := get(t, client(t, quick, quick.NewCaller("one", "env")), "a")
	require.NoError(t, err)
	assert.Less(t, quick.Slowest(), 250*time.Millisecond, "the delay is the fault's")

	b := &sleepy{begun: make(chan time.Time, 10)}
	s, err := wire.Listen(b, 1)
	require.NoError(t, err)
	s.Assign("one", wire.Role{Name: "one-role", Session: "one", Policy: everything})
	failed := make(chan error, 1)
	go func() {
		_, err := get(t, client(t, s, s.NewCaller("one", "env")), "a")
		failed <- err
	}()
	begun := <-b.begun
	s.Close() // ends the call
	require.Error(t, <-failed)
	least := time.Since(begun)
	assert.Eventually(t, func() bool { return s.Slowest() > 0 && s.Slowest() <= time.Since(begun)+least }, 10*time.Second, time.Millisecond)
}
