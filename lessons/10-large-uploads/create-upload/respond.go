package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// respond is what an HTTP API expects. The gateway adds the CORS headers.
func respond(status int, body any) events.APIGatewayV2HTTPResponse {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	return events.APIGatewayV2HTTPResponse{
		StatusCode: status,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       string(text),
	}
}

// badRequestError is a request that its sender has to change. The message is for the sender.
type badRequestError struct{ message string }

func (e *badRequestError) Error() string { return e.message }

// fail logs an error for those who run the function, and answers what its caller may know.
func (h *handler) fail(ctx context.Context, err error) events.APIGatewayV2HTTPResponse {
	status, message := http.StatusInternalServerError, "internal error"
	level := slog.LevelError
	var bad *badRequestError
	if errors.As(err, &bad) {
		status, message, level = http.StatusBadRequest, bad.message, slog.LevelWarn
	}
	var requestID string
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		requestID = lc.AwsRequestID
	}
	h.logger.Log(ctx, level, "the request failed",
		"error", err.Error(),
		"status", status,
		"requestId", requestID,
		"stack", string(debug.Stack()),
	)
	return respond(status, map[string]string{"error": message})
}
