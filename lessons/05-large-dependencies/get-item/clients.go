package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// connection is what all our functions begin with, so that nobody has to add a client later.
type connection struct {
	table    string
	dynamodb *dynamodb.Client
	s3       *s3.Client
	sqs      *sqs.Client
}

// connect makes the clients, and makes sure that the table is there before the first request comes.
func connect(ctx context.Context, table string) (*connection, error) {
	c := &connection{table: table}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return c, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	c.dynamodb = dynamodb.NewFromConfig(cfg)
	c.s3 = s3.NewFromConfig(cfg)
	c.sqs = sqs.NewFromConfig(cfg)
	if _, err := c.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)}); err != nil {
		return c, fmt.Errorf("looking for the table: %w", err)
	}
	return c, nil
}
