package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// handle answers one request. Its error is always nil: what the caller is to know is in the answer.
func (h *handler) handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	switch request.RouteKey {
	case "GET /items/{id}":
		return h.get(ctx, request), nil
	case "POST /items":
		return h.create(ctx, request), nil
	case "DELETE /items/{id}":
		return h.remove(ctx, request), nil
	case "GET /report":
		return h.report(ctx), nil
	default:
		return respond(http.StatusNotFound, map[string]string{"error": "there is no such route"}), nil
	}
}

func (h *handler) get(ctx context.Context, request events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	found, err := h.store.get(ctx, request.PathParameters["id"])
	if err != nil {
		return h.fail(ctx, err)
	}
	return respond(http.StatusOK, found)
}

func (h *handler) create(ctx context.Context, request events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	wanted, err := itemIn(request)
	if err != nil {
		return h.fail(ctx, err)
	}
	if wanted.ID == "" {
		wanted.ID = rand.Text()
	}
	if err := h.store.create(ctx, wanted); err != nil {
		return h.fail(ctx, err)
	}
	response := respond(http.StatusCreated, wanted)
	response.Headers["Location"] = location(request, wanted.ID)
	return response
}

func (h *handler) remove(ctx context.Context, request events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	if err := h.store.remove(ctx, request.PathParameters["id"]); err != nil {
		return h.fail(ctx, err)
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusNoContent}
}

// report writes the report of today. Somebody in the office opens its address every evening.
func (h *handler) report(ctx context.Context) events.APIGatewayV2HTTPResponse {
	r, err := h.store.count(ctx)
	if err != nil {
		return h.fail(ctx, err)
	}
	r.Day = time.Now().UTC().Format(time.DateOnly)
	if r.Text, err = text(r); err != nil {
		return h.fail(ctx, err)
	}
	if err := h.store.save(ctx, r); err != nil {
		return h.fail(ctx, err)
	}
	return respond(http.StatusOK, map[string]string{"report": r.Text})
}
