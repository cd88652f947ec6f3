package endpoint_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/endpoint"
)

var both = []backend.Service{backend.DynamoDB, backend.SQS}

// outside is an endpoint that keeps the headers of requests, and answers them all.
func outside(t *testing.T) (at *url.URL, seen *[]http.Header) {
	t.Helper()
	seen = &[]http.Header{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Host", r.Host)
		*seen = append(*seen, r.Header)
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	at, err := endpoint.Parse(server.URL)
	require.NoError(t, err)
	return at, seen
}

func TestRequestsAreSignedAnewWithOneAccountAndTheCallersRegion(t *testing.T) {
	t.Parallel()
	at, seen := outside(t)
	at.User = url.UserPassword("AKIAOUTSIDE", "secret")
	b, err := endpoint.Open(t.Context(), at, []backend.Service{backend.DynamoDB})
	require.NoError(t, err)
	defer b.Close()
	*seen = nil
	here := httptest.NewServer(b.Handler(backend.DynamoDB))
	defer here.Close()
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(here.URL), Credentials: credentials.NewStaticCredentialsProvider("ASIAINSIDE", "inside", "token"),
	})
	_, err = client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	require.NoError(t, err)
	require.Len(t, *seen, 1)
	got := (*seen)[0]
	assert.Regexp(t, `^AWS4-HMAC-SHA256 Credential=AKIAOUTSIDE/\d{8}/eu-central-1/dynamodb/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$`, got.Get("Authorization"))
	assert.Empty(t, got.Get("X-Amz-Security-Token"), "the token belongs to the other credentials")
	assert.Equal(t, at.Host, got.Get("Host"), "the signature is for the endpoint's host")
	assert.Equal(t, "DynamoDB_20120810.ListTables", got.Get("X-Amz-Target"))
	assert.Equal(t, "http://"+at.Host, b.Name(), "credentials are for nobody to read")
}

func TestServicesThatAreNotKnownAreLeftOut(t *testing.T) {
	t.Parallel()
	at, seen := outside(t)
	b, err := endpoint.Open(t.Context(), at, append(both, "s3"))
	require.NoError(t, err)
	defer b.Close()
	assert.Len(t, *seen, 2, "each service is asked whether it is there")
	assert.Nil(t, b.Handler("s3"))
	assert.NotNil(t, b.Handler(backend.SQS))
	assert.NoError(t, b.Err())
}

func TestAnEndpointThatIsNotThereSaysWhatToDo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	at, err := endpoint.Parse("http://" + l.Addr().String())
	require.NoError(t, err)
	_, err = endpoint.Open(t.Context(), at, both)
	require.ErrorContains(t, err, "the endpoint http://"+l.Addr().String()+" does not answer for dynamodb: ")
	require.ErrorContains(t, err, "connection refused; see whether it runs")
}

func TestAnEndpointOfSomethingElseIsSaid(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	at, err := endpoint.Parse(server.URL)
	require.NoError(t, err)
	_, err = endpoint.Open(t.Context(), at, both)
	require.ErrorContains(t, err, `DynamoDB_20120810.ListTables was answered with 404 Not Found: "404 page not found\n"`)
}

func TestAnEndpointThatGoesAwayIsRecorded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	at, err := endpoint.Parse(server.URL)
	require.NoError(t, err)
	b, err := endpoint.Open(t.Context(), at, both)
	require.NoError(t, err)
	defer b.Close()
	server.Close()
	w := httptest.NewRecorder()
	b.Handler(backend.SQS).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Contains(t, w.Body.String(), "com.amazonaws.sqs#InternalServerError")
	require.ErrorContains(t, b.Err(), "the endpoint "+server.URL+" did not answer: ")
}

func TestAnInterruptEndsTheWait(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	require.NoError(t, err)
	defer l.Close()
	at, err := endpoint.Parse("http://" + l.Addr().String())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = endpoint.Open(ctx, at, both)
	require.ErrorIs(t, err, context.Canceled)
}

func TestWhatIsAURLOfAnEndpoint(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"http://127.0.0.1:5000", "https://emulator.example/aws/", "http://KEY:SE%2FCRET@[::1]:5000"} {
		_, err := endpoint.Parse(good)
		require.NoError(t, err, good)
	}
	for bad, why := range map[string]string{
		"moon":                      "is no URL of an endpoint",
		"127.0.0.1:5000":            "is no URL",
		"ftp://127.0.0.1":           "is no URL of an endpoint",
		"http://":                   "is no URL of an endpoint",
		"http://127.0.0.1:5000?a=b": "neither a query nor a fragment",
		"http://127.0.0.1:5000/%zz": "is no URL: invalid URL escape",
	} {
		_, err := endpoint.Parse(bad)
		require.Error(t, err, bad)
		assert.Regexp(t, regexp.QuoteMeta(why), err.Error(), bad)
	}
}
