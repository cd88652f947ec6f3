package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
)

// maxID is the longest key that DynamoDB takes, in bytes.
const maxID = 2048

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
	// Pointers tell what is missing from what is empty.
	var fields struct {
		ID     *string  `json:"id"`
		Name   *string  `json:"name"`
		Status *string  `json:"status"`
		Price  *float64 `json:"price"`
		Tags   []string `json:"tags"`
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		return item{}, unreadable(err)
	}
	switch {
	case fields.ID != nil && (*fields.ID == "" || len(*fields.ID) > maxID):
		return item{}, &badRequestError{fmt.Sprintf("id must have between 1 and %d bytes, or be left out", maxID)}
	case fields.Name == nil || *fields.Name == "":
		return item{}, &badRequestError{"name must be a text that is not empty"}
	case fields.Price == nil || *fields.Price < 0:
		return item{}, &badRequestError{"price must be a number that is not negative"}
	case !storable(*fields.Price):
		return item{}, &badRequestError{"price must be a number that can be stored"}
	}
	wanted := item{Name: *fields.Name, Price: *fields.Price, Status: "available", Tags: fields.Tags}
	if fields.ID != nil {
		wanted.ID = *fields.ID
	}
	if fields.Status != nil {
		wanted.Status = *fields.Status
	}
	return wanted, nil
}

// storable tells whether DynamoDB takes a number. Its exponents go from -130 to 125, those of a float64 much further.
func storable(n float64) bool {
	n = math.Abs(n)
	return n == 0 || 1e-130 <= n && n < 1e126
}

// unreadable says what is wrong with JSON in the words of who sent it.
func unreadable(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return &badRequestError{fmt.Sprintf("%s must not be a %s", wrongType.Field, wrongType.Value)}
	}
	return &badRequestError{"the body must be a JSON object"}
}

// location is where the new item can be found. The path has the stage in it, if the stage has a name.
func location(request events.APIGatewayV2HTTPRequest, id string) string {
	return request.RawPath + "/" + url.PathEscape(id)
}
