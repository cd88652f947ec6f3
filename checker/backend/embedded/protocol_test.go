package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
)

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	for name, c := range map[string]struct {
		target, body string
		status       int
		code         string
	}{
		"no target":            {"", `{}`, 400, "com.amazon.coral.service#UnknownOperationException"},
		"other service":        {"AmazonSQS.GetItem", `{}`, 400, "com.amazon.coral.service#UnknownOperationException"},
		"no operation":         {"DynamoDB_20120810.", `{}`, 400, "com.amazon.coral.service#UnknownOperationException"},
		"not supported":        {"DynamoDB_20120810.ExecuteStatement", `{}`, 400, "com.amazonaws.dynamodb.v20120810#UnsupportedOperationException"},
		"empty body":           {"DynamoDB_20120810.GetItem", ``, 400, "com.amazon.coral.service#SerializationException"},
		"cut off":              {"DynamoDB_20120810.GetItem", `{"TableName":"items"`, 400, "com.amazon.coral.service#SerializationException"},
		"more after it":        {"DynamoDB_20120810.GetItem", `{"TableName":"items"}{}`, 400, "com.amazon.coral.service#SerializationException"},
		"null":                 {"DynamoDB_20120810.GetItem", `null`, 400, "com.amazon.coral.service#SerializationException"},
		"a number as N":        {"DynamoDB_20120810.PutItem", `{"TableName":"items","Item":{"id":{"N":1}}}`, 400, "com.amazon.coral.service#SerializationException"},
		"no base64":            {"DynamoDB_20120810.PutItem", `{"TableName":"items","Item":{"id":{"B":"!"}}}`, 400, "com.amazon.coral.service#SerializationException"},
		"no table name":        {"DynamoDB_20120810.GetItem", `{}`, 400, "com.amazon.coral.validate#ValidationException"},
		"no type":              {"DynamoDB_20120810.PutItem", `{"TableName":"items","Item":{"id":{}}}`, 400, "com.amazon.coral.validate#ValidationException"},
		"null as value":        {"DynamoDB_20120810.PutItem", `{"TableName":"items","Item":{"id":null}}`, 400, "com.amazon.coral.validate#ValidationException"},
		"two types":            {"DynamoDB_20120810.PutItem", `{"TableName":"items","Item":{"id":{"S":"a","N":"1"}}}`, 400, "com.amazon.coral.validate#ValidationException"},
		"larger than 16 MB":    {"DynamoDB_20120810.PutItem", strings.Repeat(" ", 16<<20+1), 413, "com.amazon.coral.service#RequestEntityTooLargeException"},
		"no items":             {"DynamoDB_20120810.BatchGetItem", `{}`, 400, "com.amazon.coral.validate#ValidationException"},
		"no table for a batch": {"DynamoDB_20120810.BatchGetItem", `{"RequestItems":{"nope":{"Keys":[{"id":{"S":"a"}}]}}}`, 400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, header, members := post(t, url, c.target, c.body)
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.code, members["__type"])
			assert.NotEmpty(t, members["message"])
			assert.Equal(t, "application/x-amz-json-1.0", header.Get("Content-Type"))
			assert.Len(t, header.Get("x-amzn-RequestId"), 52)
		})
	}
}

// One table that all use, and one that each makes and drops.
func TestConcurrentClients(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	const clients, operations = 8, 200
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(c)))
			for range operations {
				assert.NoError(t, anyOperation(t.Context(), client, random, fmt.Sprintf("own-%d", c)))
			}
		})
	}
	wg.Wait()
}

func anyOperation(ctx context.Context, client *dynamodb.Client, random *rand.Rand, own string) error {
	table, id := aws.String("items"), str(fmt.Sprint(random.IntN(10)))
	switch random.IntN(6) {
	case 0:
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item{"id": id, "n": num("1")}})
		return err
	case 1:
		_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: table, Key: item{"id": id}, UpdateExpression: aws.String("ADD n :one"),
			ExpressionAttributeValues: item{":one": num("1")},
		})
		return err
	case 2:
		_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: item{"id": id}})
		return err
	case 3:
		_, err := client.Scan(ctx, &dynamodb.ScanInput{TableName: table})
		return err
	case 4:
		if _, err := client.CreateTable(ctx, tableInput(own)); err != nil {
			return err
		}
		_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &own})
		return err
	default:
		_, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: item{"id": id}})
		return err
	}
}
