package downstream_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/serverless-patterns/checker/downstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen starts a service that echoes, for one test.
func listen(t *testing.T, name string) *downstream.Service {
	t.Helper()
	s, err := downstream.Listen(name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// client is one that keeps connections, for one test.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a request, and returns the status and the body.
func post(ctx context.Context, c *http.Client, url, body string) (status int, text string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	response, err := c.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	return response.StatusCode, string(all), err
}
