package apigateway

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

var rest = setup{rest: true, answer: ok}

var restEventRows = []conformance.Row{
	{ID: "rest-header-case", Certainty: conformance.Recorded, Fact: "header names are as they were sent",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a", "", "x-LOWER-Mixed: 1", "FOO: bar0", "foo: bar1")
			assert.Equal(t, "1", r.at(t, "headers", "x-LOWER-Mixed"))
			assert.Equal(t, "bar0", r.at(t, "headers", "FOO"))
			assert.Equal(t, "bar1", r.at(t, "headers", "foo"))
		}},
	{ID: "rest-header-capitalised", Certainty: conformance.Recorded, Fact: "Authorization and User-Agent are capitalised",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a", "", "authorization: a", "user-agent: b")
			assert.Equal(t, "a", r.at(t, "headers", "Authorization"))
			assert.Equal(t, "b", r.at(t, "headers", "User-Agent"))
			assert.Equal(t, []any{"a"}, r.at(t, "multiValueHeaders", "Authorization"))
			assert.Nil(t, r.at(t, "headers", "authorization"))
		}},
	{ID: "rest-header-last", Certainty: conformance.Recorded, Fact: "the map of single headers has the last value, multiValueHeaders has all",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a", "", "x-a: 1", "x-a: 2")
			assert.Equal(t, "2", r.at(t, "headers", "x-a"))
			assert.Equal(t, []any{"1", "2"}, r.at(t, "multiValueHeaders", "x-a"))
		}},
	{ID: "rest-header-omitted", Certainty: conformance.Recorded, Fact: "content-length and connection are not passed on",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("POST", "/a", "abc", "connection: keep-alive")
			for _, name := range []string{"Content-Length", "content-length", "connection", "Connection"} {
				assert.Nil(t, r.at(t, "headers", name))
				assert.Nil(t, r.at(t, "multiValueHeaders", name))
			}
		}},
	{ID: "rest-header-added", Certainty: conformance.Documented, Fact: "Host, X-Amzn-Trace-Id and X-Forwarded-For, -Port and -Proto are added",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a", "")
			assert.Equal(t, "a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com", r.at(t, "headers", "Host"))
			assert.Regexp(t, `^Root=1-5e6a879e-[0-9a-f]{24}$`, r.at(t, "headers", "X-Amzn-Trace-Id"))
			assert.Equal(t, "127.0.0.1", r.at(t, "headers", "X-Forwarded-For"))
			assert.Equal(t, "443", r.at(t, "headers", "X-Forwarded-Port"))
			assert.Equal(t, []any{"https"}, r.at(t, "multiValueHeaders", "X-Forwarded-Proto"))
		}},
	{ID: "rest-query", Certainty: conformance.Recorded, Fact: "queryStringParameters have the last value, multiValueQueryStringParameters all",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a?p=1&p=2&q=a%20b", "")
			assert.Equal(t, map[string]any{"p": "2", "q": "a b"}, r.at(t, "queryStringParameters"))
			assert.Equal(t, map[string]any{"p": []any{"1", "2"}, "q": []any{"a b"}}, r.at(t, "multiValueQueryStringParameters"))
		}},
	{ID: "rest-absent-null", Certainty: conformance.Recorded, Fact: "what is absent is null",
		Test: func(t *testing.T) {
			r := setup{rest: true, answer: ok, events: []string{"Fn: {Path: /a, Method: GET}"}}.deploy(t).send("GET", "/a", "")
			event := r.event(t)
			for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"} {
				assert.Contains(t, event, name)
				assert.Nil(t, event[name], name)
			}
			assert.NotContains(t, event, "version")
			assert.Equal(t, false, event["isBase64Encoded"])
			var typed events.APIGatewayProxyRequest
			require.NoError(t, json.Unmarshal(r.exchange.Event, &typed))
			assert.Nil(t, typed.PathParameters)
		}},
	{ID: "rest-paths", Certainty: conformance.Recorded, Fact: "path is without the stage, requestContext.path with it, and resource and resourcePath are the template",
		Test: func(t *testing.T) {
			r := setup{rest: true, answer: ok, events: []string{"Fn: {Path: '/items/{id}', Method: GET}"}}.deploy(t).send("GET", "/items/a", "")
			assert.Equal(t, "/items/a", r.at(t, "path"))
			assert.Equal(t, "/prod/items/a", r.at(t, "requestContext", "path"))
			assert.Equal(t, "/items/{id}", r.at(t, "resource"))
			assert.Equal(t, "/items/{id}", r.at(t, "requestContext", "resourcePath"))
		}},
	{ID: "rest-path-encoded", Certainty: conformance.Source, Fact: "pathParameters stay percent-encoded",
		Test: func(t *testing.T) {
			r := setup{rest: true, answer: ok, events: []string{"Fn: {Path: '/items/{id}', Method: GET}"}}.deploy(t).send("GET", "/items/a%20b", "")
			assert.Equal(t, map[string]any{"id": "a%20b"}, r.at(t, "pathParameters"))
		}},
	{ID: "rest-request-context", Certainty: conformance.Documented, Fact: "requestContext has ids, the time, the stage and who called; identity is null but for the address and the agent",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("GET", "/a", "", "User-Agent: curl/8")
			context, isObject := r.at(t, "requestContext").(map[string]any)
			require.True(t, isObject)
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`, context["requestId"])
			assert.Equal(t, context["requestId"], r.Header.Get("x-amzn-RequestId"))
			assert.Regexp(t, `^[A-Za-z0-9_-]{15}=$`, context["extendedRequestId"])
			assert.Equal(t, context["extendedRequestId"], r.Header.Get("x-amz-apigw-id"))
			assert.Equal(t, "12/Mar/2020:19:03:58 +0000", context["requestTime"])
			assert.InDelta(t, 1584039838123.0, context["requestTimeEpoch"], 0)
			assert.Equal(t, "prod", context["stage"])
			assert.Equal(t, "HTTP/1.1", context["protocol"])
			identity, isObject := context["identity"].(map[string]any)
			require.True(t, isObject)
			assert.Equal(t, "127.0.0.1", identity["sourceIp"])
			assert.Equal(t, "curl/8", identity["userAgent"])
			assert.Contains(t, identity, "caller")
			assert.Nil(t, identity["caller"])
		}},
	{ID: "rest-body", Certainty: conformance.Documented, Fact: "a body is text, and base64 if its Content-Type is one of BinaryMediaTypes",
		Test: func(t *testing.T) {
			r := rest.deploy(t).send("POST", "/a", "a=1", "Content-Type: application/x-www-form-urlencoded")
			assert.Equal(t, "a=1", r.at(t, "body"))
			f := setup{rest: true, answer: ok, properties: "{BinaryMediaTypes: [image~1*]}"}.deploy(t)
			r = f.send("POST", "/a", "\x00\xff", "Content-Type: image/png")
			assert.Equal(t, "AP8=", r.at(t, "body"))
			assert.Equal(t, true, r.at(t, "isBase64Encoded"))
			assert.Equal(t, "x", f.send("POST", "/a", "x", "Content-Type: text/plain").at(t, "body"))
		}},
}

// restRefuses is a row's test that a REST API answers 502 to these.
func restRefuses(reason string, payloads ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, payload := range payloads {
			r := answers(t, setup{rest: true}, payload)
			assert.Equal(t, 502, r.StatusCode, payload)
			r.is(t, `{"message": "Internal server error"}`)
			assert.Equal(t, "InternalServerErrorException", r.Header.Get("x-amzn-ErrorType"))
			assert.Contains(t, r.exchange.Reason, reason, payload)
			assert.Contains(t, r.exchange.Log, "Malformed Lambda proxy response")
		}
	}
}

// restTakes is a row's test that a REST API answers with this status.
func restTakes(status int, payloads ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, payload := range payloads {
			assert.Equal(t, status, answers(t, setup{rest: true}, payload).StatusCode, payload)
		}
	}
}

var restResponseRows = []conformance.Row{
	{ID: "rest-extra-field", Certainty: conformance.Recorded, Fact: "any key but statusCode, headers, multiValueHeaders, body and isBase64Encoded gives 502",
		Test: restRefuses("a REST API takes nothing but", `{"statusCode":200,"more":1}`, `{"statusCode":200,"cookies":null}`, `{"StatusCode":200}`)},
	{ID: "rest-empty-object", Certainty: conformance.Recorded, Fact: "{} gives 502",
		Test: restRefuses("an empty object", `{}`)},
	{ID: "rest-plain-string", Certainty: conformance.Recorded, Fact: "a plain string gives 502",
		Test: restRefuses("the response is a string, not an object", `"text"`)},
	{ID: "rest-other-json", Certainty: conformance.Inferred, Fact: "null, a list, a number and what is not JSON give 502",
		Test: restRefuses("not an object", `null`, `[]`, `7`, `{"broken`, ``)},
	{ID: "rest-status-string", Certainty: conformance.Recorded, Fact: `statusCode "201" is taken`,
		Test: restTakes(201, `{"statusCode":"201"}`)},
	{ID: "rest-status-word", Certainty: conformance.Recorded, Fact: `statusCode "test" gives 502`,
		Test: restRefuses(`statusCode is "test"`, `{"statusCode":"test"}`)},
	{ID: "rest-status-zero", Certainty: conformance.Source, Fact: "statusCode 0, the zero value of Go's struct, gives 502",
		Test: restRefuses("no status", `{"statusCode":0,"headers":null,"multiValueHeaders":null,"body":""}`, `{"statusCode":"0"}`)},
	{ID: "rest-only-headers", Certainty: conformance.Recorded, Fact: "headers alone give 200",
		Test: restTakes(200, `{"headers":{"a":"b"}}`)},
	{ID: "rest-headers-null", Certainty: conformance.Recorded, Fact: "headers may be null",
		Test: restTakes(202, `{"statusCode":202,"headers":null,"multiValueHeaders":null,"body":null}`)},
	{ID: "rest-header-boolean", Certainty: conformance.Recorded, Fact: `a boolean as the value of a header becomes "true" or "false"`,
		Test: func(t *testing.T) {
			r := answers(t, setup{rest: true}, `{"statusCode":200,"headers":{"x-a":true,"x-b":false}}`)
			assert.Equal(t, "true", r.Header.Get("X-A"))
			assert.Equal(t, "false", r.Header.Get("X-B"))
		}},
	{ID: "rest-header-other", Certainty: conformance.Source, Fact: "any other value of a header gives 502",
		Test: restRefuses("in the response's headers", `{"statusCode":200,"headers":{"a":1}}`, `{"statusCode":200,"headers":{"a":{}}}`, `{"statusCode":200,"headers":{"a b":"c"}}`)},
	{ID: "rest-multi-not-list", Certainty: conformance.Recorded, Fact: "a value of multiValueHeaders that is not a list gives 502",
		Test: restRefuses("in the response's multiValueHeaders is a string, not a list", `{"statusCode":200,"multiValueHeaders":{"a":"b"}}`)},
	{ID: "rest-headers-merged", Certainty: conformance.Recorded, Fact: "headers and multiValueHeaders are merged, the latter first, and their case is that of the latter",
		Test: func(t *testing.T) {
			f := setup{rest: true, answer: `{"statusCode":200,"headers":{"x-MY":"solo","x-other":"o"},"multiValueHeaders":{"X-my":["multi"]}}`}.deploy(t)
			r := f.send("GET", "/a", "")
			assert.Equal(t, "multi, solo", strings.Join(r.Header.Values("X-My"), ", "))
			var spelled []string
			for _, field := range r.exchange.Header {
				if strings.EqualFold(field.Name, "x-my") {
					spelled = append(spelled, field.Name)
				}
			}
			assert.Equal(t, []string{"X-my", "X-my"}, spelled)
		}},
	{ID: "rest-headers-same-pair", Certainty: conformance.Documented, Fact: "a pair that is in both maps counts once",
		Test: func(t *testing.T) {
			r := answers(t, setup{rest: true}, `{"statusCode":200,"headers":{"x-a":"1"},"multiValueHeaders":{"x-a":["1","2"]}}`)
			assert.Equal(t, []string{"1", "2"}, r.Header.Values("X-A"))
		}},
	{ID: "rest-no-body", Certainty: conformance.Recorded, Fact: "without a body the response's is empty",
		Test: func(t *testing.T) { assert.Empty(t, answers(t, setup{rest: true}, `{"statusCode":200}`).body) }},
	{ID: "rest-wrong-body", Certainty: conformance.Inferred, Fact: "a body that is not a string gives 502",
		Test: restRefuses("the response's body is an object, not a string", `{"statusCode":200,"body":{}}`)},
	{ID: "rest-default-content-type", Certainty: conformance.Recorded, Fact: "Content-Type is application/json unless the function gives one",
		Test: func(t *testing.T) {
			assert.Equal(t, []string{"application/json"}, answers(t, setup{rest: true}, ok).Header.Values("Content-Type"))
			r := answers(t, setup{rest: true}, `{"statusCode":200,"multiValueHeaders":{"content-type":["text/csv"]}}`)
			assert.Equal(t, []string{"text/csv"}, r.Header.Values("Content-Type"))
		}},
	{ID: "rest-base64-response", Certainty: conformance.Recorded, Fact: "base64 is decoded only if the request's Accept is one of BinaryMediaTypes; else the text is returned",
		Test: func(t *testing.T) {
			const payload = `{"statusCode":200,"body":"AAH/","isBase64Encoded":true}`
			assert.Equal(t, "AAH/", answers(t, setup{rest: true}, payload, "Accept: image/png").body)
			binary := setup{rest: true, properties: "{BinaryMediaTypes: [image~1png]}"}
			assert.Equal(t, "\x00\x01\xff", answers(t, binary, payload, "Accept: image/png").body)
			r := answers(t, binary, payload, "Accept: text/html, image/png")
			assert.Equal(t, "AAH/", r.body)
			assert.Contains(t, r.exchange.Reason, "stays base64")
		}},
	{ID: "rest-remapped-headers", Certainty: conformance.Documented, Fact: "header fields of the connection are renamed to x-amzn-Remapped-",
		Test: func(t *testing.T) {
			r := answers(t, setup{rest: true}, `{"statusCode":200,"headers":{"Content-Length":"1","Date":"today"},"body":"fine"}`)
			assert.Equal(t, "fine", r.body)
			assert.Equal(t, "1", r.Header.Get("x-amzn-Remapped-Content-Length"))
			assert.Equal(t, "today", r.Header.Get("x-amzn-Remapped-Date"))
		}},
}
