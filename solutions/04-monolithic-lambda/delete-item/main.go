// Delete-item answers DELETE /items/{id} of an HTTP API.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	table := os.Getenv("TABLE_NAME")
	if table == "" {
		logger.Error("TABLE_NAME is not set: it must hold the name of the items table")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store:  &store{client: dynamodb.NewFromConfig(cfg), table: table},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store  *store
	logger *slog.Logger
}

// handle answers one request. Its error is always nil: what the caller is to know is in the answer.
func (h *handler) handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	// An HTTP API has decoded the path already: %2F is a slash here.
	id := request.PathParameters["id"]
	if id == "" {
		return h.fail(ctx, &badRequestError{"the path has no id"}), nil
	}
	if err := h.store.remove(ctx, id); err != nil {
		return h.fail(ctx, err), nil
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusNoContent}, nil
}
