package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// errExists says that there is an item with this id already.
var errExists = errors.New("an item with this id exists already")

// item is what the table holds, and what the API shows.
type item struct {
	ID          string   `dynamodbav:"id" json:"id"`
	Name        string   `dynamodbav:"name" json:"name"`
	Description string   `dynamodbav:"description,omitempty" json:"description,omitempty"`
	Status      string   `dynamodbav:"status" json:"status"`
	Price       float64  `dynamodbav:"price" json:"price"`
	Tags        []string `dynamodbav:"tags,omitempty" json:"tags,omitempty"`
}

// store is the business logic. Nothing here knows of Lambda or HTTP.
type store struct {
	client *dynamodb.Client
	table  string
}

// create writes a new item, or returns errExists. The condition is checked where the item is written: to look
// first and write then would let two requests at once both succeed.
func (s *store) create(ctx context.Context, i item) error {
	attributes, err := attributevalue.MarshalMap(i)
	if err != nil {
		return fmt.Errorf("encoding an item: %w", err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.table),
		Item:                attributes,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		return errExists
	}
	if err != nil {
		return fmt.Errorf("creating an item: %w", err)
	}
	return nil
}
