// Consume does with each message what its body says: save ID, saveif CONDITION, send BODY, report, later (report, and have it back
// after 5 min), error, panic, and what is none of these it takes as done. Without TABLE_NAME it does not start.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

type consumer struct {
	db     *dynamodb.Client
	queues *sqs.Client
}

func main() {
	if _, set := os.LookupEnv("TABLE_NAME"); !set {
		fmt.Println("TABLE_NAME is not set")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	lambda.Start(consumer{dynamodb.NewFromConfig(cfg), sqs.NewFromConfig(cfg)}.handle)
}

func (c consumer) handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	var response events.SQSEventResponse
	for _, m := range event.Records {
		fmt.Println("got", m.Body)
		verb, argument, _ := strings.Cut(strings.ReplaceAll(m.Body, "\n", " "), " ")
		var err error
		switch verb {
		case "save":
			_, err = c.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(os.Getenv("TABLE_NAME")), Item: map[string]types.AttributeValue{
				"id": &types.AttributeValueMemberS{Value: argument},
			}})
		case "saveif":
			_, err = c.db.PutItem(ctx, &dynamodb.PutItemInput{
				TableName: aws.String(os.Getenv("TABLE_NAME")), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}},
				ConditionExpression: &argument,
			})
		case "send":
			_, err = c.queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(os.Getenv("QUEUE_URL")), MessageBody: &argument})
		case "report":
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		case "later":
			_, err = c.queues.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
				QueueUrl: aws.String(os.Getenv("ORDERS_URL")), ReceiptHandle: &m.ReceiptHandle, VisibilityTimeout: 300,
			})
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		case "error":
			err = errors.New("out of tea")
		case "panic":
			panic("out of tea")
		}
		if err != nil {
			return response, err
		}
	}
	return response, nil
}
