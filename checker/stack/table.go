package stack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/serverless-patterns/checker/sam"
)

// removeTimeout is how long the removal of a table may take when a stack is closed.
const removeTimeout = 10 * time.Second

// Table is a deployed DynamoDB table.
type Table struct {
	Name string // the physical one
	// Declared is what the template says of it. What costs money is not the same here: nothing is provisioned.
	Declared *sam.Table
	stack    *Stack
}

// Item is an item of a table, as the values that encoding/json would give.
type Item map[string]any

func (s *Stack) createTable(ctx context.Context, t *sam.Table) error {
	name := s.names[t.LogicalID]
	input := &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest, // the local table has no throughput to provision
		KeySchema:   keySchema(t.KeySchema),
	}
	for _, a := range t.Attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type),
		})
	}
	for _, index := range t.GlobalSecondaryIndexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(index.IndexName), KeySchema: keySchema(index.KeySchema), Projection: projection(index),
		})
	}
	for _, index := range t.LocalSecondaryIndexes {
		input.LocalSecondaryIndexes = append(input.LocalSecondaryIndexes, types.LocalSecondaryIndex{
			IndexName: aws.String(index.IndexName), KeySchema: keySchema(index.KeySchema), Projection: projection(index),
		})
	}
	s.tables[t.LogicalID] = &Table{Name: name, Declared: t, stack: s} // also when it fails: its answer may be what was lost
	if _, err := s.dynamodb.CreateTable(ctx, input); err != nil {
		return fmt.Errorf("cannot create table %s: %w", t.LogicalID, err)
	}
	return nil
}

func keySchema(elements []sam.KeyElement) []types.KeySchemaElement {
	var schema []types.KeySchemaElement
	for _, e := range elements {
		schema = append(schema, types.KeySchemaElement{AttributeName: aws.String(e.AttributeName), KeyType: types.KeyType(e.KeyType)})
	}
	return schema
}

func projection(index sam.Index) *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(index.ProjectionType), NonKeyAttributes: index.NonKeyAttributes}
}

// Put writes an item as somebody else would have done: it is not among the function's calls.
func (t *Table) Put(ctx context.Context, item Item) error {
	values, err := attributevalue.MarshalMap(map[string]any(item))
	if err != nil {
		return fmt.Errorf("cannot write to table %s: %w", t.Name, err)
	}
	if _, err := t.stack.dynamodb.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.Name), Item: values}); err != nil {
		return fmt.Errorf("cannot write to table %s: %w", t.Name, err)
	}
	return nil
}

// Items are all items of the table, in no order. Like Put, it is none of the function's calls.
func (t *Table) Items(ctx context.Context) ([]Item, error) {
	var all []Item
	pages := dynamodb.NewScanPaginator(t.stack.dynamodb, &dynamodb.ScanInput{TableName: aws.String(t.Name), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot read table %s: %w", t.Name, err)
		}
		for _, values := range page.Items {
			item := map[string]any{}
			if err := attributevalue.UnmarshalMap(values, &item); err != nil {
				return nil, fmt.Errorf("cannot read an item of table %s: %w", t.Name, err)
			}
			all = append(all, item)
		}
	}
	return all, nil
}

func (t *Table) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), removeTimeout) // also after the run was cancelled
	defer cancel()
	_, err := t.stack.dynamodb.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(t.Name)})
	var gone *types.ResourceNotFoundException
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("cannot remove table %s: %w", t.Name, err)
	}
	return nil
}
