package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// order is what a customer wants, and what the orders table holds.
type order struct {
	ID       string `dynamodbav:"id" json:"id"`
	Item     string `dynamodbav:"item" json:"item"`
	Quantity int    `dynamodbav:"quantity" json:"quantity"`
}

// shop is the business logic. Nothing here knows of Lambda or HTTP.
type shop struct {
	dynamodb      *dynamodb.Client
	sqs           *sqs.Client
	orders, stock string // tables
	confirmations string // the queue's URL
}

// save keeps the order.
func (s *shop) save(ctx context.Context, o order) error {
	attributes, err := attributevalue.MarshalMap(o)
	if err != nil {
		return fmt.Errorf("encoding an order: %w", err)
	}
	if _, err = s.dynamodb.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.orders), Item: attributes}); err != nil {
		return fmt.Errorf("saving an order: %w", err)
	}
	return nil
}

// fulfil reserves what was ordered, and then confirms the order.
func (s *shop) fulfil(ctx context.Context, o order) error {
	if err := s.reserve(ctx, o); err != nil {
		return err
	}
	return s.confirm(ctx, o)
}

func (s *shop) reserve(ctx context.Context, o order) error {
	_, err := s.dynamodb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.stock),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: o.Item}},
		UpdateExpression:          aws.String("ADD reserved :quantity"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":quantity": &types.AttributeValueMemberN{Value: strconv.Itoa(o.Quantity)}},
	})
	if err != nil {
		return fmt.Errorf("reserving stock: %w", err)
	}
	return nil
}

func (s *shop) confirm(ctx context.Context, o order) error {
	body, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encoding a confirmation: %w", err)
	}
	if _, err := s.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(s.confirmations), MessageBody: aws.String(string(body))}); err != nil {
		return fmt.Errorf("sending a confirmation: %w", err)
	}
	return nil
}
