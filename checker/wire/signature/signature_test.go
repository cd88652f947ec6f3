package signature_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/wire/signature"
)

var creds = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}

func client() *s3.PresignClient {
	return s3.NewPresignClient(s3.New(s3.Options{
		Region: "eu-north-1", BaseEndpoint: aws.String("http://127.0.0.1:9000"),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return creds, nil }),
	}))
}

// upload is the request that somebody makes of a presigned PUT, as a server sees it.
func upload(t *testing.T, in *s3.PutObjectInput, expires time.Duration) *http.Request {
	t.Helper()
	in.Bucket = aws.String("photos")
	if in.Key == nil {
		in.Key = aws.String("uploads/ü a+b%.png")
	}
	signed, err := client().PresignPutObject(t.Context(), in, s3.WithPresignExpires(expires))
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, strings.NewReader(strings.Repeat("x", int(aws.ToInt64(in.ContentLength)))))
	require.NoError(t, err)
	for name, values := range signed.SignedHeader {
		if name != "Host" && name != "Content-Length" {
			r.Header[name] = values
		}
	}
	return r
}

func TestWhatWasSignedIsTaken(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]*s3.PutObjectInput{
		"bare":            {},
		"type and length": {ContentType: aws.String("image/png"), ContentLength: aws.Int64(12)},
		"everything": {
			ContentType: aws.String("image/png"), ContentLength: aws.Int64(1), IfNoneMatch: aws.String("*"), Metadata: map[string]string{"by": "me"},
			CacheControl: aws.String("no-store"), Key: aws.String("a//b/./c d"), ChecksumSHA256: aws.String("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
		},
	} {
		r := upload(t, in, time.Minute)
		assert.True(t, signature.IsPresigned(r))
		assert.Nil(t, signature.Presigned(r, creds, time.Now()), name)
	}
	r := upload(t, &s3.PutObjectInput{}, time.Minute)
	r.Header.Set("Content-Type", "text/html")
	assert.Nil(t, signature.Presigned(r, creds, time.Now()), "what was not signed is not looked at")
}

func TestWhatWasNotSignedIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   string
	}{
		"another method":     {func(r *http.Request) { r.Method = http.MethodGet }, "SignatureDoesNotMatch"},
		"another key":        {func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/photos/other", "" }, "SignatureDoesNotMatch"},
		"another host":       {func(r *http.Request) { r.Host = "127.0.0.1:9001" }, "SignatureDoesNotMatch"},
		"another type":       {func(r *http.Request) { r.Header.Set("Content-Type", "text/html") }, "SignatureDoesNotMatch"},
		"no type":            {func(r *http.Request) { r.Header.Del("Content-Type") }, "SignatureDoesNotMatch"},
		"another length":     {func(r *http.Request) { r.ContentLength = 13 }, "SignatureDoesNotMatch"},
		"no length":          {func(r *http.Request) { r.ContentLength = 0 }, "SignatureDoesNotMatch"},
		"a later end":        {set("X-Amz-Expires", "3600"), "SignatureDoesNotMatch"},
		"a later beginning":  {set("X-Amz-Date", time.Now().UTC().Add(time.Minute).Format("20060102T150405Z")), "SignatureDoesNotMatch"},
		"another token":      {set("X-Amz-Security-Token", "other"), "InvalidToken"},
		"another parameter":  {set("response-content-type", "text/html"), "SignatureDoesNotMatch"},
		"fewer headers":      {set("X-Amz-SignedHeaders", "host"), "SignatureDoesNotMatch"},
		"a header of S3":     {func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, "AccessDenied"},
		"longer than a week": {set("X-Amz-Expires", "604801"), "AuthorizationQueryParametersError"},
		"no number":          {set("X-Amz-Expires", "soon"), "AuthorizationQueryParametersError"},
		"no end":             {set("X-Amz-Expires", ""), "AuthorizationQueryParametersError"},
		"another algorithm":  {set("X-Amz-Algorithm", "AWS4-ECDSA"), "AuthorizationQueryParametersError"},
		"another service":    {set("X-Amz-Credential", "ASIAEXAMPLE/20260101/eu-north-1/sqs/aws4_request"), "AuthorizationQueryParametersError"},
	} {
		r := upload(t, &s3.PutObjectInput{ContentType: aws.String("image/png"), ContentLength: aws.Int64(12)}, time.Minute)
		c.change(r)
		refused := signature.Presigned(r, creds, time.Now())
		if assert.NotNil(t, refused, name) {
			assert.Equal(t, c.want, refused.Code, name)
		}
	}
}

func set(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		q := r.URL.Query()
		q.Set(name, value)
		r.URL.RawQuery = q.Encode()
	}
}

func TestASignatureHasItsTime(t *testing.T) {
	t.Parallel()
	r := upload(t, &s3.PutObjectInput{}, time.Minute)
	assert.Nil(t, signature.Presigned(r, creds, time.Now().Add(50*time.Second)))
	require.EqualError(t, signature.Presigned(r, creds, time.Now().Add(62*time.Second)), "AccessDenied: Request has expired")
	require.EqualError(t, signature.Presigned(r, creds, time.Now().Add(-16*time.Minute)), "AccessDenied: Request is not yet valid")
	other := creds
	other.SecretAccessKey = "another"
	assert.Equal(t, "SignatureDoesNotMatch", signature.Presigned(r, other, time.Now()).Code)
}

// form is a form as the SDK signs it, with these conditions.
func form(t *testing.T, conditions ...any) signature.Upload {
	t.Helper()
	signed, err := client().PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String("uploads/cat.png")}, func(o *s3.PresignPostOptions) {
		o.Expires = time.Minute
		o.Conditions = conditions
	})
	require.NoError(t, err)
	u := signature.Upload{Bucket: "photos", Fields: map[string]string{}, Size: 12}
	for name, value := range signed.Values {
		u.Fields[strings.ToLower(name)] = value
	}
	return u
}

func TestAFormIsTakenAsItsPolicySays(t *testing.T) {
	t.Parallel()
	typed := []any{map[string]string{"Content-Type": "image/png"}, []any{"content-length-range", 1, 100}, []any{"starts-with", "$x-amz-meta-by", "m"}}
	for name, c := range map[string]struct {
		change func(*signature.Upload)
		want   string
	}{
		"as signed":      {func(*signature.Upload) {}, ""},
		"ignored field":  {func(u *signature.Upload) { u.Fields["x-ignore-me"] = "1" }, ""},
		"another type":   {func(u *signature.Upload) { u.Fields["content-type"] = "text/html" }, `AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$Content-Type", "image/png"]`},
		"no type":        {func(u *signature.Upload) { delete(u.Fields, "content-type") }, `AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$Content-Type", "image/png"]`},
		"another start":  {func(u *signature.Upload) { u.Fields["x-amz-meta-by"] = "you" }, `AccessDenied: Invalid according to Policy: Policy Condition failed: ["starts-with", "$x-amz-meta-by", "m"]`},
		"another key":    {func(u *signature.Upload) { u.Fields["key"] = "index.html" }, `AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$key", "uploads/cat.png"]`},
		"another bucket": {func(u *signature.Upload) { u.Bucket = "other" }, `AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "photos"]`},
		"too large":      {func(u *signature.Upload) { u.Size = 101 }, "EntityTooLarge: Your proposed upload exceeds the maximum allowed size"},
		"empty":          {func(u *signature.Upload) { u.Size = 0 }, "EntityTooSmall: Your proposed upload is smaller than the minimum allowed size"},
		"more fields":    {func(u *signature.Upload) { u.Fields["acl"] = "public-read" }, "AccessDenied: Invalid according to Policy: Extra input fields: acl"},
		"no policy":      {func(u *signature.Upload) { delete(u.Fields, "policy") }, "AccessDenied: Access Denied"},
		"another policy": {func(u *signature.Upload) { u.Fields["policy"] = base64.StdEncoding.EncodeToString([]byte("{}")) }, "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		"another token":  {func(u *signature.Upload) { u.Fields["x-amz-security-token"] = "other" }, "InvalidToken: The provided token is malformed or otherwise invalid."},
		"another day":    {func(u *signature.Upload) { u.Fields["x-amz-date"] = "20200101T000000Z" }, "InvalidArgument: the form fields X-Amz-Algorithm, X-Amz-Credential and X-Amz-Date are not as they must be"},
	} {
		u := form(t, typed...)
		u.Fields["content-type"], u.Fields["x-amz-meta-by"] = "image/png", "me"
		c.change(&u)
		refused := signature.Form(u, creds, time.Now())
		if c.want == "" {
			assert.Nil(t, refused, name)
			continue
		}
		if assert.NotNil(t, refused, name) {
			assert.Equal(t, c.want, refused.Error(), name)
		}
	}
	assert.EqualError(t, signature.Form(form(t), creds, time.Now().Add(2*time.Minute)), "AccessDenied: Invalid according to Policy: Policy expired.")
}

func TestAPolicyThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, condition := range []any{[]any{"like", "$key", "x"}, []any{"eq", "key", "x"}, "key", []any{"content-length-range", "a", "b"}} {
		refused := signature.Form(form(t, condition), creds, time.Now())
		if assert.NotNil(t, refused, "%v", condition) {
			assert.Equal(t, "InvalidPolicyDocument", refused.Code)
		}
	}
}

// FuzzForm has policies read that nobody has thought of.
func FuzzForm(f *testing.F) {
	f.Add(`{"expiration":"2030-01-01T00:00:00Z","conditions":[["eq","$key","a"],{"bucket":"b"},["content-length-range",0,1]]}`, "a", int64(1))
	f.Add(`{"conditions":[[]]}`, "", int64(-1))
	f.Fuzz(func(t *testing.T, policy, key string, size int64) {
		u := signature.Upload{Bucket: "b", Fields: map[string]string{"key": key, "policy": policy}, Size: size}
		if signature.Form(u, creds, time.Now()) == nil {
			t.Error("a form without a signature was taken")
		}
		if json.Valid([]byte(policy)) {
			_ = signature.Conditions(policy, u) // must not panic
		}
	})
}
