package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxID is the longest key that DynamoDB takes, in bytes. It refuses a call with a longer one.
const maxID = 2048

// store is the business logic. Nothing here knows of Lambda or HTTP.
type store struct {
	client *dynamodb.Client
	table  string
}

// remove deletes the item with an id. One that is not there is as good as deleted: whoever tries again, because
// the first answer got lost, must not be told of an error.
func (s *store) remove(ctx context.Context, id string) error {
	if len(id) > maxID { // so nobody has it
		return nil
	}
	_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(s.table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return fmt.Errorf("deleting an item: %w", err)
	}
	return nil
}
