// Processor saves the orders of a queue in a DynamoDB table, batch by batch.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	table := os.Getenv("TABLE_NAME")
	if table == "" {
		logger.Error("TABLE_NAME is not set: it must hold the name of the orders table")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("cannot load the AWS configuration", "error", err.Error())
		os.Exit(1)
	}
	h := &handler{
		store:  &store{client: dynamodb.NewFromConfig(cfg), table: table},
		logger: logger,
	}
	lambda.Start(h.handle)
}

type handler struct {
	store  *store
	logger *slog.Logger
}

// handle processes a batch. TODO: an error that is returned here brings all of it back, what was saved, too. What
// does Lambda take as an answer about each record?
func (h *handler) handle(ctx context.Context, event events.SQSEvent) error {
	for _, record := range event.Records {
		if err := h.process(ctx, record); err != nil {
			// TODO: which message was it, and in which invocation? And whose order is in the log now?
			h.logger.Error("a record failed", "error", err.Error(), "record", record)
			return err
		}
	}
	return nil
}

// process saves the order of one record. TODO: how long may it wait for the table, and what becomes of the others then?
func (h *handler) process(ctx context.Context, record events.SQSMessage) error {
	wanted, err := orderIn(record.Body)
	if err != nil {
		return err
	}
	return h.store.save(ctx, wanted)
}
