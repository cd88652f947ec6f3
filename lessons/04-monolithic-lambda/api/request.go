package main

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
)

// itemIn reads the item that a request wants to create. Its errors are a *badRequestError.
func itemIn(request events.APIGatewayV2HTTPRequest) (item, error) {
	body := []byte(request.Body)
	if request.IsBase64Encoded { // any content type but text and JSON
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return item{}, &badRequestError{"the body is not valid base64"}
		}
		body = decoded
	}
	wanted := item{Status: "available", Price: -1}
	if err := json.Unmarshal(body, &wanted); err != nil {
		return item{}, &badRequestError{"the body must be a JSON object with an item"}
	}
	return wanted, validate(wanted)
}

// location is where the new item can be found. The path has the stage in it, if the stage has a name.
func location(request events.APIGatewayV2HTTPRequest, id string) string {
	return request.RawPath + "/" + url.PathEscape(id)
}
