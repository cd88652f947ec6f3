package lesson01

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"

	"example.com/serverless-patterns/checker/check"
)

// fields is a JSON object.
type fields map[string]any

// bare is a direct invocation whose event is the request itself.
func bare(request fields) check.Event {
	return check.Event{Words: "the payload " + text(request) + " of a direct invocation", JSON: marshal(request)}
}

// direct is a direct invocation whose event has the request as an object in body.
func direct(request fields) check.Event {
	event := fields{"body": request}
	return check.Event{Words: "the payload " + text(event) + " of a direct invocation", JSON: marshal(event)}
}

// api is an API Gateway event, as an HTTP API sends it, with this text as the body.
func api(body string) check.Event {
	return check.Event{
		Words: fmt.Sprintf("an API Gateway event with the body %s", quoted(body)),
		JSON:  marshal(httpAPI(fields{"body": body, "isBase64Encoded": false})),
	}
}

// apiBase64 is the same with the body in base64, as an HTTP API sends anything that it does not take
// for text.
func apiBase64(body string) check.Event {
	return check.Event{
		Words: fmt.Sprintf("an API Gateway event with isBase64Encoded true and the body %s in base64", quoted(body)),
		JSON:  marshal(httpAPI(fields{"body": base64.StdEncoding.EncodeToString([]byte(body)), "isBase64Encoded": true})),
	}
}

// noBase64 has a body that is said to be in base64, and is not.
func noBase64(body string) check.Event {
	return check.Event{
		Words: fmt.Sprintf("an API Gateway event with isBase64Encoded true and the body %s", quoted(body)),
		JSON:  marshal(httpAPI(fields{"body": body, "isBase64Encoded": true})),
	}
}

// apiEncodedText has base64 in its body as text: nobody says that it is to be decoded.
func apiEncodedText(body string) check.Event {
	encoded := base64.StdEncoding.EncodeToString([]byte(body))
	return check.Event{
		Words: fmt.Sprintf("an API Gateway event with isBase64Encoded false and the body %s", quoted(encoded)),
		JSON:  marshal(httpAPI(fields{"body": encoded, "isBase64Encoded": false})),
	}
}

// apiBrokenBase64 says that its body is base64, which it is not.
func apiBrokenBase64() check.Event {
	return check.Event{
		Words: "an API Gateway event with isBase64Encoded true and the body `{}?`, which is not base64",
		JSON:  marshal(httpAPI(fields{"body": "{}?", "isBase64Encoded": true})),
	}
}

// apiWithoutBody is what an HTTP API sends for a request without a body: the field is absent.
func apiWithoutBody() check.Event {
	return check.Event{Words: "an API Gateway event without a body", JSON: marshal(httpAPI(nil))}
}

// restAPI is what a REST API sends: payload format 1.0.
func restAPI(body string) check.Event {
	return check.Event{
		Words: fmt.Sprintf("a REST API event (payload 1.0) with the body %s", quoted(body)),
		JSON: marshal(fields{
			"resource": "/get-item", "path": "/get-item", "httpMethod": "POST",
			"headers":               fields{"Content-Type": "application/json", "Host": "f6g7h8i9j0.execute-api.eu-central-1.amazonaws.com"},
			"multiValueHeaders":     fields{"Content-Type": []string{"application/json"}},
			"queryStringParameters": nil, "multiValueQueryStringParameters": nil, "pathParameters": nil, "stageVariables": nil,
			"requestContext": fields{
				"accountId": "123456789012", "apiId": "f6g7h8i9j0", "httpMethod": "POST", "path": "/prod/get-item",
				"protocol": "HTTP/1.1", "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "resourcePath": "/get-item", "stage": "prod",
			},
			"body": body, "isBase64Encoded": false,
		}),
	}
}

// queue is an event that the function is not made for.
func queue() check.Event {
	return check.Event{Words: `an SQS event, {"Records": […]}`, JSON: marshal(fields{"Records": []fields{{
		"messageId": "059f36b4-87a3-44ab-83d2-661975830a7d", "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
		"body": "hello", "attributes": fields{"ApproximateReceiveCount": "1"}, "messageAttributes": fields{},
		"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:orders", "awsRegion": "eu-central-1",
	}}})}
}

// bucket is another.
func bucket() check.Event {
	return check.Event{Words: `an S3 event, {"Records": […]}`, JSON: marshal(fields{"Records": []fields{{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-central-1", "eventName": "ObjectCreated:Put",
		"s3": fields{"bucket": fields{"name": "uploads"}, "object": fields{"key": "a.jpg", "size": 1024}},
	}}})}
}

// schedule is one that has an id.
func schedule() check.Event {
	return check.Event{
		Words: `a scheduled event of EventBridge, {"id": "53dc…", "detail-type": "Scheduled Event", …}`,
		JSON: marshal(fields{
			"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event", "source": "aws.events",
			"account": "123456789012", "time": "2015-10-08T16:53:06Z", "region": "eu-central-1",
			"resources": []string{"arn:aws:events:eu-central-1:123456789012:rule/MyScheduledRule"}, "detail": fields{},
		}),
	}
}

// empty and list are valid JSON, and no event at all.
func empty() check.Event { return check.Event{Words: "the event {}", JSON: marshal(fields{})} }
func list() check.Event  { return check.Event{Words: "the event []", JSON: marshal([]int{})} }

// httpAPI is an event of payload format 2.0 ("Create AWS Lambda proxy integrations for HTTP APIs"),
// with some fields changed or added.
func httpAPI(changes fields) fields {
	event := fields{
		"version": "2.0", "routeKey": "POST /get-item", "rawPath": "/get-item", "rawQueryString": "",
		"headers": fields{
			"accept": "*/*", "content-type": "application/json", "host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
			"user-agent": "curl/8.5.0", "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
			"x-forwarded-for": "205.255.255.176", "x-forwarded-port": "443", "x-forwarded-proto": "https",
		},
		"requestContext": fields{
			"accountId": "123456789012", "apiId": "a1b2c3d4e5",
			"domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "domainPrefix": "a1b2c3d4e5",
			"http": fields{
				"method": "POST", "path": "/get-item", "protocol": "HTTP/1.1", "sourceIp": "205.255.255.176", "userAgent": "curl/8.5.0",
			},
			"requestId": "JKJaXmPLvHcESHA=", "routeKey": "POST /get-item", "stage": "$default",
			"time": "10/Mar/2020:05:16:23 +0000", "timeEpoch": 1583817383220,
		},
		"isBase64Encoded": false,
	}
	maps.Copy(event, changes)
	return event
}

func marshal(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the events of this file can be encoded
	}
	return data
}

func text(v any) string { return string(marshal(v)) }

// quoted keeps JSON readable in a sentence.
func quoted(body string) string {
	if body == "" {
		return `""`
	}
	return "`" + body + "`"
}
