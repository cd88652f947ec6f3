package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// errExists says that there is an item with this id already.
var errExists = errors.New("an item with this id exists already")

// item is what the table holds, and what the API shows.
type item struct {
	ID     string   `dynamodbav:"id" json:"id"`
	Name   string   `dynamodbav:"name" json:"name"`
	Status string   `dynamodbav:"status" json:"status"`
	Price  float64  `dynamodbav:"price" json:"price"`
	Tags   []string `dynamodbav:"tags,omitempty" json:"tags,omitempty"`
}

// store is the business logic. Nothing here knows of Lambda or HTTP.
type store struct {
	client *dynamodb.Client
	table  string
}

// create writes a new item. TODO: or another one over an item that is there already.
func (s *store) create(ctx context.Context, i item) error {
	attributes, err := attributevalue.MarshalMap(i)
	if err != nil {
		return fmt.Errorf("encoding an item: %w", err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(s.table),
		Item:      attributes,
	})
	if err != nil {
		return fmt.Errorf("creating an item: %w", err)
	}
	return nil
}
