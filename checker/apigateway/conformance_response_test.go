package apigateway

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

const internalServerError = `{"message":"Internal Server Error"}`

// answers gives what a client gets when the function returns this.
func answers(t *testing.T, s setup, payload string, header ...string) reply {
	t.Helper()
	s.answer = payload
	return s.deploy(t).send("GET", "/a", "", header...)
}

// unusableBy is a row's test that an HTTP API answers 500 to these.
func unusableBy(reason string, payloads ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, payload := range payloads {
			r := answers(t, setup{}, payload)
			assert.Equal(t, 500, r.StatusCode, payload)
			r.is(t, internalServerError)
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			assert.Contains(t, r.exchange.Reason, reason, payload)
			assert.Contains(t, r.exchange.Reason, "API Gateway answers 500")
		}
	}
}

var responseRows = []conformance.Row{
	{ID: "httpapi-inferred", Certainty: conformance.Documented, Fact: "JSON without a statusCode is the body of a 200 with Content-Type application/json",
		Test: func(t *testing.T) {
			for payload, body := range map[string]string{
				`{"id": "a<b"}`: `{"id": "a<b"}`, `7`: `7`, `[1]`: `[1]`, `true`: `true`, `"text \"q\""`: `text "q"`, `{"body":"x"}`: `{"body":"x"}`,
			} {
				r := answers(t, setup{}, payload)
				assert.Equal(t, 200, r.StatusCode, payload)
				assert.Equal(t, "application/json", r.Header.Get("Content-Type"), payload)
				assert.Equal(t, body, r.body, payload)
				assert.True(t, r.exchange.Decided)
			}
		}},
	{ID: "httpapi-inferred-null", Certainty: conformance.Inferred, Fact: "null is the body of a 200 too",
		Test: func(t *testing.T) { assert.Equal(t, "null", answers(t, setup{}, `null`).body) }},
	{ID: "httpapi-inferred-not-json", Certainty: conformance.Source, Fact: "what is inferred is not validated as JSON",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"broken`)
			assert.Equal(t, 200, r.StatusCode)
			assert.Equal(t, `{"broken`, r.body)
		}},
	{ID: "httpapi-default-content-type", Certainty: conformance.Source, Fact: "with a statusCode and without a content-type it is text/plain; charset=utf-8",
		Test: func(t *testing.T) {
			assert.Equal(t, "text/plain; charset=utf-8", answers(t, setup{}, ok).Header.Get("Content-Type"))
			r := answers(t, setup{}, `{"statusCode":200,"headers":{"content-TYPE":"application/json"},"body":"{}"}`)
			assert.Equal(t, []string{"application/json"}, r.Header.Values("Content-Type"))
		}},
	{ID: "httpapi-zero-struct", Certainty: conformance.Source, Fact: "statusCode 0, the zero value of Go's struct, gives 500",
		Test: unusableBy("statusCode is 0, which is no status code", `{"statusCode":0,"headers":null,"multiValueHeaders":null,"body":"","cookies":null}`)},
	{ID: "httpapi-status-forms", Certainty: conformance.Inferred, Fact: "a statusCode that is no number from 200 to 599 gives 500",
		Test: unusableBy("statusCode is", `{"statusCode":"200"}`, `{"statusCode":null}`, `{"statusCode":99}`, `{"statusCode":100}`, `{"statusCode":600}`, `{"statusCode":200.5}`, `{"statusCode":1e300}`)},
	{ID: "httpapi-wrong-body", Certainty: conformance.Documented, Fact: "a body that is not a string gives 500, and the log says that the body has the wrong type",
		Test: func(t *testing.T) {
			for payload, kind := range map[string]string{
				`{"statusCode":200,"body":{"a":1}}`: "an object", `{"statusCode":200,"body":[]}`: "a list",
				`{"statusCode":200,"body":7}`: "a number", `{"statusCode":200,"body":true}`: "a boolean",
			} {
				r := answers(t, setup{}, payload)
				assert.Equal(t, 500, r.StatusCode)
				r.is(t, internalServerError)
				assert.Equal(t, "the response's body is "+kind+", not a string: API Gateway answers 500", r.exchange.Reason)
				assert.Equal(t, `The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field "body"`, r.exchange.Log)
			}
		}},
	{ID: "httpapi-wrong-headers", Certainty: conformance.Documented, Fact: "headers of a wrong type give 500",
		Test: unusableBy("the response's headers are a list", `{"statusCode":200,"headers":[]}`)},
	{ID: "httpapi-wrong-header-value", Certainty: conformance.Inferred, Fact: "a header that is no string gives 500, and so does one that HTTP cannot carry",
		Test: unusableBy("in the response's headers", `{"statusCode":200,"headers":{"a":1}}`, `{"statusCode":200,"headers":{"a":["b"]}}`,
			`{"statusCode":200,"headers":{"a b":"c"}}`, `{"statusCode":200,"headers":{"a":"b\r\nc: d"}}`, `{"statusCode":200,"headers":{"":"c"}}`)},
	{ID: "httpapi-wrong-cookies", Certainty: conformance.Inferred, Fact: "cookies that are no list of strings give 500",
		Test: unusableBy("cookies are not a list of strings", `{"statusCode":200,"cookies":"a=1"}`, `{"statusCode":200,"cookies":[1]}`)},
	{ID: "httpapi-nulls", Certainty: conformance.Measured, Fact: "the nulls that Go writes for nil maps and lists are taken",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":204,"headers":null,"multiValueHeaders":null,"body":null,"isBase64Encoded":null,"cookies":null}`)
			assert.Equal(t, 204, r.StatusCode)
			assert.Empty(t, r.body)
			assert.Empty(t, r.exchange.Reason)
		}},
	{ID: "httpapi-extra-fields", Certainty: conformance.Source, Fact: "fields that are not known are ignored",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":201,"body":"b","more":{"a":1},"StatusCode":500}`)
			assert.Equal(t, 201, r.StatusCode)
			assert.Equal(t, "b", r.body)
		}},
	{ID: "httpapi-base64-response", Certainty: conformance.Recorded, Fact: "isBase64Encoded true is always decoded, whatever the request accepts",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":200,"body":"AAH/","isBase64Encoded":true,"headers":{"content-type":"image/png"}}`, "Accept: text/html")
			assert.Equal(t, "\x00\x01\xff", r.body)
			assert.Equal(t, "AAH/", answers(t, setup{}, `{"statusCode":200,"body":"AAH/","isBase64Encoded":false}`).body)
		}},
	{ID: "httpapi-broken-base64", Certainty: conformance.Inferred, Fact: "a body that is not base64 although isBase64Encoded says so gives 500",
		Test: unusableBy("not base64", `{"statusCode":200,"body":"{}?","isBase64Encoded":true}`)},
	{ID: "httpapi-set-cookie", Certainty: conformance.Documented, Fact: "each of cookies becomes a set-cookie field",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":200,"cookies":["a=1; Path=/","b=2"]}`)
			assert.Equal(t, []string{"a=1; Path=/", "b=2"}, r.Header.Values("Set-Cookie"))
		}},
	{ID: "httpapi-multi-value-headers", Certainty: conformance.Reported, Fact: "multiValueHeaders are not part of payload 2.0 and do not reach the client",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":200,"multiValueHeaders":{"x-a":["1","2"]}}`)
			assert.Equal(t, 200, r.StatusCode)
			assert.Empty(t, r.Header.Values("X-A"))
			assert.Contains(t, r.exchange.Reason, "multiValueHeaders are not part of payload format 2.0")
			assert.False(t, r.exchange.Decided)
		}},
	{ID: "httpapi-request-id", Certainty: conformance.Source, Fact: "every response has apigw-requestid",
		Test: func(t *testing.T) {
			f := setup{answer: ok, events: []string{"Fn: {Path: /a, Method: GET}"}}.deploy(t)
			assert.NotEmpty(t, f.send("GET", "/a", "").Header.Get("Apigw-Requestid"))
			assert.NotEmpty(t, f.send("GET", "/b", "").Header.Get("Apigw-Requestid"))
		}},
	{ID: "httpapi-connection-headers", Certainty: conformance.Inferred, Fact: "what a function says about the connection is not passed on",
		Test: func(t *testing.T) {
			r := answers(t, setup{}, `{"statusCode":200,"headers":{"Content-Length":"3","Transfer-Encoding":"chunked","Connection":"close"},"body":"fine"}`)
			assert.Equal(t, "fine", r.body)
			assert.EqualValues(t, 4, r.ContentLength)
		}},
}

var failureRows = []conformance.Row{
	{ID: "httpapi-function-error", Certainty: conformance.Reported, Fact: "an error, a timeout or a crash of the function gives 500",
		Test: func(t *testing.T) {
			r := setup{invoke: func(context.Context, string, []byte) (Invocation, error) {
				return Invocation{FunctionError: "Unhandled", Outcome: "timed out", Payload: []byte(`{"statusCode":200,"errorMessage":"…"}`)}, nil
			}}.deploy(t).send("GET", "/a", "")
			assert.Equal(t, 500, r.StatusCode)
			r.is(t, internalServerError)
			assert.Equal(t, "the function did not answer (timed out): API Gateway answers 500", r.exchange.Reason)
		}},
	{ID: "httpapi-integration-timeout", Certainty: conformance.Reported, Fact: "an integration that takes longer than its timeout gives 503, and the function goes on",
		Test: func(t *testing.T) { outlived(t, setup{}, 503, `{"message":"Service Unavailable"}`) }},
	{ID: "httpapi-timeout-30s", Certainty: conformance.Reported, Fact: "the timeout of an integration is 30 s if the template does not say less",
		Test: func(t *testing.T) {
			f := setup{events: []string{"Fn: {Path: /a, Method: GET}", "Fn: {Path: /b, Method: GET, TimeoutInMillis: 500}"}}.deploy(t)
			assert.Equal(t, 30*time.Second, f.routes[0].timeout)
			assert.Equal(t, 500*time.Millisecond, f.routes[1].timeout)
		}},
	{ID: "httpapi-throttled", Certainty: conformance.Inferred, Fact: "a function at its concurrency limit gives a 5xx; which one is not confirmed",
		Test: func(t *testing.T) {
			r := setup{invoke: func(context.Context, string, []byte) (Invocation, error) { return Invocation{}, ErrThrottled }}.deploy(t).send("GET", "/a", "")
			assert.Equal(t, 5, r.StatusCode/100)
			assert.Contains(t, r.exchange.Reason, "concurrency limit")
			assert.NoError(t, r.exchange.Fault)
		}},
	{ID: "rest-function-error", Certainty: conformance.Source, Fact: "a failed function gives 502 with a lower-case message, and x-amzn-ErrorType",
		Test: func(t *testing.T) {
			r := setup{rest: true, invoke: func(context.Context, string, []byte) (Invocation, error) {
				return Invocation{FunctionError: "Unhandled", Payload: []byte(`{"statusCode":200}`)}, nil
			}}.deploy(t).send("GET", "/a", "")
			assert.Equal(t, 502, r.StatusCode)
			r.is(t, `{"message": "Internal server error"}`)
			assert.Equal(t, "InternalServerErrorException", r.Header.Get("x-amzn-ErrorType"))
		}},
	{ID: "rest-integration-timeout", Certainty: conformance.Documented, Fact: "an integration that takes longer than its timeout gives 504, and the function goes on",
		Test: func(t *testing.T) { outlived(t, setup{rest: true}, 504, `{"message": "Endpoint request timed out"}`) }},
	{ID: "rest-timeout-29s", Certainty: conformance.Documented, Fact: "the timeout of an integration is 29 s by default",
		Test: func(t *testing.T) {
			f := setup{rest: true, events: []string{"Fn: {Path: /a, Method: GET}"}}.deploy(t)
			assert.Equal(t, 29*time.Second, f.routes[0].timeout)
		}},
	{ID: "rest-throttled", Certainty: conformance.Inferred, Fact: "a function at its concurrency limit gives a 5xx",
		Test: func(t *testing.T) {
			r := setup{rest: true, invoke: func(context.Context, string, []byte) (Invocation, error) { return Invocation{}, ErrThrottled }}.deploy(t).send("GET", "/a", "")
			assert.Equal(t, 5, r.StatusCode/100)
		}},
}

// outlived lets the integration time out while the function runs, and then the function end.
func outlived(t *testing.T, s setup, status int, body string) {
	t.Helper()
	release := make(chan struct{})
	s.deployment.MaxTimeout = 20 * time.Millisecond
	s.invoke = func(ctx context.Context, _ string, _ []byte) (Invocation, error) {
		select {
		case <-release:
			return Invocation{RequestID: "late", Payload: []byte(ok)}, nil
		case <-ctx.Done():
			return Invocation{}, ctx.Err()
		}
	}
	f := s.deploy(t)
	r := f.send("GET", "/a", "")
	assert.Equal(t, status, r.StatusCode)
	assert.Equal(t, body, r.body)
	assert.Nil(t, r.exchange.Invocation)
	assert.Contains(t, r.exchange.Reason, "and the function goes on")
	close(release)
	require.Eventually(t, func() bool {
		x := f.Exchanges()[0]
		return x.Invocation != nil && x.Invocation.RequestID == "late"
	}, patience, time.Millisecond)
}

var limitRows = []conformance.Row{
	{ID: "httpapi-body-10mb", Certainty: conformance.Source, Fact: "a body over 10 MB gives 413",
		Test: func(t *testing.T) { tooLarge(t, setup{answer: ok}, `{"message":"Request Entity Too Large"}`) }},
	{ID: "rest-body-10mb", Certainty: conformance.Source, Fact: "a body over 10 MB gives 413",
		Test: func(t *testing.T) { tooLarge(t, setup{answer: ok, rest: true}, `{"message":"Request Too Long"}`) }},
	{ID: "httpapi-lambda-6mb", Certainty: conformance.Source, Fact: "an event over Lambda's 6 MB gives 413; base64 makes it so from 4.5 MB of binary on",
		Test: func(t *testing.T) {
			f := setup{invoke: limited}.deploy(t)
			binary := strings.Repeat("\x00", 5<<20)
			r := f.send("POST", "/a", binary, "Content-Type: image/png")
			assert.Equal(t, 413, r.StatusCode)
			r.is(t, `{"message":"Request Entity Too Large"}`)
			assert.Equal(t, 200, f.send("POST", "/a", strings.Repeat("a", 5<<20), "Content-Type: text/plain").StatusCode)
			assert.Equal(t, 200, f.send("POST", "/a", binary[:4<<20], "Content-Type: image/png").StatusCode)
		}},
	{ID: "rest-lambda-6mb", Certainty: conformance.Inferred, Fact: "an event over Lambda's 6 MB gives 413",
		Test: func(t *testing.T) {
			assert.Equal(t, 413, setup{rest: true, invoke: limited}.deploy(t).send("POST", "/a", strings.Repeat("a", 7<<20)).StatusCode)
		}},
	{ID: "head-10240", Certainty: conformance.Documented, Fact: "the request line and the headers may have 10,240 bytes together",
		Test: func(t *testing.T) {
			for _, rest := range []bool{false, true} {
				f := setup{answer: ok, rest: rest}.deploy(t)
				for size, status := range map[int]int{10_240: 200, 10_241: 431, 100_000: 431} {
					line := "GET " + f.prefix() + "/a HTTP/1.1\r\nHost: x\r\nX-Fill: "
					r := f.raw("GET", line+strings.Repeat("a", size-len(line)-4)+"\r\n\r\n")
					assert.Equal(t, status, r.StatusCode, "%d bytes", size)
				}
			}
		}},
	{ID: "response-6mb", Certainty: conformance.Recorded, Fact: "a response over 6 MB is an error of the function, and so 500 or 502",
		Test: func(t *testing.T) {
			large := func(context.Context, string, []byte) (Invocation, error) {
				return Invocation{FunctionError: "Unhandled", Outcome: "too large",
					Payload: []byte(`{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`)}, nil
			}
			assert.Equal(t, 500, setup{invoke: large}.deploy(t).send("GET", "/a", "").StatusCode)
			assert.Equal(t, 502, setup{invoke: large, rest: true}.deploy(t).send("GET", "/a", "").StatusCode)
		}},
}

// limited is Lambda's limit for events.
func limited(_ context.Context, _ string, event []byte) (Invocation, error) {
	if len(event) > 6<<20 {
		return Invocation{}, errors.Join(ErrTooLarge)
	}
	return Invocation{Payload: []byte(ok)}, nil
}

func tooLarge(t *testing.T, s setup, body string) {
	t.Helper()
	f := s.deploy(t)
	// Declared, and found out.
	r := f.raw("POST", "POST "+f.prefix()+"/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n")
	assert.Equal(t, http.StatusRequestEntityTooLarge, r.StatusCode)
	assert.Equal(t, body, r.body)
	assert.Zero(t, f.invoked())
}
