package stack

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const uploads = `  Uploads:
    Type: AWS::S3::Bucket
`

func bucketOf(t *testing.T, s *Stack, logicalID string) *Bucket {
	t.Helper()
	b, err := s.Bucket(logicalID)
	require.NoError(t, err)
	return b
}

func TestABucketKeepsObjects(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function("BUCKET: !Ref Uploads", uploads))
	b := bucketOf(t, s, "Uploads")
	assert.Regexp(t, `^shop-uploads-[a-z2-7]{12}$`, b.Name)
	assert.Equal(t, b.Name, variables(t, s, "Fn")["BUCKET"])
	for _, key := range []string{"a b+c.txt", "ü/%41.txt", "plain", "deep/er/x"} {
		require.NoError(t, b.Put(t.Context(), key, "text/plain", []byte("hello "+key)))
	}
	require.NoError(t, b.Put(t.Context(), "bare", "", nil))
	all, err := b.Objects(t.Context())
	require.NoError(t, err)
	var keys []string
	for _, o := range all {
		keys = append(keys, o.Key)
	}
	assert.Equal(t, []string{"a b+c.txt", "bare", "deep/er/x", "plain", "ü/%41.txt"}, keys)
	o, ok, err := b.Get(t.Context(), "ü/%41.txt")
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, "hello ü/%41.txt", string(o.Content))
	assert.Equal(t, "text/plain", o.ContentType)
	require.NoError(t, b.PutInParts(t.Context(), "in parts", "text/plain", []byte("hello")))
	o, ok, err = b.Get(t.Context(), "in parts")
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, "hello", string(o.Content))
	assert.Equal(t, "text/plain", o.ContentType)
	require.NoError(t, b.Delete(t.Context(), "bare"))
	_, ok, err = b.Get(t.Context(), "bare")
	require.NoError(t, err)
	assert.False(t, ok)
	_, err = s.Bucket("Nowhere")
	require.EqualError(t, err, "template.yaml has no AWS::S3::Bucket called Nowhere")
}

func TestTheNameOfABucketThatNotifiesIsWrittenDown(t *testing.T) {
	t.Parallel()
	text := function("AA: b", `      Policies:
        - S3FullAccessPolicy: {BucketName: !Sub "in-${AWS::AccountId}"}
      Events:
        In: {Type: S3, Properties: {Bucket: !Ref In, Events: "s3:ObjectCreated:*"}}
`, `  In:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "in-${AWS::AccountId}"}
`)
	p := deployText(t, newBackend(t), text).places()
	in, ok := p.of("arn:aws:s3:::in-123456789012/key")
	require.True(t, ok)
	name, value := in.parameter()
	assert.Equal(t, []string{"BucketName", `!Sub "in-${AWS::AccountId}"`, "!Sub arn:${AWS::Partition}:s3:::in-${AWS::AccountId}/*"}, []string{name, value, in.written()})
}

func TestABucketHasTheVeryNameThatTheTemplateGivesIt(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	text := function("BUCKET: !Ref Uploads", uploads+`    Properties:
      BucketName: !Sub "${AWS::StackName}-uploads-${AWS::AccountId}"
`)
	s, other := deployText(t, b, text), deployText(t, b, text)
	assert.Equal(t, "shop-uploads-123456789012", bucketOf(t, s, "Uploads").Name)
	require.NoError(t, bucketOf(t, s, "Uploads").Put(t.Context(), "k", "", []byte("x")))
	all, err := bucketOf(t, other, "Uploads").Objects(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all, "another stack has buckets of its own")

	_, err = Deploy(t.Context(), options(t, b, function("AA: b", uploads+"    Properties: {BucketName: Uploads_1}\n")))
	var refused *BucketError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "InvalidBucketName", refused.Code)
	_, err = Deploy(t.Context(), options(t, b, function("AA: b", uploads+"    Properties: {BucketName: same}\n  More:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: same}\n")))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "BucketAlreadyExists", refused.Code)
}

func TestWhoHasNoSignatureIsRefused(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function("BUCKET: !Ref Uploads", uploads))
	b := bucketOf(t, s, "Uploads")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Endpoint()+"/"+b.Name+"/k", strings.NewReader("x"))
	require.NoError(t, err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
	assert.True(t, bytes.Contains(body, []byte("<Code>AccessDenied</Code>")), "%s", body)
}
