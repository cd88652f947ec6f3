package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// maxBytes is the largest photo that is read, beside which its pixels have to fit into the function's memory.
const maxBytes = 64 << 20

// errGone says that a photo was removed before its event came.
var errGone = errors.New("it is not there any more")

// store reads photos and writes thumbnails. Photos are in the bucket that the event names.
type store struct {
	client     *s3.Client
	thumbnails string
}

func (s *store) read(ctx context.Context, bucket, key string) ([]byte, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, errGone
	}
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	defer out.Body.Close()
	if size := aws.ToInt64(out.ContentLength); size > maxBytes {
		return nil, fmt.Errorf("%w: %d bytes are too many", errNoImage, size)
	}
	photo, err := io.ReadAll(out.Body)
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	return photo, nil
}

// write stores a thumbnail under the key of its photo, in a bucket that notifies nobody.
func (s *store) write(ctx context.Context, key string, thumbnail []byte) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:      aws.String(s.thumbnails),
		Key:         aws.String(key),
		ContentType: aws.String("image/png"),
		Body:        bytes.NewReader(thumbnail),
	})
	if err != nil {
		return fmt.Errorf("storing a thumbnail: %w", err)
	}
	return nil
}
