// Quote answers GET /quotes/{id}: what an item costs, with what three services know of it.
//
// It works, on a good day. ../README.md says what goes wrong on others, and what is to be done;
// `make lesson-6 check` tells what is next.
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

// main runs once for each execution environment.
func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	for _, name := range []string{"TABLE_NAME", "RATES_URL", "STOCK_URL", "SHIPPING_URL"} {
		if os.Getenv(name) == "" {
			logger.Error("a variable is not set", "variable", name)
			os.Exit(1)
		}
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store: &store{client: dynamodb.NewFromConfig(cfg), table: os.Getenv("TABLE_NAME")},
		services: &services{
			all: []service{
				{"rate", os.Getenv("RATES_URL") + "/rates/"},
				{"stock", os.Getenv("STOCK_URL") + "/stock/"},
				{"shipping", os.Getenv("SHIPPING_URL") + "/shipping/"},
			},
		},
		logger: logger,
	}
	// The services are slow after a while without requests, so they are woken up before the first one.
	for _, each := range h.services.all {
		if _, err := h.services.get(context.Background(), each, "wake-up"); err != nil {
			logger.Info("a service is not awake yet", "figure", each.figure)
		}
	}
	lambda.Start(h.handle)
}

type handler struct {
	store    *store
	services *services
	logger   *slog.Logger
}

// quote is what the caller gets. Missing names the figures that are not there: none, so far.
type quote struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Price    float64  `json:"price"`
	Rate     *float64 `json:"rate"`
	Stock    *float64 `json:"stock"`
	Shipping *float64 `json:"shipping"`
	Missing  []string `json:"missing"`
}

// handle answers one request. Its error is always nil: what the caller is to know is in the answer.
func (h *handler) handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	found, err := h.store.get(ctx, request.PathParameters["id"])
	if err != nil {
		return h.fail(ctx, err), nil
	}
	figures, err := h.services.ask(ctx, found.ID)
	if err != nil {
		return h.fail(ctx, err), nil
	}
	q := quote{
		ID: found.ID, Name: found.Name, Price: found.Price,
		Rate: figures["rate"], Stock: figures["stock"], Shipping: figures["shipping"], Missing: []string{},
	}
	return respond(http.StatusOK, q), nil
}
