package check

import (
	"net/http"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stored sends content to an address of UploadsBucket that CopyFunction has signed, with a header more.
func stored(t *testing.T, c *T, header, value string) Answer {
	bucket := c.Bucket("UploadsBucket")
	bucket.Put("seen", "text/plain", []byte("hello"))
	c.DrainNotifications() // the function has credentials then
	credentials := c.Function("CopyFunction").Credentials()
	require.NotEmpty(t, credentials)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.deployed().Endpoint()+"/"+bucket.Name()+"/sent?X-Amz-Expires=60", nil)
	require.NoError(t, err)
	r.Header.Set(header, value)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	address, _, err := signer.PresignHTTP(t.Context(), credentials[0], r, "UNSIGNED-PAYLOAD", "s3", c.Region(), time.Now())
	require.NoError(t, err)
	return bucket.Send(Outside{Words: "a file", Method: http.MethodPut, URL: address, Headers: map[string]string{header: value}, Body: []byte("hello")})
}

func TestWhatIsSignedStoresAnObject(t *testing.T) {
	t.Parallel()
	passes(t, buckets.on(t, Check{}), func(c *T) {
		assert.Equal(t, 200, stored(t, c, "Content-Type", "text/html").Status)
		o, ok := c.Bucket("UploadsBucket").Object("sent")
		require.True(t, ok)
		assert.Equal(t, "text/html", o.ContentType)
	})
}

func TestWhatTheCheckersS3DoesNotKnowIsNoFaultOfTheLearner(t *testing.T) {
	t.Parallel()
	result := ending(buckets.on(t, Check{ID: "key"}), func(c *T) {
		assert.Equal(t, 501, stored(t, c, "X-Amz-Server-Side-Encryption-Customer-Key", "AAAA").Status)
		c.Fail(Finding{Got: "a refusal"})
	})
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "CopyFunction called PutObject: X-Amz-Server-Side-Encryption-Customer-Key is not supported here\nThis may be right on AWS")
}
