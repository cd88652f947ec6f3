// Get-item looks up an item in a DynamoDB table.
//
// It is the handler pattern: main makes what lasts, handler speaks Lambda and HTTP, and the store
// (store.go) knows neither.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// main runs once for each execution environment. What is made here is reused by every invocation.
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

// handler is what lives as long as the execution environment. Nothing in it belongs to one request.
type handler struct {
	store  *store
	logger *slog.Logger
}

// handle answers one event. Its error is always nil: one that is returned here would reach Lambda
// instead of the caller, who would be left with a 500 that says nothing.
func (h *handler) handle(ctx context.Context, event json.RawMessage) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	id, err := itemID(event)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	found, err := h.store.get(ctx, id)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	return respond(http.StatusOK, found), nil
}
