// Resize makes a thumbnail of each photo that is stored in a bucket.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store:  &store{client: s3.NewFromConfig(cfg)},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store  *store
	logger *slog.Logger
}

// handle makes a thumbnail of the photo that an event tells of. An error has Lambda try again.
func (h *handler) handle(ctx context.Context, event events.S3Event) error {
	record := event.Records[0]
	key := record.S3.Object.Key
	err := h.resize(ctx, record.S3.Bucket.Name, key)
	if err != nil {
		h.log(ctx, slog.LevelError, "no thumbnail was made", key, err)
		return err
	}
	return nil
}

func (h *handler) resize(ctx context.Context, bucket, key string) error {
	photo, err := h.store.read(ctx, bucket, key)
	if err != nil {
		return err
	}
	thumbnail, err := resize(photo)
	if err != nil {
		return err
	}
	return h.store.write(ctx, bucket, key, thumbnail)
}

func (h *handler) log(ctx context.Context, level slog.Level, message, key string, err error) {
	var requestID string
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		requestID = lc.AwsRequestID
	}
	h.logger.Log(ctx, level, message, "key", key, "error", err.Error(), "requestId", requestID)
}
