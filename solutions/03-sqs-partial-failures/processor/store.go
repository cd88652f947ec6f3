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

// store is the business logic. Nothing here knows of Lambda or SQS.
type store struct {
	client *dynamodb.Client
	table  string
}

// save writes an order, once. One that is there already was saved by an earlier delivery of its message: that is what
// was wanted, and what has happened to it since stays.
func (s *store) save(ctx context.Context, o order) error {
	attributes, err := attributevalue.MarshalMap(o)
	if err != nil {
		return fmt.Errorf("encoding an order: %w", err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.table),
		Item:                attributes,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("saving an order: %w", err)
	}
	return nil
}
