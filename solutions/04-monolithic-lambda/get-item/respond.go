package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// answerMargin is what is kept of the function's timeout for the answer itself: the context's
// deadline is the very moment at which Lambda kills the process.
const answerMargin = 500 * time.Millisecond

// withMargin ends the context early enough that an answer can still be sent.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-answerMargin))
}

// respond is what an HTTP API expects.
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
	status, message := public(err)
	var requestID string
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		requestID = lc.AwsRequestID
	}
	level := slog.LevelWarn // the caller's mistake
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	h.logger.Log(ctx, level, "the request failed",
		"error", err.Error(),
		"status", status,
		"requestId", requestID,
		"stack", string(debug.Stack()),
	)
	return respond(status, map[string]string{"error": message})
}

// public is what a caller is told of an error: a status, and nothing internal.
func public(err error) (status int, message string) {
	var bad *badRequestError
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, bad.message
	case errors.Is(err, errNotFound):
		return http.StatusNotFound, errNotFound.Error()
	default:
		return http.StatusInternalServerError, "internal error"
	}
}
