package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// upload says where a file is.
type upload struct {
	Key string `json:"key"`
}

// uploads is the business logic. Nothing here knows of Lambda or HTTP.
type uploads struct {
	client *s3.Client
	bucket string
}

// store writes a file into the bucket.
func (u *uploads) store(ctx context.Context, f file) (upload, error) {
	key := "uploads/" + f.Name
	_, err := u.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:      aws.String(u.bucket),
		Key:         aws.String(key),
		ContentType: aws.String(f.ContentType),
		Body:        bytes.NewReader(f.Content),
	})
	if err != nil {
		return upload{}, fmt.Errorf("storing a file: %w", err)
	}
	return upload{Key: key}, nil
}
