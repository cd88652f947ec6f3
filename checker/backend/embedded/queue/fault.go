package queue

import (
	"fmt"
	"net/http"
)

// The namespaces that AWS puts before the code of an error. SDKs drop them.
const (
	sqsErrors     = "com.amazonaws.sqs#"
	serviceErrors = "com.amazon.coral.service#"
)

// queryPrefix is part of the codes of some errors in SQS's older protocol. AWS sends them in a header, and
// SDKs make them the code of the error.
const queryPrefix = "AWS.SimpleQueueService."

// fault is an error as SQS's clients read it. None of the codes, but InternalError by its status, is one
// that the SDKs retry.
type fault struct {
	Type    string `json:"__type"`
	Message string `json:"message"`

	code   string // of the older protocol
	status int    // of HTTP
}

func (f *fault) answer() answer {
	who := ";Sender"
	if f.status >= http.StatusInternalServerError {
		who = ";Receiver"
	}
	return answer{status: f.status, queryError: f.code + who, body: mustMarshal(f)}
}

// modeled is an error that the SDK has a type for and whose codes differ in the two protocols.
func modeled(name, message string) *fault {
	return &fault{Type: sqsErrors + name, Message: message, code: queryPrefix + name, status: http.StatusBadRequest}
}

func invalidParameter(format string, args ...any) *fault {
	return &fault{
		Type: serviceErrors + "InvalidParameterValueException", Message: fmt.Sprintf(format, args...),
		code: "InvalidParameterValue", status: http.StatusBadRequest,
	}
}

// invalidValue is [invalidParameter] as AWS words it for most parameters.
func invalidValue(value any, parameter, reason string) *fault {
	return invalidParameter("Value %v for parameter %s is invalid. Reason: %s", value, parameter, reason)
}

func missingParameter(name string) *fault {
	return &fault{
		Type: serviceErrors + "MissingRequiredParameterException", Message: "The request must contain the parameter " + name + ".",
		code: "MissingParameter", status: http.StatusBadRequest,
	}
}

func invalidAttributeName(message string) *fault {
	return &fault{Type: sqsErrors + "InvalidAttributeName", Message: message, code: "InvalidAttributeName", status: http.StatusBadRequest}
}

func invalidAttributeValue(name string) *fault {
	return &fault{
		Type: sqsErrors + "InvalidAttributeValue", Message: "Invalid value for the parameter " + name + ".",
		code: "InvalidAttributeValue", status: http.StatusBadRequest,
	}
}

func invalidContents() *fault {
	return &fault{
		Type: sqsErrors + "InvalidMessageContents",
		Message: "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | " +
			"#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
		code: "InvalidMessageContents", status: http.StatusBadRequest,
	}
}

func noQueue() *fault {
	f := modeled("QueueDoesNotExist", "The specified queue does not exist.")
	f.code = queryPrefix + "NonExistentQueue"
	return f
}

func queueExists(attribute string) *fault {
	return &fault{
		Type:    sqsErrors + "QueueNameExists",
		Message: "A queue already exists with the same name and a different value for attribute " + attribute,
		code:    "QueueAlreadyExists", status: http.StatusBadRequest,
	}
}

func invalidHandle(handle string) *fault {
	return &fault{
		Type:    sqsErrors + "ReceiptHandleIsInvalid",
		Message: fmt.Sprintf("The input receipt handle \"%s\" is not a valid receipt handle.", handle),
		code:    "ReceiptHandleIsInvalid", status: http.StatusNotFound,
	}
}

// overLimit is about too many messages in flight. AWS's words are not known.
func overLimit(most int) *fault {
	return &fault{
		Type: sqsErrors + "OverLimit", Message: fmt.Sprintf("The queue has %d messages in flight; delete messages after they are processed", most),
		code: "OverLimit", status: http.StatusForbidden,
	}
}

// notSupported is about what SQS has and this package does not. The code is none of AWS's own, so that
// nobody takes it for AWS's opinion.
func notSupported(what string) *fault {
	const code = "UnsupportedOperationException"
	return &fault{Type: sqsErrors + code, Message: what + " is not supported here; use --backend containers", code: code, status: http.StatusBadRequest}
}

// unknownOperation is about a request that names no operation of SQS's JSON protocol.
func unknownOperation() *fault {
	const code = "UnknownOperationException"
	return &fault{
		Type: serviceErrors + code, Message: "the request is no POST with an X-Amz-Target of " + targetPrefix + "<operation>",
		code: code, status: http.StatusBadRequest,
	}
}

// serialization is about a body that is not the JSON of the operation; AWS's words are its parser's, and not
// imitated.
func serialization(message string) *fault {
	const code = "SerializationException"
	return &fault{Type: serviceErrors + code, Message: message, code: code, status: http.StatusBadRequest}
}

// internal is a fault of this package. AWS's clients retry it.
func internal(message string) *fault {
	return &fault{Type: sqsErrors + "InternalError", Message: message, code: "InternalError", status: http.StatusInternalServerError}
}
