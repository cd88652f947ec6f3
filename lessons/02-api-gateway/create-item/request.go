package main

import (
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
)

// itemIn reads the item that a request wants to create.
func itemIn(request events.APIGatewayV2HTTPRequest) (item, error) {
	// TODO: without a content type for text, API Gateway sends the body in base64.
	var wanted item
	if err := json.Unmarshal([]byte(request.Body), &wanted); err != nil {
		return item{}, &badRequestError{"bad request"} // TODO: what is wrong with it?
	}
	// TODO: an item needs a name and a price. What else can be wrong with one?
	return wanted, nil
}
