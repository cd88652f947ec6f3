package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"
)

// maxSize is the largest file that clients may store, in bytes.
const maxSize = 200 << 20

// contentTypes are those that clients may store. What a browser would run, such as HTML or SVG, is none of them.
var contentTypes = []string{"image/jpeg", "image/png", "video/mp4"}

// file is what a client says of the file that it wants to store.
type file struct {
	ContentType string `json:"contentType"`
	Size        int64  `json:"size"` // bytes
}

// fileIn reads what a request says of a file. Its errors are a *badRequestError.
func fileIn(request events.APIGatewayV2HTTPRequest) (file, error) {
	body := []byte(request.Body)
	if request.IsBase64Encoded { // any content type but text and JSON
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return file{}, &badRequestError{"the body is not valid base64"}
		}
		body = decoded
	}
	var f file
	if err := json.Unmarshal(body, &f); err != nil {
		return file{}, &badRequestError{"the body must be a JSON object with contentType and size"}
	}
	switch {
	case !slices.Contains(contentTypes, f.ContentType):
		return file{}, &badRequestError{fmt.Sprintf("contentType must be one of %v", contentTypes)}
	case f.Size < 1 || f.Size > maxSize:
		return file{}, &badRequestError{fmt.Sprintf("size must be between 1 and %d bytes", maxSize)}
	}
	return f, nil
}
