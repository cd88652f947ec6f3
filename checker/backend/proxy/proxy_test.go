package proxy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/proxy"
)

// patience is the deadline of everything that a test waits for.
const patience = 30 * time.Second

func proxyTo(address string) *proxy.Proxy {
	return proxy.New(backend.DynamoDB, &url.URL{Scheme: "http", Host: address}, func(cause error) error {
		return fmt.Errorf("the service at %s: %w", address, cause)
	})
}

func TestTheProxyPassesBytesOnAndKeepsConnections(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Crc32", r.Header.Get("X-Amz-Target"))
		_, _ = io.Copy(w, r.Body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	p := proxyTo(server.Listener.Addr().String())
	defer p.Close()
	for range 3 {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"a":1}`))
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810.PutItem")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		assert.Equal(t, `{"a":1}`, w.Body.String())
		assert.Equal(t, "DynamoDB_20120810.PutItem", w.Header().Get("X-Amz-Crc32"))
	}
	assert.EqualValues(t, 1, connections.Load())
	assert.NoError(t, p.Err())
}

func TestAServiceThatIsGoneIsAnAWSErrorAndIsRecorded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())

	p := proxyTo(address)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Equal(t, "application/x-amz-json-1.0", w.Header().Get("Content-Type"))
	var body map[string]string
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	assert.Equal(t, "com.amazonaws.dynamodb.v20120810#InternalServerError", body["__type"])
	require.ErrorContains(t, p.Err(), "the service at "+address+": ")
}

func TestARequestThatIsTakenBackIsNoFaultOfTheBackend(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices the other end's leaving
		close(arrived)
		select {
		case <-r.Context().Done():
		case <-time.After(patience):
		}
	}))
	defer server.Close()
	p := proxyTo(server.Listener.Addr().String())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	p.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader("{}")))
	assert.NoError(t, p.Err())
}
