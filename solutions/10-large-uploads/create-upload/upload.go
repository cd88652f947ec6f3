package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// expiry is how long a client has to begin its upload. Whoever has the URL can store in that time, so it is short.
const expiry = 5 * time.Minute

// upload says how a client stores its file.
type upload struct {
	Key     string            `json:"key"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"` // that the client has to send
}

// uploads is the business logic. Nothing here knows of Lambda or HTTP.
type uploads struct {
	signer *s3.PresignClient
	bucket string
}

// sign allows one file to be stored: this type, this length, under a key that nobody else gets. It calls nobody: a
// signature is computed. S3 makes it anew from the upload, and refuses one that is anything else.
func (u *uploads) sign(ctx context.Context, f file) (upload, error) {
	key := "uploads/" + rand.Text()
	signed, err := u.signer.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket:        aws.String(u.bucket),
		Key:           aws.String(key),
		ContentType:   aws.String(f.ContentType),
		ContentLength: aws.Int64(f.Size),
	}, s3.WithPresignExpires(expiry))
	if err != nil {
		return upload{}, fmt.Errorf("signing an upload: %w", err)
	}
	return upload{Key: key, Method: signed.Method, URL: signed.URL, Headers: map[string]string{"Content-Type": f.ContentType}}, nil
}
