// Create-upload answers POST /uploads of an HTTP API: it stores the body of the request in a bucket.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// answerMargin is what is kept of the function's timeout for the answer itself.
const answerMargin = 500 * time.Millisecond

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	bucket := os.Getenv("BUCKET_NAME")
	if bucket == "" {
		logger.Error("BUCKET_NAME is not set: it must hold the name of the bucket for uploads")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		uploads: &uploads{client: s3.NewFromConfig(cfg), bucket: bucket},
		logger:  logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	uploads *uploads
	logger  *slog.Logger
}

// handle answers one request. Its error is always nil: what the caller is to know is in the answer.
func (h *handler) handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-answerMargin))
		defer cancel()
	}
	f, err := fileIn(request)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	stored, err := h.uploads.store(ctx, f)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	return respond(http.StatusCreated, stored), nil
}
