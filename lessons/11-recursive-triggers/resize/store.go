package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// store reads photos and writes thumbnails.
type store struct{ client *s3.Client }

func (s *store) read(ctx context.Context, bucket, key string) ([]byte, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	defer out.Body.Close()
	photo, err := io.ReadAll(out.Body)
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	return photo, nil
}

// write stores a thumbnail beside the photos.
func (s *store) write(ctx context.Context, bucket, key string, thumbnail []byte) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:      aws.String(bucket),
		Key:         aws.String("thumbnails/" + path.Base(key)),
		ContentType: aws.String("image/png"),
		Body:        bytes.NewReader(thumbnail),
	})
	if err != nil {
		return fmt.Errorf("storing a thumbnail: %w", err)
	}
	return nil
}
