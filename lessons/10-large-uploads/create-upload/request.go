package main

import (
	"encoding/base64"

	"github.com/aws/aws-lambda-go/events"
)

// file is what a client wants to store.
type file struct {
	Name        string
	ContentType string
	Content     []byte
}

// fileIn reads the file in the body of a request. Its errors are a *badRequestError.
func fileIn(request events.APIGatewayV2HTTPRequest) (file, error) {
	body := []byte(request.Body)
	if request.IsBase64Encoded { // any content type but text and JSON
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return file{}, &badRequestError{"the body is not valid base64"}
		}
		body = decoded
	}
	f := file{Name: request.QueryStringParameters["name"], ContentType: request.Headers["content-type"], Content: body}
	if f.Name == "" {
		f.Name = "untitled"
	}
	return f, nil
}
