package main

import (
	"encoding/base64"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
)

// orderIn reads the order that a request has. Its errors are a *badRequestError.
func orderIn(request events.APIGatewayV2HTTPRequest) (order, error) {
	body := []byte(request.Body)
	if request.IsBase64Encoded { // any content type but text and JSON
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return order{}, &badRequestError{"the body is not valid base64"}
		}
		body = decoded
	}
	var wanted order
	switch err := json.Unmarshal(body, &wanted); {
	case err != nil:
		return order{}, &badRequestError{"the body must be a JSON object with id, item and quantity"}
	case wanted.ID == "" || wanted.Item == "":
		return order{}, &badRequestError{"id and item must be texts that are not empty"}
	case wanted.Quantity < 1:
		return order{}, &badRequestError{"quantity must be at least 1"}
	}
	return wanted, nil
}
