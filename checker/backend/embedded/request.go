package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/truora/minidyn/server"
)

// maxRequestBytes is DynamoDB's limit; the largest legal request is a BatchWriteItem of 16 MB.
const maxRequestBytes = 16 << 20

const targetPrefix = "DynamoDB_20120810."

// request is one that may be checked: its operation is allowed and its body has the right shape.
type request struct {
	operation string
	body      []byte
	input     any // the body, as inputOf gives it
}

// inputOf is the allow-list. It returns an empty input of an operation, nil if the operation is not
// supported.
func inputOf(operation string) any {
	switch operation {
	case "CreateTable":
		return new(server.CreateTableInput)
	case "DescribeTable":
		return new(server.DescribeTableInput)
	case "DeleteTable":
		return new(server.DeleteTableInput)
	case "ListTables":
		return new(listTablesInput)
	case "GetItem":
		return new(server.GetItemInput)
	case "PutItem":
		return new(server.PutItemInput)
	case "UpdateItem":
		return new(server.UpdateItemInput)
	case "DeleteItem":
		return new(server.DeleteItemInput)
	case "Query":
		return new(server.QueryInput)
	case "Scan":
		return new(server.ScanInput)
	case "BatchGetItem":
		return new(server.BatchGetItemInput)
	case "BatchWriteItem":
		return new(server.BatchWriteItemInput)
	case "TransactGetItems":
		return new(server.TransactGetItemsInput)
	case "TransactWriteItems":
		return new(server.TransactWriteItemsInput)
	default:
		return nil
	}
}

// parse decodes the body in front of minidyn, which would answer a malformed one with an error that
// AWS does not have, and would not notice what follows the first JSON value.
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
	return &request{operation: operation, body: body, input: input}, nil
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
