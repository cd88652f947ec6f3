package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// report is what was in the items table on a day.
type report struct {
	Day   string  `dynamodbav:"id"`
	Items int     `dynamodbav:"items"`
	Value float64 `dynamodbav:"value"`
	Text  string  `dynamodbav:"text"`
}

// store is the business logic. Nothing here knows of Lambda.
type store struct {
	client         *dynamodb.Client
	items, reports string // tables
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
