// Quote answers GET /quotes/{id}: what an item costs, with what three services know of it.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// main runs once for each execution environment. It makes clients, and calls nobody.
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
			client: &http.Client{},
			all: []service{
				{"rate", os.Getenv("RATES_URL") + "/rates/"},
				{"stock", os.Getenv("STOCK_URL") + "/stock/"},
				{"shipping", os.Getenv("SHIPPING_URL") + "/shipping/"},
			},
		},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store    *store
	services *services
	logger   *slog.Logger
}

// quote is what the caller gets. Figures that no service gave in time are null, and Missing names them.
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
	figures, failures := h.services.ask(ctx, found.ID)
	q := quote{
		ID: found.ID, Name: found.Name, Price: found.Price,
		Rate: figures["rate"], Stock: figures["stock"], Shipping: figures["shipping"], Missing: []string{},
	}
	for name, err := range failures {
		h.logger.WarnContext(ctx, "a figure is missing", "figure", name, "error", err.Error(), "requestId", requestID(ctx))
		q.Missing = append(q.Missing, name)
	}
	slices.Sort(q.Missing)
	return respond(http.StatusOK, q), nil
}
