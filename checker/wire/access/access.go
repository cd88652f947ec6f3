// Package access tells what an AWS request asks for: its operation, and each action on each resource that
// its sender must be allowed.
//
// [Of] reads a request as it is on the wire: a DynamoDB or SQS call by its X-Amz-Target and body, an S3
// call by its method, path and query. What AWS calls an operation is not always what it calls the
// permission: SendMessageBatch needs sqs:SendMessage, ListObjectsV2 needs s3:ListBucket, and a transaction
// needs what its single parts need. The facts are from the pages "Actions, resources, and condition keys"
// of each service in the Service Authorization Reference, "Using IAM with DynamoDB transactions", "IAM
// security policies with PartiQL for DynamoDB" and "Required permissions for Amazon S3 API operations".
//
// Of never fails: it has no answer of its own for requests that are wrong, since the service has one. An
// operation that it does not know needs the action of that name, on every resource.
package access

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/iam"
)

// Services, as signatures name them, whose requests are understood.
const (
	dynamoDB = backend.DynamoDB
	sqs      = backend.SQS
	s3       = backend.S3
)

// Services are those whose requests are understood, by the prefixes of their actions.
var Services = []string{string(dynamoDB), string(sqs), string(s3)}

// Place is where a request was sent to: it is part of the ARNs.
type Place struct{ Region, AccountID string }

// Access is what a request asks for.
type Access struct {
	Operation string // as in the API reference: GetItem, SendMessageBatch, ListObjectsV2
	Resource  string // the name of the table, queue or bucket, when there is one
	Key       string // of the S3 object, or of the item in DynamoDB (id=kettle-1), when there is one
	// Needs is each action on each resource that the sender must be allowed, each once. It is empty when
	// the request is so wrong that no resource can be told; then it cannot do anything either.
	Needs []iam.Request
}

// Of reads a request of a service.
func Of(service backend.Service, r *http.Request, body []byte, at Place) Access {
	switch service {
	case dynamoDB:
		return ofDynamoDB(target(r), body, at)
	case sqs:
		return ofSQS(r, body, at)
	case s3:
		return ofS3(r, body)
	}
	operation := target(r)
	if operation == "" {
		return Access{}
	}
	return Access{Operation: operation, Needs: []iam.Request{{Action: string(service) + ":" + operation, Resource: "*"}}}
}

// target is the operation in the header of AWS JSON protocols: DynamoDB_20120810.GetItem.
func target(r *http.Request) string {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return operation
}

// need adds an action on a resource, unless it is there.
func (a *Access) need(action, resource string) {
	for _, have := range a.Needs {
		if have.Action == action && have.Resource == resource {
			return
		}
	}
	a.Needs = append(a.Needs, iam.Request{Action: action, Resource: resource})
}

// decode reads JSON as far as it has the wanted form: one field of another type does not hide the others.
func decode(body []byte, fields map[string]any) {
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		return
	}
	for name, into := range fields {
		if raw, ok := all[name]; ok {
			_ = json.Unmarshal(raw, into) // the service says what is wrong with it
		}
	}
}

func (p Place) arn(service backend.Service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, p.Region, p.AccountID, resource)
}
