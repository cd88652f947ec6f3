package main

import (
	"encoding/json"
	"fmt"
)

// order is what a message holds, and what is saved of it.
type order struct {
	ID       string `dynamodbav:"id" json:"id"`
	Customer string `dynamodbav:"customer" json:"customer"`
	Item     string `dynamodbav:"item" json:"item"`
	Quantity int    `dynamodbav:"quantity" json:"quantity"`
}

// orderIn reads the order that a message holds.
func orderIn(body string) (order, error) {
	var wanted order
	if err := json.Unmarshal([]byte(body), &wanted); err != nil {
		return order{}, fmt.Errorf("the body is no order: %w", err)
	}
	// TODO: {} can be read, and is no order.
	return wanted, nil
}
