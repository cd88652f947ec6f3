// Order saves an order by PutItem, and has then two calls to make, UpdateItem and DeleteItem. The path says how: wait for both,
// leave both or the last one to a goroutine, forget about them, hand them over to a queue, at the second attempt if need be,
// or refuse the order. Briefly is with a limit for each call that is waited for.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

type shop struct {
	db     *dynamodb.Client
	queues *sqs.Client
	table  *string
	limit  time.Duration // of a call
}

// brief is less than calls are held back for.
const brief = 300 * time.Millisecond

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	lambda.Start(shop{dynamodb.NewFromConfig(cfg), sqs.NewFromConfig(cfg), aws.String(os.Getenv("TABLE_NAME")), time.Minute}.handle)
}

// handle gets requests, and messages that it has sent itself.
func (s shop) handle(ctx context.Context, event json.RawMessage) (any, error) {
	var messages events.SQSEvent
	if err := json.Unmarshal(event, &messages); err == nil && len(messages.Records) > 0 {
		for _, m := range messages.Records {
			if err := s.work(ctx, m.Body); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	var request events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	how := strings.TrimPrefix(request.RawPath, "/")
	if how == "refuse" {
		return events.APIGatewayV2HTTPResponse{StatusCode: 400}, nil
	}
	err := s.take(ctx, how, request.Body)
	if errors.Is(err, context.DeadlineExceeded) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 503}, nil
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: 201}, err
}

func (s shop) take(ctx context.Context, how, id string) error {
	if _, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: s.table, Item: key(id)}); err != nil {
		return err
	}
	how, briefly := strings.CutSuffix(how, "-briefly")
	if briefly {
		s.limit = brief
	}
	switch how {
	case "wait":
		return s.work(ctx, id)
	case "leave":
		go func() { _ = s.work(context.Background(), id) }()
	case "leave-last":
		if err := s.update(ctx, id); err != nil {
			return err
		}
		s.limit = time.Minute
		go func() { _ = s.remove(context.Background(), id) }()
	case "hand-over":
		return s.send(ctx, id)
	case "hand-over-again":
		first, cancel := context.WithTimeout(ctx, brief)
		defer cancel()
		if s.send(first, id) == nil {
			return nil
		}
		return s.send(ctx, id)
	}
	return nil
}

func (s shop) send(ctx context.Context, id string) error {
	_, err := s.queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(os.Getenv("QUEUE_URL")), MessageBody: &id})
	return err
}

// work makes the two calls, one after the other.
func (s shop) work(ctx context.Context, id string) error {
	if err := s.update(ctx, id); err != nil {
		return err
	}
	return s.remove(ctx, id)
}

func (s shop) update(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.table, Key: key(id + "-updated"), UpdateExpression: aws.String("SET done = :done"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":done": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}

func (s shop) remove(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	_, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: s.table, Key: key(id)})
	return err
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}
