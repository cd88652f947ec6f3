package bucket_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/bucket"
	"example.com/serverless-patterns/checker/conformance"
)

// TestConformance shows each fact with a service of its own and AWS's client.
func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, []conformance.Row{
		{ID: "s3-keys-any-text", Certainty: conformance.Documented, Fact: "A key is any text in UTF-8, and comes back as it was.", Test: on(keys)},
		{ID: "s3-etag-md5", Certainty: conformance.Documented, Fact: "The ETag of an object that was stored at once is its MD5, in quotes.", Test: on(etag)},
		{ID: "s3-usual-content-type", Certainty: conformance.Documented, Fact: "An object that was stored without a content type has binary/octet-stream.", Test: on(usualType)},
		{ID: "s3-metadata", Certainty: conformance.Documented, Fact: "A user's metadata comes back, and no other header of the request does.", Test: on(metadata)},
		{ID: "s3-checksum", Certainty: conformance.Documented, Fact: "A checksum that does not fit is refused; one that does is given back, also for a HEAD.", Test: on(checksum)},
		{ID: "s3-no-such-key", Certainty: conformance.Documented, Fact: "GetObject of a key that is not there is NoSuchKey, HeadObject NotFound.", Test: on(noSuchKey)},
		{ID: "s3-delete-nothing", Certainty: conformance.Documented, Fact: "Removing what is not there is success.", Test: on(deleteNothing)},
		{ID: "s3-if-none-match", Certainty: conformance.Documented, Fact: "IfNoneMatch * refuses to overwrite, with PreconditionFailed.", Test: on(ifNoneMatch)},
		{ID: "s3-if-match", Certainty: conformance.Documented, Fact: "IfMatch has an object read only if it is still the same, with PreconditionFailed.", Test: on(ifMatch)},
		{ID: "s3-range", Certainty: conformance.Documented, Fact: "A range is answered by that part, without a checksum.", Test: on(ranges)},
		{ID: "s3-list-order", Certainty: conformance.Documented, Fact: "Keys are listed in the order of their bytes, below a prefix, a page at a time.", Test: on(list)},
		{ID: "s3-copy", Certainty: conformance.Documented, Fact: "CopyObject keeps the content, the type and the metadata.", Test: on(copies)},
		{ID: "s3-multipart", Certainty: conformance.Documented, Fact: "An object can be stored in parts.", Test: on(parts)},
		{ID: "s3-content-length", Certainty: conformance.Documented, Fact: "A body whose length is not told beforehand is refused.", Test: on(noLength)},
		{ID: "s3-chunked", Certainty: conformance.Documented, Fact: "A body in aws-chunked form is stored without its frame.", Test: on(chunked)},
		{ID: "s3-acl-refused", Certainty: conformance.Documented, Fact: "A bucket of today takes no ACLs.", Test: on(acl)},
		{ID: "s3-not-supported", Certainty: conformance.Measured, Fact: "What is not supported here is refused, and not taken for something else.", Test: on(notSupported)},
		{ID: "s3-no-cors-by-itself", Certainty: conformance.Documented, Fact: "A bucket without rules for it sends no CORS headers.", Test: on(cors)},
		{ID: "s3-five-gigabytes", Certainty: conformance.Documented, Fact: "PutObject takes up to 5 GB.", Skip: "an object is in memory, so package wire takes 256 MB"},
		{ID: "s3-lifecycle", Certainty: conformance.Documented, Fact: "Objects are removed when the bucket's lifecycle says so.", Skip: "no time passes here"},
	})
}

type service struct {
	*testing.T
	*s3.Client
	url string
}

const name = "photos"

func on(show func(*service)) func(*testing.T) {
	return func(t *testing.T) {
		server := httptest.NewServer(bucket.New())
		t.Cleanup(server.Close)
		client := s3.New(s3.Options{
			Region: "eu-north-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), Credentials: credentials.NewStaticCredentialsProvider("ASIAEXAMPLE", "secret", "token"),
		})
		_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)})
		require.NoError(t, err)
		show(&service{t, client, server.URL})
	}
}

func (s *service) put(key, content string, changes ...func(*s3.PutObjectInput)) *s3.PutObjectOutput {
	in := &s3.PutObjectInput{Bucket: aws.String(name), Key: &key, Body: strings.NewReader(content)}
	for _, change := range changes {
		change(in)
	}
	out, err := s.PutObject(s.Context(), in)
	require.NoError(s, err)
	return out
}

func (s *service) get(key string) (*s3.GetObjectOutput, string) {
	out, err := s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: &key})
	require.NoError(s, err)
	content, err := io.ReadAll(out.Body)
	require.NoError(s, err)
	require.NoError(s, out.Body.Close())
	return out, string(content)
}

// answer is what came of a request that no client would send.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *service) send(method, path, body string, header ...string) answer {
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+"/"+name+path, strings.NewReader(body))
	require.NoError(s, err)
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(s, err)
	content, err := io.ReadAll(response.Body)
	require.NoError(s, err)
	require.NoError(s, response.Body.Close())
	return answer{response.StatusCode, response.Header, string(content)}
}

func code(t require.TestingT, err error) string {
	var answered smithy.APIError
	require.ErrorAs(t, err, &answered)
	return answered.ErrorCode()
}

func keys(s *service) {
	for _, key := range []string{"a b+c.png", "ü", "100%", "%41", "deep/er/x", "a//b", "a?b#c&d=e", "../up", "."} {
		s.put(key, "content of "+key)
		_, content := s.get(key)
		assert.Equal(s, "content of "+key, content)
	}
}

func etag(s *service) {
	assert.Equal(s, `"900150983cd24fb0d6963f7d28e17f72"`, *s.put("k", "abc").ETag)
	out, _ := s.get("k")
	assert.Equal(s, `"900150983cd24fb0d6963f7d28e17f72"`, *out.ETag)
}

func usualType(s *service) {
	got := s.send("PUT", "/k", "x")
	assert.Equal(s, 200, got.status)
	out, _ := s.get("k")
	assert.Equal(s, "binary/octet-stream", *out.ContentType)
}

func metadata(s *service) {
	s.put("k", "x", func(in *s3.PutObjectInput) {
		in.Metadata = map[string]string{"by": "me"}
		in.ContentType = aws.String("image/png")
	})
	out, _ := s.get("k")
	assert.Equal(s, map[string]string{"by": "me"}, out.Metadata)
	assert.Equal(s, "image/png", *out.ContentType)
	got := s.send("GET", "/k", "")
	for _, secret := range []string{"X-Amz-Security-Token", "X-Amz-Date", "X-Amz-Content-Sha256", "X-Amz-User-Agent", "X-Amz-Checksum-Crc32"} {
		assert.Empty(s, got.header.Get(secret), secret)
	}
}

func checksum(s *service) {
	got := s.send("PUT", "/k", "abc", "X-Amz-Checksum-Crc32", "AAAAAA==")
	assert.Equal(s, 400, got.status)
	assert.Contains(s, got.body, "<Code>BadDigest</Code>")
	s.put("k", "abc")
	out, err := s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
	require.NoError(s, err)
	require.NoError(s, out.Body.Close())
	assert.Equal(s, "NSRBwg==", aws.ToString(out.ChecksumCRC32))
	head, err := s.HeadObject(s.Context(), &s3.HeadObjectInput{Bucket: aws.String(name), Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
	require.NoError(s, err)
	assert.Equal(s, "NSRBwg==", aws.ToString(head.ChecksumCRC32))
	assert.Equal(s, int64(3), *head.ContentLength)
}

func noSuchKey(s *service) {
	_, err := s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: aws.String("k")})
	assert.Equal(s, "NoSuchKey", code(s, err))
	_, err = s.HeadObject(s.Context(), &s3.HeadObjectInput{Bucket: aws.String(name), Key: aws.String("k")})
	assert.Equal(s, "NotFound", code(s, err))
	_, err = s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String("nowhere"), Key: aws.String("k")})
	assert.Equal(s, "NoSuchBucket", code(s, err))
}

func deleteNothing(s *service) {
	_, err := s.DeleteObject(s.Context(), &s3.DeleteObjectInput{Bucket: aws.String(name), Key: aws.String("k")})
	require.NoError(s, err)
}

func ifMatch(s *service) {
	s.put("k", "first")
	first, _ := s.get("k")
	read := func(etag string) error {
		_, err := s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: aws.String("k"), IfMatch: aws.String(etag)})
		return err
	}
	require.NoError(s, read(*first.ETag))
	require.NoError(s, read(strings.Trim(*first.ETag, `"`)), "as an event has it")
	s.put("k", "second")
	assert.Equal(s, "PreconditionFailed", code(s, read(*first.ETag)))
	_, err := s.HeadObject(s.Context(), &s3.HeadObjectInput{Bucket: aws.String(name), Key: aws.String("k"), IfMatch: first.ETag})
	assert.Equal(s, "PreconditionFailed", code(s, err))
	_, err = s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: aws.String("none"), IfMatch: first.ETag})
	assert.Equal(s, "NoSuchKey", code(s, err))
}

func ifNoneMatch(s *service) {
	once := func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }
	s.put("k", "first", once)
	in := &s3.PutObjectInput{Bucket: aws.String(name), Key: aws.String("k"), Body: strings.NewReader("second")}
	once(in)
	_, err := s.PutObject(s.Context(), in)
	assert.Equal(s, "PreconditionFailed", code(s, err))
	_, content := s.get("k")
	assert.Equal(s, "first", content)
}

func ranges(s *service) {
	s.put("k", "0123456789")
	out, err := s.GetObject(s.Context(), &s3.GetObjectInput{Bucket: aws.String(name), Key: aws.String("k"), Range: aws.String("bytes=2-4")})
	require.NoError(s, err)
	content, err := io.ReadAll(out.Body)
	require.NoError(s, errors.Join(err, out.Body.Close()))
	assert.Equal(s, "234", string(content))
	assert.Equal(s, "bytes 2-4/10", *out.ContentRange)
}

func list(s *service) {
	for _, key := range []string{"b", "a/2", "a/1", "B", "a/3"} {
		s.put(key, "x")
	}
	var found []string
	pages := s3.NewListObjectsV2Paginator(s, &s3.ListObjectsV2Input{Bucket: aws.String(name), Prefix: aws.String("a/"), MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.Context())
		require.NoError(s, err)
		assert.LessOrEqual(s, len(page.Contents), 2)
		for _, o := range page.Contents {
			found = append(found, *o.Key)
		}
	}
	assert.Equal(s, []string{"a/1", "a/2", "a/3"}, found)
}

func copies(s *service) {
	s.put("ü k", "abc", func(in *s3.PutObjectInput) {
		in.Metadata, in.ContentType = map[string]string{"by": "me"}, aws.String("image/png")
	})
	_, err := s.CopyObject(s.Context(), &s3.CopyObjectInput{Bucket: aws.String(name), Key: aws.String("copy"), CopySource: aws.String(name + "/%C3%BC%20k")})
	require.NoError(s, err)
	out, content := s.get("copy")
	assert.Equal(s, "abc", content)
	assert.Equal(s, "image/png", *out.ContentType)
	assert.Equal(s, map[string]string{"by": "me"}, out.Metadata)
}

func parts(s *service) {
	begun, err := s.CreateMultipartUpload(s.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(name), Key: aws.String("k"), ContentType: aws.String("video/mp4")})
	require.NoError(s, err)
	var done []types.CompletedPart
	whole := bytes.Repeat([]byte("x"), 5<<20+3)
	for n, content := range [][]byte{whole[:5<<20], whole[5<<20:]} {
		number := aws.Int32(int32(n + 1))
		part, err := s.UploadPart(s.Context(), &s3.UploadPartInput{Bucket: aws.String(name), Key: aws.String("k"), UploadId: begun.UploadId, PartNumber: number, Body: bytes.NewReader(content)})
		require.NoError(s, err)
		done = append(done, types.CompletedPart{ETag: part.ETag, PartNumber: number})
	}
	_, err = s.CompleteMultipartUpload(s.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(name), Key: aws.String("k"), UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	})
	require.NoError(s, err)
	out, content := s.get("k")
	assert.Len(s, content, len(whole))
	assert.Equal(s, "video/mp4", aws.ToString(out.ContentType))
}

func noLength(s *service) {
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPut, s.url+"/"+name+"/k", io.MultiReader(strings.NewReader("abc")))
	require.NoError(s, err)
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(s, err)
	content, err := io.ReadAll(response.Body)
	require.NoError(s, errors.Join(err, response.Body.Close()))
	assert.Equal(s, 411, response.StatusCode)
	assert.Contains(s, string(content), "<Code>MissingContentLength</Code>")
}

func chunked(s *service) {
	got := s.send("PUT", "/k", "3\r\nabc\r\n2;chunk-signature=00\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
		"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "5")
	assert.Equal(s, 400, got.status)
	assert.Contains(s, got.body, "BadDigest", "the trailer has another checksum")
	got = s.send("PUT", "/k", "3\r\nabc\r\n2;chunk-signature=00\r\nde\r\n0\r\n\r\n",
		"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "5")
	assert.Equal(s, 200, got.status)
	_, content := s.get("k")
	assert.Equal(s, "abcde", content)
	for _, broken := range []string{"", "zz\r\n", "9\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n"} {
		got = s.send("PUT", "/k", broken, "X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "5")
		assert.Equal(s, 400, got.status, "%q", broken)
	}
}

func acl(s *service) {
	_, err := s.PutObject(s.Context(), &s3.PutObjectInput{Bucket: aws.String(name), Key: aws.String("k"), Body: strings.NewReader("x"), ACL: types.ObjectCannedACLPublicRead})
	assert.Equal(s, "AccessControlListNotSupported", code(s, err))
}

func notSupported(s *service) {
	s.put("k", "abc")
	for _, request := range [][2]string{
		{"PUT", "/k?tagging"}, {"PUT", "/k?acl"}, {"GET", "/k?attributes"}, {"PUT", "?policy"}, {"PUT", "?notification"}, {"PUT", "?versioning"}, {"POST", "/k?restore"}, {"POST", ""}, {"PATCH", "/k"},
	} {
		got := s.send(request[0], request[1], "<x/>")
		assert.Equal(s, 501, got.status, "%s", request)
		assert.Contains(s, got.body, "<Code>NotImplemented</Code>")
	}
	got := s.send("PUT", "/k", "x", "X-Amz-Tagging", "a=b")
	assert.Equal(s, 501, got.status)
	_, content := s.get("k")
	assert.Equal(s, "abc", content)
}

func cors(s *service) {
	s.put("k", "abc")
	got := s.send("GET", "/k", "", "Origin", "https://shop.example")
	for header := range got.header {
		assert.NotContains(s, header, "Access-Control", header)
	}
}
