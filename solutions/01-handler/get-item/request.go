package main

import (
	"encoding/base64"
	"encoding/json"
)

// errUnknownEvent is the answer to an event of a source that this function is not made for.
var errUnknownEvent = &badRequestError{"unknown event: expected a request with the id of an item"}

// maxID is the longest key that DynamoDB takes, in bytes.
const maxID = 2048

// badRequestError is a request that its sender has to change. The message is for the sender.
type badRequestError struct{ message string }

func (e *badRequestError) Error() string { return e.message }

// envelope is what tells the sources of an event apart: API Gateway has the request as a string in body,
// maybe in base64; a direct invocation has an object there, or is the request itself.
type envelope struct {
	Records         json.RawMessage `json:"Records"`        // of SQS, S3 and others
	DetailType      json.RawMessage `json:"detail-type"`    // of EventBridge, whose events have an id, too
	RequestContext  json.RawMessage `json:"requestContext"` // API Gateway always sends one
	Body            json.RawMessage `json:"body"`
	IsBase64Encoded bool            `json:"isBase64Encoded"`
	ID              json.RawMessage `json:"id"`
}

// itemID finds the id of the item that an event asks for, whoever sent it.
func itemID(event json.RawMessage) (string, error) {
	request, err := requestIn(event)
	if err != nil {
		return "", err
	}
	var fields struct {
		ID *string `json:"id"`
	}
	if err := json.Unmarshal(request, &fields); err != nil {
		return "", &badRequestError{"the request must be a JSON object with a string as id"}
	}
	if fields.ID == nil || *fields.ID == "" {
		return "", &badRequestError{"the request has no id"}
	}
	if len(*fields.ID) > maxID {
		return "", &badRequestError{"the id is too long"}
	}
	return *fields.ID, nil
}

// requestIn unwraps the request from an event.
func requestIn(event json.RawMessage) (json.RawMessage, error) {
	var e envelope
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, &badRequestError{"the event is not a JSON object"}
	}
	var text string
	switch {
	case len(e.Records) > 0 || len(e.DetailType) > 0:
		return nil, errUnknownEvent
	case len(e.Body) > 0 && json.Unmarshal(e.Body, &text) != nil:
		return e.Body, nil // not a string: a direct invocation with an object
	case text != "" && e.IsBase64Encoded:
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, &badRequestError{"the body is not valid base64"}
		}
		return decoded, nil
	case text != "":
		return json.RawMessage(text), nil
	case len(e.RequestContext) > 0:
		return nil, &badRequestError{"the request has no body"}
	case len(e.ID) > 0:
		return event, nil
	default:
		return nil, errUnknownEvent
	}
}
