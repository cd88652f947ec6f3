// Api does all that can be done with items: it answers every route of the HTTP API, and writes the report when somebody
// asks for it.
package main

import (
	"context"
	"log/slog"
	"os"

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
