// Order answers POST /orders of an HTTP API: it saves the order, reserves its stock and has it confirmed.
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
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	for _, name := range []string{"ORDERS_TABLE", "STOCK_TABLE", "CONFIRMATIONS_QUEUE_URL"} {
		if os.Getenv(name) == "" {
			logger.Error(name + " is not set")
			os.Exit(1)
		}
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		shop: &shop{
			dynamodb:      dynamodb.NewFromConfig(cfg),
			sqs:           sqs.NewFromConfig(cfg),
			orders:        os.Getenv("ORDERS_TABLE"),
			stock:         os.Getenv("STOCK_TABLE"),
			confirmations: os.Getenv("CONFIRMATIONS_QUEUE_URL"),
		},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	shop   *shop
	logger *slog.Logger
}

// handle answers one request. Its error is always nil: what the caller is to know is in the answer.
func (h *handler) handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	wanted, err := orderIn(request)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	if err := h.shop.save(ctx, wanted); err != nil {
		return h.fail(ctx, err), nil
	}
	// The customer need not wait for the warehouse.
	go func() {
		if err := h.shop.fulfil(context.Background(), wanted); err != nil {
			h.logger.Error("the order was not fulfilled", "error", err.Error(), "order", wanted.ID)
		}
	}()
	return respond(http.StatusCreated, wanted), nil
}
