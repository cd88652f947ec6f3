// Checkout pays for orders: one at a time for POST /checkouts, or those in the messages of a queue.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	url := os.Getenv("PAYMENTS_URL")
	if url == "" {
		logger.Error("PAYMENTS_URL is not set: it must hold the address of the payment service")
		os.Exit(1)
	}
	h := &handler{payments: &payments{client: &http.Client{}, url: url}, logger: logger}
	lambda.Start(h.handle)
}

type handler struct {
	payments *payments
	logger   *slog.Logger
}

// handle tells by the event who asks: a queue sends Records, an API a request.
func (h *handler) handle(ctx context.Context, event json.RawMessage) (any, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	var batch events.SQSEvent
	if err := json.Unmarshal(event, &batch); err == nil && len(batch.Records) > 0 {
		return h.handleBatch(ctx, batch), nil
	}
	var request events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	return h.handleRequest(ctx, request), nil
}

// handleRequest pays for one order, and answers before the deadline whatever the payment service does.
func (h *handler) handleRequest(ctx context.Context, request events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	wanted, err := orderInRequest(request)
	if err != nil {
		return h.fail(ctx, err)
	}
	charge, err := h.payments.pay(ctx, wanted)
	if err != nil {
		return h.fail(ctx, err)
	}
	return respond(http.StatusCreated, map[string]string{"id": wanted.ID, "charge": charge})
}

// handleBatch pays for the orders of a batch, as far as time allows. What is not paid for comes back, and nothing else.
func (h *handler) handleBatch(ctx context.Context, batch events.SQSEvent) events.SQSEventResponse {
	failures := []events.SQSBatchItemFailure{}
	for _, record := range batch.Records {
		wanted, err := orderIn([]byte(record.Body))
		if err == nil {
			_, err = h.payments.pay(ctx, wanted)
		}
		if err != nil {
			h.logger.WarnContext(ctx, "an order is not paid for", "message", record.MessageId, "error", err.Error(), "requestId", requestID(ctx))
			failures = append(failures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
		}
	}
	return events.SQSEventResponse{BatchItemFailures: failures}
}
