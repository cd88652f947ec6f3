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

// maxID is the longest key that DynamoDB takes, in bytes. It refuses a call with a longer one.
const maxID = 2048

// errNotFound says that there is no item with an id.
var errNotFound = errors.New("no item has this id")

// item is what the table holds.
type item struct {
	ID    string  `dynamodbav:"id"`
	Name  string  `dynamodbav:"name"`
	Price float64 `dynamodbav:"price"`
}

// store reads items.
type store struct {
	client *dynamodb.Client
	table  string
}

// get returns the item with an id, or errNotFound.
func (s *store) get(ctx context.Context, id string) (item, error) {
	if len(id) > maxID { // so nobody has it
		return item{}, errNotFound
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return item{}, fmt.Errorf("getting an item: %w", err)
	}
	if out.Item == nil { // for DynamoDB, an item that is not there is no error
		return item{}, errNotFound
	}
	var found item
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return item{}, fmt.Errorf("reading an item: %w", err)
	}
	return found, nil
}
