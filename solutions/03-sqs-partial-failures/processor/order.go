package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// maxID is the longest key that DynamoDB takes, in bytes.
const maxID = 2048

// order is what a message holds, and what is saved of it.
type order struct {
	ID       string `dynamodbav:"id" json:"id"`
	Customer string `dynamodbav:"customer" json:"customer"`
	Item     string `dynamodbav:"item" json:"item"`
	Quantity int    `dynamodbav:"quantity" json:"quantity"`
}

// orderIn reads the order that a message holds. Its errors name the field, and not what is in it.
func orderIn(body string) (order, error) {
	var wanted order
	if err := json.Unmarshal([]byte(body), &wanted); err != nil {
		return order{}, fmt.Errorf("the body is no order: %w", err)
	}
	switch {
	case wanted.ID == "" || len(wanted.ID) > maxID:
		return order{}, fmt.Errorf("the body is no order: id must have between 1 and %d bytes", maxID)
	case wanted.Item == "":
		return order{}, errors.New("the body is no order: item must not be empty")
	case wanted.Quantity < 1:
		return order{}, errors.New("the body is no order: quantity must be at least 1")
	}
	return wanted, nil
}
