// Thumbnail makes a thumbnail of each scan that is uploaded.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	thumbnails := os.Getenv("THUMBNAILS_BUCKET")
	if thumbnails == "" {
		logger.Error("THUMBNAILS_BUCKET is not set: it must hold the name of the bucket for thumbnails")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{client: s3.NewFromConfig(cfg), thumbnails: thumbnails, logger: logger}
	lambda.Start(h.handle)
}

type handler struct {
	client     *s3.Client
	thumbnails string // the bucket
	logger     *slog.Logger
}

// handle works off what S3 notifies of. An error has Lambda send the event again, twice; so it is returned only if the
// next time may be better.
func (h *handler) handle(ctx context.Context, event events.S3Event) error {
	var failed []error
	for _, r := range event.Records {
		bucket, key := r.S3.Bucket.Name, r.S3.Object.URLDecodedKey
		err := h.thumbnail(ctx, bucket, key)
		var bad *badScanError
		switch {
		case errors.As(err, &bad):
			h.logger.WarnContext(ctx, "not a scan", "key", key, "error", err.Error(), "requestId", requestID(ctx))
		case err != nil:
			h.logger.ErrorContext(ctx, "no thumbnail yet", "key", key, "error", err.Error(), "requestId", requestID(ctx))
			failed = append(failed, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(failed...)
}

// thumbnail makes that of one scan.
func (h *handler) thumbnail(ctx context.Context, bucket, key string) (err error) {
	scan, err := h.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Body.Close()) }()

	data, err := io.ReadAll(scan.Body)
	if err != nil {
		return err
	}
	large, err := decode(data)
	if err != nil {
		return err
	}
	small := shrink(large)
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		return err
	}
	_, err = h.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &h.thumbnails, Key: &key, Body: bytes.NewReader(out.Bytes()), ContentType: aws.String("image/png"),
	})
	return err
}

func requestID(ctx context.Context) string {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	return lc.AwsRequestID
}
