package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxRequestBytes is DynamoDB's limit; the largest legal request is a BatchWriteItem of 16 MB.
const maxRequestBytes = 16 << 20

const targetPrefix = "DynamoDB_20120810."

// request is one whose operation is allowed and whose body has the right shape.
type request struct {
	operation string
	input     input
}

// inputOf is the allow-list. It returns an empty input of an operation, nil if the operation is not
// supported.
func inputOf(operation string) input {
	switch operation {
	case "CreateTable":
		return new(createTableInput)
	case "DescribeTable":
		return new(describeTableInput)
	case "DeleteTable":
		return new(deleteTableInput)
	case "ListTables":
		return new(listTablesInput)
	case "DescribeTimeToLive":
		return new(describeTimeToLiveInput)
	case "UpdateTimeToLive":
		return new(updateTimeToLiveInput)
	case "GetItem":
		return new(getItemInput)
	case "PutItem":
		return new(putItemInput)
	case "UpdateItem":
		return new(updateItemInput)
	case "DeleteItem":
		return new(deleteItemInput)
	case "Query":
		return new(queryInput)
	case "Scan":
		return new(scanInput)
	case "BatchGetItem":
		return new(batchGetItemInput)
	case "BatchWriteItem":
		return new(batchWriteItemInput)
	case "TransactGetItems":
		return new(transactGetItemsInput)
	case "TransactWriteItems":
		return new(transactWriteItemsInput)
	default:
		return nil
	}
}

// parse decodes the body.
func parse(r *http.Request) (*request, *fault) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if r.Method != http.MethodPost || !ok || operation == "" {
		return nil, unknownOperation()
	}
	input := inputOf(operation)
	if input == nil {
		return nil, notSupported(operation)
	}

	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	// null and lists would decode into nothing without an error.
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, serialization("the request is not a JSON object")
	}
	if err := json.Unmarshal(body, input); err != nil {
		return nil, serialization(err.Error())
	}
	return &request{operation: operation, input: input}, nil
}

func readBody(r *http.Request) ([]byte, *fault) {
	var buf bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= maxRequestBytes {
		buf.Grow(int(n) + bytes.MinRead) // or ReadFrom grows it once more to see the end
	}
	n, err := buf.ReadFrom(io.LimitReader(r.Body, maxRequestBytes+1))
	switch {
	case n > maxRequestBytes:
		return nil, tooLarge()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, serialization("the request ends before its Content-Length")
	case err != nil:
		return nil, serialization("the request could not be read: " + err.Error())
	}
	return buf.Bytes(), nil
}
