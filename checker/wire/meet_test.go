package wire

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCallsThatMeetGoOnTogether(t *testing.T) {
	t.Parallel()
	const n = 3
	kind := Meet(n)
	assert.False(t, kind.Waits)
	var held, answered atomic.Int32
	serve := func(operation string) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		kind.serve(&exchange{call: &Call{Operation: operation}, server: &Server{}, r: r, forward: func(http.ResponseWriter) {
			assert.Equal(t, int32(n), held.Load(), "nobody goes on before all are there")
			answered.Add(1)
		}})
	}
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			held.Add(1)
			serve("GetItem")
		})
	}
	all.Wait()
	assert.Equal(t, int32(n), answered.Load())
	serve("GetItem") // those that come later wait for nobody
	assert.Equal(t, int32(n+1), answered.Load())
}
