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

// report is what was in the items table on a day.
type report struct {
	Day   string  `dynamodbav:"id"`
	Items int     `dynamodbav:"items"`
	Value float64 `dynamodbav:"value"`
	Text  string  `dynamodbav:"text"`
}

// store is the business logic. Nothing here knows of Lambda or HTTP.
type store struct {
	client         *dynamodb.Client
	items, reports string // tables
}

// get returns the item with an id, or errNotFound.
func (s *store) get(ctx context.Context, id string) (item, error) {
	if len(id) > maxID { // so nobody has it
		return item{}, errNotFound
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.items),
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

// create writes a new item, or returns errExists. The condition is checked where the item is written: to look
// first and write then would let two requests at once both succeed.
func (s *store) create(ctx context.Context, i item) error {
	attributes, err := attributevalue.MarshalMap(i)
	if err != nil {
		return fmt.Errorf("encoding an item: %w", err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.items),
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

// remove deletes the item with an id. One that is not there is as good as deleted: whoever tries again, because
// the first answer got lost, must not be told of an error.
func (s *store) remove(ctx context.Context, id string) error {
	if len(id) > maxID { // so nobody has it
		return nil
	}
	_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(s.items),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return fmt.Errorf("deleting an item: %w", err)
	}
	return nil
}

// count goes through all items. DynamoDB gives at most 1 MB of them at once.
func (s *store) count(ctx context.Context) (report, error) {
	var r report
	pages := dynamodb.NewScanPaginator(s.client, &dynamodb.ScanInput{
		TableName:            aws.String(s.items),
		ProjectionExpression: aws.String("price"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return report{}, fmt.Errorf("reading items: %w", err)
		}
		var items []struct {
			Price float64 `dynamodbav:"price"`
		}
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &items); err != nil {
			return report{}, fmt.Errorf("reading items: %w", err)
		}
		for _, i := range items {
			r.Items++
			r.Value += i.Price
		}
	}
	return r, nil
}

// save writes the report of a day, in place of one that is there already.
func (s *store) save(ctx context.Context, r report) error {
	attributes, err := attributevalue.MarshalMap(r)
	if err != nil {
		return fmt.Errorf("encoding a report: %w", err)
	}
	if _, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.reports), Item: attributes}); err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	return nil
}
