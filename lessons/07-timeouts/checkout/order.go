package main

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/aws/aws-lambda-go/events"
)

// order is what is paid for.
type order struct {
	ID     string `json:"id"`
	Amount int    `json:"amount"` // cents
}

// badRequestError is a request that its sender has to change. The message is for the sender.
type badRequestError struct{ message string }

func (e *badRequestError) Error() string { return e.message }

// orderInRequest reads the order from a request of an HTTP API.
func orderInRequest(request events.APIGatewayV2HTTPRequest) (order, error) {
	body := []byte(request.Body)
	if request.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return order{}, &badRequestError{"the body is not valid base64"}
		}
		body = decoded
	}
	return orderIn(body)
}

// orderIn reads an order.
func orderIn(body []byte) (order, error) {
	var o order
	if err := json.Unmarshal(body, &o); err != nil {
		return order{}, &badRequestError{"the body must be a JSON object with id and amount"}
	}
	if o.ID == "" || o.Amount <= 0 {
		return order{}, &badRequestError{"an order has an id, and an amount of cents that is more than 0"}
	}
	if strings.ContainsFunc(o.ID, unicode.IsControl) { // no header could hold it
		return order{}, &badRequestError{"an order's id has no line breaks, and no other control characters"}
	}
	return o, nil
}
