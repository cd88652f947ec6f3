// Resize makes a thumbnail of each photo that is stored in a bucket.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	bucket := os.Getenv("THUMBNAILS_BUCKET")
	if bucket == "" {
		logger.Error("THUMBNAILS_BUCKET is not set: it must hold the name of the bucket for thumbnails")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store:  &store{client: s3.NewFromConfig(cfg), thumbnails: bucket},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store  *store
	logger *slog.Logger
}

// handle makes thumbnails of what an event tells of. It may come twice, or late: a thumbnail is made of the photo as it is
// now, and stored at the same key each time. An error has Lambda try again, so only what another attempt may mend is one.
func (h *handler) handle(ctx context.Context, event events.S3Event) error {
	for _, record := range event.Records {
		if !strings.HasPrefix(record.EventName, "ObjectCreated:") {
			continue
		}
		// Keys come form-encoded: a space is a plus sign.
		key := record.S3.Object.URLDecodedKey
		err := h.resize(ctx, record.S3.Bucket.Name, key)
		switch {
		case errors.Is(err, errGone), errors.Is(err, errNoImage):
			h.log(ctx, slog.LevelWarn, "left out", key, err)
		case err != nil:
			h.log(ctx, slog.LevelError, "no thumbnail was made", key, err)
			return err
		}
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
	return h.store.write(ctx, key, thumbnail)
}

func (h *handler) log(ctx context.Context, level slog.Level, message, key string, err error) {
	var requestID string
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		requestID = lc.AwsRequestID
	}
	h.logger.Log(ctx, level, message, "key", key, "error", err.Error(), "requestId", requestID)
}
