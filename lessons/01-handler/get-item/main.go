// Get-item looks up an item in a DynamoDB table.
//
// It answers one good request on a good day. ../README.md has the task, requirement by requirement;
// `make lesson-1 check` tells which one is next.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is what the table holds.
type item struct {
	ID    string `dynamodbav:"id" json:"id"`
	Name  string `dynamodbav:"name" json:"name"`
	Stock int    `dynamodbav:"stock" json:"stock"`
}

// request is what the caller wants.
type request struct {
	ID string `json:"id"`
}

// TODO: only a direct invocation sends the request as it is. API Gateway sends an event with the request
// in it. ../README.md lists what reaches this function.
func handle(ctx context.Context, req request) (events.APIGatewayV2HTTPResponse, error) {
	// TODO: this runs for every request. What can be made once?
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	client := dynamodb.NewFromConfig(cfg)

	out, err := client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("items"), // TODO: which table is it after a deployment?
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: req.ID}},
	})
	if err != nil {
		// TODO: who gets this error, and what do they see of it?
		return events.APIGatewayV2HTTPResponse{}, err
	}

	// TODO: and when there is no such item?
	var found item
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	body, err := json.Marshal(found)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: string(body)}, nil
}

func main() {
	lambda.Start(handle)
}
