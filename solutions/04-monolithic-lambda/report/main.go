// Report writes down, once a day, what is in the items table.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	items, reports := os.Getenv("TABLE_NAME"), os.Getenv("REPORTS_TABLE_NAME")
	if items == "" || reports == "" {
		logger.Error("TABLE_NAME and REPORTS_TABLE_NAME must be set: they hold the names of the tables")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store:  &store{client: dynamodb.NewFromConfig(cfg), items: items, reports: reports},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store  *store
	logger *slog.Logger
}

// handle makes the report of the day that the event is of. Lambda invokes it asynchronously, and tries again when it returns
// an error: the report of a day has the day as its key, so that it is written once, however often it is tried.
func (h *handler) handle(ctx context.Context, event events.EventBridgeEvent) error {
	r, err := h.store.count(ctx)
	if err != nil {
		return err
	}
	r.Day = event.Time.UTC().Format(time.DateOnly)
	if r.Text, err = text(r); err != nil {
		return err
	}
	if err := h.store.save(ctx, r); err != nil {
		return err
	}
	h.logger.InfoContext(ctx, "the report is written", "day", r.Day, "items", r.Items)
	return nil
}
