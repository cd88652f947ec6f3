package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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

// fail logs an error for those who run the function, and answers what its caller may know.
func (h *handler) fail(ctx context.Context, err error) events.APIGatewayV2HTTPResponse {
	status, message := public(err)
	h.logger.WarnContext(ctx, "the request failed", "error", err.Error(), "status", status, "requestId", requestID(ctx))
	return respond(status, map[string]string{"error": message})
}

// public is what a caller is told of an error: a status, and nothing internal.
func public(err error) (status int, message string) {
	var bad *badRequestError
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, bad.message
	case errors.Is(err, errDeclined):
		return http.StatusPaymentRequired, errDeclined.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout, "the payment takes too long; the order can be sent again"
	default:
		return http.StatusBadGateway, "the payment service cannot be reached; the order can be sent again"
	}
}

// requestID is by what the log of an invocation is found.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
