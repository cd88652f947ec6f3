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
	if errors.Is(err, errNotFound) {
		return respond(http.StatusNotFound, map[string]string{"error": errNotFound.Error()})
	}
	h.logger.ErrorContext(ctx, "the request failed", "error", err.Error(), "requestId", requestID(ctx))
	return respond(http.StatusInternalServerError, map[string]string{"error": "internal error"})
}

// requestID is by what the log of an invocation is found.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
