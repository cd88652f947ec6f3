package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// store is the business logic. Nothing here knows of Lambda or SQS.
type store struct {
	client *dynamodb.Client
	table  string
}

// save writes an order. TODO: SQS may deliver it twice. What if the order was shipped in the meantime?
func (s *store) save(ctx context.Context, o order) error {
	attributes, err := attributevalue.MarshalMap(o)
	if err != nil {
		return fmt.Errorf("encoding an order: %w", err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(s.table),
		Item:      attributes,
	})
	if err != nil {
		return fmt.Errorf("saving an order: %w", err)
	}
	return nil
}
