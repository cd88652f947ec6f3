// Get-item answers GET /items/{id} of an HTTP API with the item, and the label that the warehouse prints for it.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	c, err := connect(context.Background(), os.Getenv("TABLE_NAME"))
	if err != nil {
		logger.Error("cannot connect", "error", err.Error())
	}
	h := &handler{
		store:  &store{client: c.dynamodb, table: c.table},
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

	id := request.PathParameters["id"]
	if !rules["id"].MatchString(id) {
		return h.fail(ctx, &badRequestError{"the id must be 1 to 64 letters, digits, dots, hyphens or underscores"}), nil
	}
	found, err := h.store.get(ctx, id)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	return respond(http.StatusOK, labelled{found, label(found)}), nil
}
