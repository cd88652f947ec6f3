package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seen is a handler that answers with what it sees of a request.
func seen(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	w.Header().Set("X-Seen", r.Method)
	if r.URL.Query().Has("missing") {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = fmt.Fprintf(w, "%s %s %s %s %s %q %q length %d (%s) %v",
		r.RequestURI, r.URL.Path, r.URL.EscapedPath(), r.URL.RawQuery, r.Host, r.Header.Get("X-Amz-Target"), body, r.ContentLength, r.Header.Get("Content-Length"), err)
}

func TestDirectIsAsOverTheNetwork(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(seen))
	defer server.Close()
	network := &http.Transport{DisableCompression: true}
	defer network.CloseIdleConnections()
	for _, test := range []struct{ method, target, body string }{
		{"GET", "", ""}, {"POST", "/", "{}"}, {"PUT", "/bucket/a%20b%2Fc+d%C3%A4?x-id=PutObject", "data"}, {"HEAD", "/bucket/a", ""},
		{"GET", "/bucket?list-type=2&prefix=a%2Fb", ""}, {"GET", "/?missing", ""}, {"DELETE", "//a//b/../c", ""},
	} {
		send := func(transport http.RoundTripper) (answer http.Response, body string) {
			var sent io.Reader
			if test.body != "" {
				sent = strings.NewReader(test.body)
			}
			r, err := http.NewRequestWithContext(t.Context(), test.method, server.URL+test.target, sent)
			require.NoError(t, err)
			r.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
			response, err := transport.RoundTrip(r)
			require.NoError(t, err)
			defer response.Body.Close()
			data, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			return *response, string(data)
		}
		want, wantBody := send(network)
		got, gotBody := send(direct{http.HandlerFunc(seen)})
		if test.method != http.MethodHead { // the endpoint itself leaves the body out
			assert.Equal(t, wantBody, gotBody)
			assert.Equal(t, want.ContentLength, got.ContentLength)
		}
		assert.Equal(t, want.Status, got.Status)
		assert.Equal(t, want.StatusCode, got.StatusCode)
		assert.Equal(t, want.Header.Get("X-Seen"), got.Header.Get("X-Seen"))
	}
}

func TestDirectIsBrokenOffWithAnError(t *testing.T) {
	t.Parallel()
	send := func(ctx context.Context, h http.HandlerFunc) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/", nil)
		require.NoError(t, err)
		response, err := direct{h}.RoundTrip(r)
		if err == nil {
			require.NoError(t, response.Body.Close())
		}
		return err
	}
	require.ErrorIs(t, send(t.Context(), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), errAborted)
	assert.PanicsWithValue(t, "a bug", func() {
		_ = send(t.Context(), func(http.ResponseWriter, *http.Request) { panic("a bug") })
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	require.ErrorIs(t, send(ctx, func(_ http.ResponseWriter, r *http.Request) {
		cancel(errors.New("interrupted"))
		<-r.Context().Done()
	}), context.Canceled)
}
