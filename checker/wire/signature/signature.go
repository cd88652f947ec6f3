// Package signature says whether an upload or a download may go on that somebody else has signed: a presigned URL, or
// a browser form with a POST policy.
//
// [Presigned] makes the signature anew, by the signer of AWS's SDK, from the request as it has come: if its method,
// its path, its query or one of the headers that were signed is another, so is the signature. [Form] compares the
// fields of a form, and the size of the file, with the policy that was signed. What was not signed is not looked at:
// that is the point of signing it.
//
// The facts are from "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", "Authenticating
// Requests: Browser-Based Uploads Using POST (AWS Signature Version 4)" and "Creating a POST Policy" in the S3 API
// Reference. Whether the signer may do what he signed for is not known here.
package signature

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Refusal is S3's answer to what must not go on.
type Refusal struct {
	Status        int
	Code, Message string
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// Parameters of a presigned URL, and fields of a form.
const (
	algorithm     = "X-Amz-Algorithm"
	credential    = "X-Amz-Credential"
	date          = "X-Amz-Date"
	expires       = "X-Amz-Expires"
	signedHeaders = "X-Amz-SignedHeaders"
	securityToken = "X-Amz-Security-Token"
	signature     = "X-Amz-Signature"
)

const (
	method     = "AWS4-HMAC-SHA256"
	dateForm   = "20060102T150405Z"
	maxExpires = 7 * 24 * time.Hour
	// skew is how far the clocks of the signer and of S3 may be apart.
	skew = 15 * time.Minute
)

// IsPresigned tells whether a request has its signature in the query.
func IsPresigned(r *http.Request) bool { return r.URL.Query().Has(signature) }

// Presigned returns nil if a request is what somebody has signed with these credentials, and not too late.
func Presigned(r *http.Request, creds aws.Credentials, now time.Time) *Refusal {
	query := r.URL.Query()
	for _, name := range []string{algorithm, credential, date, expires, signedHeaders} {
		if query.Get(name) == "" {
			return malformed("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, " +
				"X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		}
	}
	seconds, err := strconv.Atoi(query.Get(expires))
	limit := time.Duration(seconds) * time.Second
	at, dateErr := time.Parse(dateForm, query.Get(date))
	region, ok := scope(query.Get(credential), at)
	switch {
	case query.Get(algorithm) != method:
		return malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
	case err != nil:
		return malformed("X-Amz-Expires should be a number")
	case seconds < 0:
		return malformed("X-Amz-Expires must be non-negative")
	case limit > maxExpires:
		return malformed("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	case dateErr != nil || !ok:
		return malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\", and X-Amz-Credential of the same day")
	case at.After(now.Add(skew)):
		return &Refusal{http.StatusForbidden, "AccessDenied", "Request is not yet valid"}
	case now.After(at.Add(limit)):
		return &Refusal{http.StatusForbidden, "AccessDenied", "Request has expired"}
	}
	if name := unsigned(r); name != "" {
		return &Refusal{http.StatusForbidden, "AccessDenied", "There were headers present in the request which were not signed: " + name}
	}
	if query.Get(securityToken) != creds.SessionToken {
		return &Refusal{http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid."}
	}
	want, err := again(r, creds, region, at)
	if err != nil || !same(want, query.Get(signature)) {
		return &Refusal{http.StatusForbidden, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your key and signing method."}
	}
	return nil
}

func malformed(message string) *Refusal {
	return &Refusal{http.StatusBadRequest, "AuthorizationQueryParametersError", message}
}

// scope reads the region of a credential for S3, KEY/20261128/eu-north-1/s3/aws4_request, and compares its day.
func scope(text string, at time.Time) (region string, ok bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 5 || parts[1] != at.Format("20060102") || parts[3] != "s3" || parts[4] != "aws4_request" {
		return "", false
	}
	return parts[2], true
}

// unsigned is a header for S3 that was not signed, "" if there is none: S3 takes no such header from somebody else than the signer.
func unsigned(r *http.Request) string {
	signed := strings.Split(r.URL.Query().Get(signedHeaders), ";")
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(signed, name) {
			return name
		}
	}
	return ""
}

// again signs a request as it has come, with those of its headers that were signed, and returns the signature.
func again(r *http.Request, creds aws.Credentials, region string, at time.Time) (string, error) {
	query := r.URL.Query()
	names := strings.Split(query.Get(signedHeaders), ";")
	for _, made := range []string{algorithm, credential, date, signedHeaders, securityToken, signature} { // by the signer
		query.Del(made)
	}
	u := &url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode()}
	out := &http.Request{Method: r.Method, URL: u, Host: r.Host, Header: http.Header{}}
	for _, name := range names {
		switch name {
		case "host":
		case "content-length":
			out.ContentLength = r.ContentLength
		default:
			if values := r.Header.Values(name); len(values) > 0 {
				out.Header[http.CanonicalHeaderKey(name)] = values
			}
		}
	}
	signed, _, err := v4.NewSigner().PresignHTTP(context.Background(), creds, out, "UNSIGNED-PAYLOAD", "s3", region, at, func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = true // S3 alone
		o.DisableHeaderHoisting = true  // what was signed as a header has come as one
	})
	if err != nil {
		return "", fmt.Errorf("cannot sign the request again: %w", err)
	}
	made, err := url.Parse(signed)
	if err != nil {
		return "", fmt.Errorf("cannot read the signed URL: %w", err)
	}
	// A header that was signed and is missing now is not among those of the new signature either.
	return made.Query().Get(signature), nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
