package endpoint

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/proxy"
)

// defaultRegion is for requests that come without one.
const defaultRegion = "us-east-1"

// signer signs requests for another host, and with other credentials, than they were signed for.
type signer struct {
	service     backend.Service
	credentials aws.Credentials
	next        http.RoundTripper
}

// RoundTrip signs and sends a request. The signature covers the body, so all of it is read first.
func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		if err = errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
	}
	signed := r.Clone(r.Context())
	signed.Body = io.NopCloser(bytes.NewReader(body))
	signed.ContentLength = int64(len(body))
	region := cmp.Or(proxy.SignedRegion(r), defaultRegion)
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"} {
		signed.Header.Del(name)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(r.Context(), s.credentials, signed, hex.EncodeToString(sum[:]), string(s.service), region, time.Now()); err != nil {
		return nil, err
	}
	return s.next.RoundTrip(signed)
}
