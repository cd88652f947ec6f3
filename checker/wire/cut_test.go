package wire_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire"
)

// objects answers a request with the key of the object, a hundred times.
type objects struct{ other }

func (objects) Handler(backend.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat(r.URL.Path[len("/files/"):], 100))
	})
}

func TestABodyIsCutOffOnce(t *testing.T) {
	t.Parallel()
	s, err := wire.Listen(objects{}, 1)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	s.Assign("one", may("s3:GetObject", "arn:aws:s3:::files/*"))
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	credentials := s.NewCaller("one", "env")
	client := s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(s.URL()), UsePathStyle: true, HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }),
	})
	read := func(key string) (string, int64, error) {
		out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String(key)})
		require.NoError(t, err, "the answer begins as any other")
		body, err := io.ReadAll(out.Body)
		_ = out.Body.Close() // says what reading has said
		return string(body), aws.ToInt64(out.ContentLength), err
	}
	remove := s.Inject(wire.Fault{Operation: "GetObject", Kind: wire.CutShort(150)})
	defer remove()

	body, length, err := read("a")
	require.NoError(t, err, "it is not as long")
	assert.Len(t, body, 100)
	assert.EqualValues(t, 100, length)
	body, length, err = read("ab")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, strings.Repeat("ab", 75), body)
	assert.EqualValues(t, 200, length)
	body, _, err = read("ab")
	require.NoError(t, err)
	assert.Len(t, body, 200)

	calls := s.Calls()
	require.Len(t, calls, 3, "the SDK does not try again")
	assert.Equal(t, "S3 GetObject on files, a: 200", calls[0].String())
	assert.Equal(t, "S3 GetObject on files, ab: 200 (cut off after 150 of 200 bytes by the checker)", calls[1].String())
	assert.Equal(t, "S3 GetObject on files, ab: 200", calls[2].String())
}
