package apigateway

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

var named = setup{properties: "{StageName: prod}", answer: ok}

var eventRows = []conformance.Row{
	{ID: "httpapi-header-names", Certainty: conformance.Documented, Fact: "header names are in lower case",
		Test: func(t *testing.T) {
			r := setup{answer: ok}.deploy(t).send("GET", "/a", "", "X-Thing: A")
			assert.Equal(t, "A", r.at(t, "headers", "x-thing"))
			assert.Nil(t, r.at(t, "headers", "X-Thing"))
		}},
	{ID: "httpapi-header-duplicates", Certainty: conformance.Documented, Fact: "header fields of one name are joined by commas, whatever their case",
		Test: func(t *testing.T) {
			r := setup{answer: ok}.deploy(t).send("GET", "/a", "", "header2: value1", "Header2: value2")
			assert.Equal(t, "value1,value2", r.at(t, "headers", "header2"))
		}},
	{ID: "httpapi-no-multivalue", Certainty: conformance.Documented, Fact: "there are no multiValueHeaders and no multiValueQueryStringParameters",
		Test: func(t *testing.T) {
			event := setup{answer: ok}.deploy(t).send("GET", "/a?b=1&b=2", "").event(t)
			assert.NotContains(t, event, "multiValueHeaders")
			assert.NotContains(t, event, "multiValueQueryStringParameters")
		}},
	{ID: "httpapi-cookies", Certainty: conformance.Documented, Fact: "cookies are in a list of their own, and not among the headers",
		Test: func(t *testing.T) {
			r := setup{answer: ok}.deploy(t).send("GET", "/a", "", "Cookie: a=1; b=2", "Cookie: c=3")
			assert.Equal(t, []any{"a=1", "b=2", "c=3"}, r.at(t, "cookies"))
			assert.Nil(t, r.at(t, "headers", "cookie"))
		}},
	{ID: "httpapi-query", Certainty: conformance.Documented, Fact: "query parameters are decoded, and duplicates joined by commas; rawQueryString is as it was sent",
		Test: func(t *testing.T) {
			r := setup{answer: ok}.deploy(t).send("GET", "/a?p=v%201&p=v2&q=x+y&empty&bad=%zz", "")
			assert.Equal(t, map[string]any{"p": "v 1,v2", "q": "x y", "empty": "", "bad": "%zz"}, r.at(t, "queryStringParameters"))
			assert.Equal(t, "p=v%201&p=v2&q=x+y&empty&bad=%zz", r.at(t, "rawQueryString"))
		}},
	{ID: "httpapi-no-query", Certainty: conformance.Documented, Fact: "without a query, rawQueryString is empty and queryStringParameters are omitted",
		Test: func(t *testing.T) {
			event := setup{answer: ok}.deploy(t).send("GET", "/a", "").event(t)
			assert.Empty(t, event["rawQueryString"])
			assert.Contains(t, event, "rawQueryString")
			assert.NotContains(t, event, "queryStringParameters")
		}},
	{ID: "httpapi-path-decoded", Certainty: conformance.Source, Fact: "rawPath and requestContext.http.path are percent-decoded",
		Test: func(t *testing.T) {
			r := setup{answer: ok}.deploy(t).send("GET", "/a%20b/caf%C3%A9", "")
			assert.Equal(t, "/a b/café", r.at(t, "rawPath"))
			assert.Equal(t, "/a b/café", r.at(t, "requestContext", "http", "path"))
		}},
	{ID: "httpapi-path-stage", Certainty: conformance.Reported, Fact: "rawPath begins with the stage, if it is named; $default has no path of its own",
		Test: func(t *testing.T) {
			r := named.deploy(t).send("GET", "/a", "")
			assert.Equal(t, "/prod/a", r.at(t, "rawPath"))
			assert.Equal(t, "/prod/a", r.at(t, "requestContext", "http", "path"))
			assert.Equal(t, "prod", r.at(t, "requestContext", "stage"))
			r = setup{answer: ok}.deploy(t).send("GET", "/a", "")
			assert.Equal(t, "/a", r.at(t, "rawPath"))
		}},
	{ID: "httpapi-default-stage-name", Certainty: conformance.Documented, Fact: "requestContext.stage of the stage without a path is $default",
		Test: func(t *testing.T) {
			assert.Equal(t, "$default", setup{answer: ok}.deploy(t).send("GET", "/a", "").at(t, "requestContext", "stage"))
		}},
	{ID: "httpapi-path-parameters", Certainty: conformance.Source, Fact: "pathParameters are decoded",
		Test: func(t *testing.T) {
			f := setup{answer: ok, events: []string{"Fn: {Path: '/items/{id}/{rest+}', Method: GET}"}}.deploy(t)
			r := f.send("GET", "/items/a%2Fb%20c/d/e%2Bf", "")
			assert.Equal(t, map[string]any{"id": "a/b c", "rest": "d/e+f"}, r.at(t, "pathParameters"))
		}},
	{ID: "httpapi-route-key", Certainty: conformance.Documented, Fact: "routeKey is the route's template, or $default",
		Test: func(t *testing.T) {
			f := setup{answer: ok, events: []string{"Fn: {Path: '/pets/{id}', Method: GET}", "Fn: {Path: /any, Method: ANY}", "Fn: {}"}}.deploy(t)
			for path, want := range map[string]string{"/pets/1": "GET /pets/{id}", "/any": "ANY /any", "/other": "$default"} {
				r := f.send("GET", path, "")
				assert.Equal(t, want, r.at(t, "routeKey"))
				assert.Equal(t, want, r.at(t, "requestContext", "routeKey"))
			}
		}},
	{ID: "httpapi-absent-maps", Certainty: conformance.Documented, Fact: "maps and lists without content are omitted, so that Go has nil maps",
		Test: func(t *testing.T) {
			r := setup{answer: ok, events: []string{"Fn: {Path: /a, Method: GET}"}}.deploy(t).send("GET", "/a", "")
			event := r.event(t)
			for _, name := range []string{"cookies", "queryStringParameters", "pathParameters", "stageVariables"} {
				assert.NotContains(t, event, name)
			}
			var typed events.APIGatewayV2HTTPRequest
			require.NoError(t, json.Unmarshal(r.exchange.Event, &typed))
			assert.Nil(t, typed.QueryStringParameters)
			assert.Nil(t, typed.PathParameters)
		}},
	{ID: "httpapi-request-context", Certainty: conformance.Documented, Fact: "requestContext says which account, API, host, route and stage, and who called how and when",
		Test: func(t *testing.T) {
			r := setup{answer: ok, events: []string{"Fn: {Path: /a, Method: POST}"}}.deploy(t).send("POST", "/a", "", "User-Agent: curl/8")
			context, isObject := r.at(t, "requestContext").(map[string]any)
			require.True(t, isObject)
			assert.Regexp(t, `^[A-Za-z0-9_-]{15}=$`, context["requestId"])
			assert.Equal(t, r.Header.Get("Apigw-Requestid"), context["requestId"])
			delete(context, "requestId")
			assert.Equal(t, map[string]any{
				"accountId": "123456789012", "apiId": "a1b2c3d4e5",
				"domainName": "a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com", "domainPrefix": "a1b2c3d4e5",
				"http": map[string]any{
					"method": "POST", "path": "/a", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "curl/8",
				},
				"routeKey": "POST /a", "stage": "$default",
				"time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1584039838123.0,
			}, context)
			assert.Equal(t, "2.0", r.at(t, "version"))
		}},
	{ID: "httpapi-added-headers", Certainty: conformance.Documented, Fact: "x-amzn-trace-id, x-forwarded-for, -port and -proto are added, and host is the API's",
		Test: func(t *testing.T) {
			f := setup{answer: ok}.deploy(t)
			r := f.send("GET", "/a", "")
			assert.Regexp(t, `^Root=1-5e6a879e-[0-9a-f]{24}$`, r.at(t, "headers", "x-amzn-trace-id"))
			assert.Equal(t, "127.0.0.1", r.at(t, "headers", "x-forwarded-for"))
			assert.Equal(t, "443", r.at(t, "headers", "x-forwarded-port"))
			assert.Equal(t, "https", r.at(t, "headers", "x-forwarded-proto"))
			assert.Equal(t, "a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com", r.at(t, "headers", "host"))

			r = f.send("GET", "/a", "", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: gopher", "X-Amzn-Trace-Id: Root=1-given")
			assert.Equal(t, "192.0.2.7, 127.0.0.1", r.at(t, "headers", "x-forwarded-for"))
			assert.Equal(t, "https", r.at(t, "headers", "x-forwarded-proto"))
			assert.Equal(t, "Root=1-given", r.at(t, "headers", "x-amzn-trace-id"))
		}},
	{ID: "httpapi-hop-by-hop", Certainty: conformance.Inferred, Fact: "fields about the connection alone are not passed on, and content-length is the body's",
		Test: func(t *testing.T) {
			f := setup{answer: ok}.deploy(t)
			r := f.raw("POST", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nTE: trailers\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
			headers, isObject := r.at(t, "headers").(map[string]any)
			require.True(t, isObject)
			for _, name := range []string{"transfer-encoding", "connection", "te"} {
				assert.NotContains(t, headers, name)
			}
			assert.Equal(t, "3", headers["content-length"])
		}},
	{ID: "httpapi-payload-1", Certainty: conformance.Documented, Fact: "payload 1.0 of an HTTP API has a version, header names in lower case, and multi-value maps",
		Test: func(t *testing.T) {
			f := setup{answer: ok, events: []string{"Fn: {Path: '/a/{id}', Method: GET, PayloadFormatVersion: '1.0'}"}}.deploy(t)
			r := f.send("GET", "/a/b%20c?q=1&q=2", "", "X-Thing: A", "X-Thing: B")
			assert.Equal(t, "1.0", r.at(t, "version"))
			assert.Equal(t, "B", r.at(t, "headers", "x-thing"))
			assert.Equal(t, []any{"A", "B"}, r.at(t, "multiValueHeaders", "x-thing"))
			assert.Equal(t, []any{"1", "2"}, r.at(t, "multiValueQueryStringParameters", "q"))
			assert.Equal(t, "b c", r.at(t, "pathParameters", "id"))
			assert.Equal(t, "/a/{id}", r.at(t, "resource"))
			assert.Equal(t, "fine", r.body)
		}},
}

// body sends a body of a content type and returns what the function got.
func bodyOf(t *testing.T, contentType, body string) (got any, encoded any) {
	t.Helper()
	f := setup{answer: ok}.deploy(t)
	var header []string
	if contentType != "" {
		header = []string{"Content-Type: " + contentType}
	}
	r := f.send("POST", "/a", body, header...)
	return r.at(t, "body"), r.at(t, "isBase64Encoded")
}

// encoding is a row's test that bodies of content types are text, or base64.
func encoding(binary bool, contentTypes ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, contentType := range contentTypes {
			got, encoded := bodyOf(t, contentType, "a=é")
			want := "a=é"
			if binary {
				want = "YT3DqQ=="
			}
			assert.Equal(t, want, got, contentType)
			assert.Equal(t, binary, encoded, contentType)
		}
	}
}

var bodyRows = []conformance.Row{
	{ID: "httpapi-text-types", Certainty: conformance.Recorded, Fact: "text/* and application/json, xml and javascript are text",
		Test: encoding(false, "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/xml", "application/javascript", "text/plain", "text/csv")},
	{ID: "httpapi-base64-form", Certainty: conformance.Recorded, Fact: "a form is base64",
		Test: encoding(true, "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")},
	{ID: "httpapi-base64-no-type", Certainty: conformance.Recorded, Fact: "a body without a Content-Type is base64",
		Test: encoding(true, "")},
	{ID: "httpapi-base64-other", Certainty: conformance.Recorded, Fact: "every other type is base64, JSON with a suffix too",
		Test: encoding(true, "image/png", "application/octet-stream", "application/vnd.api+json", "application/problem+json", "nonsense")},
	{ID: "httpapi-no-body", Certainty: conformance.Documented, Fact: "without a body the field is absent, and isBase64Encoded false",
		Test: func(t *testing.T) {
			event := setup{answer: ok}.deploy(t).send("POST", "/a", "").event(t)
			assert.NotContains(t, event, "body")
			assert.Equal(t, false, event["isBase64Encoded"])
		}},
}
