package embedded

import (
	"net/http"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// The namespaces that AWS puts before the code of an error. SDKs drop them; other readers may not.
const (
	dynamoDBErrors   = "com.amazonaws.dynamodb.v20120810#"
	serviceErrors    = "com.amazon.coral.service#"
	validationErrors = "com.amazon.coral.validate#"
)

// fault is an error as DynamoDB's clients read it. None of the codes here, but InternalServerError
// by its status, is one that the SDKs retry.
type fault struct {
	Type    string         `json:"__type"`
	Message string         `json:"message"`
	Item    attribute.Item `json:"Item,omitempty"`
	Reasons []reason       `json:"CancellationReasons,omitempty"`

	status int // of HTTP
	// whole says that in a transaction this is about the request, and not a reason to cancel.
	whole bool
}

func (f *fault) answer() answer {
	return answer{status: f.status, body: mustMarshal(f)}
}

// invalid is what AWS says about a request that no table could fulfil.
func invalid(message string) *fault {
	return &fault{Type: validationErrors + "ValidationException", Message: message, status: http.StatusBadRequest}
}

// refused is [invalid] for an error of the packages below, which have AWS's words; nil for nil.
func refused(err error) *fault {
	if err == nil {
		return nil
	}
	return invalid(err.Error())
}

// conditionFailed is about a condition that does not hold for the item.
func conditionFailed(item attribute.Item) *fault {
	return &fault{
		Type:    dynamoDBErrors + "ConditionalCheckFailedException",
		Message: "The conditional request failed",
		Item:    item,
		status:  http.StatusBadRequest,
	}
}

// notSupported is about an operation, or a parameter, that AWS has and this backend does not. The
// code is none of AWS's own, so that nobody takes it for AWS's opinion.
func notSupported(what string) *fault {
	return &fault{
		Type:    dynamoDBErrors + "UnsupportedOperationException",
		Message: what + " is not supported here; use --backend containers",
		status:  http.StatusBadRequest,
	}
}

// noTable words ResourceNotFoundException as the operations on items have it.
func noTable() *fault {
	return &fault{
		Type:    dynamoDBErrors + "ResourceNotFoundException",
		Message: "Requested resource not found",
		status:  http.StatusBadRequest,
	}
}

// noTableNamed words ResourceNotFoundException as the operations on tables have it.
func noTableNamed(name string) *fault {
	f := noTable()
	f.Message += ": Table: " + name + " not found"
	return f
}

// unknownOperation is about a request that names no operation of DynamoDB. AWS sends no message
// (recalled, not verified); one is more use to a person with curl.
func unknownOperation() *fault {
	return &fault{
		Type:    serviceErrors + "UnknownOperationException",
		Message: "the request is no POST with an X-Amz-Target of " + targetPrefix + "<operation>",
		status:  http.StatusBadRequest,
	}
}

// serialization is about a body that is not the JSON of the operation. AWS's message names classes
// of its own or is missing (recalled, not verified), so it is not imitated.
func serialization(message string) *fault {
	return &fault{Type: serviceErrors + "SerializationException", Message: message, status: http.StatusBadRequest}
}

// tooLarge has the status of AWS; code and text are plausible, not verified.
func tooLarge() *fault {
	return &fault{
		Type:    serviceErrors + "RequestEntityTooLargeException",
		Message: "the request is larger than 16 MB",
		status:  http.StatusRequestEntityTooLarge,
	}
}

// internal is a fault of this backend. AWS's clients retry it.
func internal(message string) *fault {
	return &fault{
		Type:    dynamoDBErrors + "InternalServerError",
		Message: message,
		status:  http.StatusInternalServerError,
	}
}
