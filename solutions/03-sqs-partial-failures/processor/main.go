// Processor saves the orders of a queue in a DynamoDB table, batch by batch.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	// answerMargin is what is kept of the function's timeout for the response itself: the context's deadline is the
	// very moment at which Lambda kills the process, and then the whole batch comes back.
	answerMargin = 500 * time.Millisecond
	// recordTimeout is how long one record may take. DynamoDB answers in milliseconds; what takes longer than this is
	// left to the next delivery, so that a batch of ten fits into the function's timeout.
	recordTimeout = 2 * time.Second
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

// handle processes a batch, each record on its own, and reports those that failed: they come back, and Lambda deletes
// all others. Its error is always nil: one that is returned here would bring the whole batch back.
func (h *handler) handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	ctx, cancel := withMargin(ctx)
	defer cancel()

	var response events.SQSEventResponse
	for _, record := range event.Records {
		if err := h.process(ctx, record); err != nil {
			h.logFailure(ctx, record, err)
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{
				ItemIdentifier: record.MessageId,
			})
		}
	}
	return response, nil
}

// process saves the order of one record. When the batch has no time left, it fails at once.
func (h *handler) process(ctx context.Context, record events.SQSMessage) error {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()

	wanted, err := orderIn(record.Body)
	if err != nil {
		return err
	}
	return h.store.save(ctx, wanted)
}

// logFailure tells whoever looks for a message what became of it, and nothing of what is in it.
func (h *handler) logFailure(ctx context.Context, record events.SQSMessage, err error) {
	var requestID string
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		requestID = lc.AwsRequestID
	}
	h.logger.ErrorContext(ctx, "a record failed",
		"error", err.Error(),
		"messageId", record.MessageId,
		"delivery", record.Attributes["ApproximateReceiveCount"],
		"requestId", requestID,
	)
}

// withMargin ends the context early enough that a response can still be sent.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-answerMargin))
}
