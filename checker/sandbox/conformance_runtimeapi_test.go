package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
)

// step and result are what the fixture raw takes and logs.
type step struct {
	Method, Path string
	Body         string            `json:",omitempty"`
	Header       map[string]string `json:",omitempty"`
	Size         int               `json:",omitempty"`
	Wait         int               `json:",omitempty"`
}

type result struct {
	Status int
	Body   string
	Header http.Header
	Err    string
}

const (
	ownResponse = "/2018-06-01/runtime/invocation/{id}/response"
	ownError    = "/2018-06-01/runtime/invocation/{id}/error"
)

func post(path, body string) step { return step{Method: http.MethodPost, Path: path, Body: body} }

// steps has the fixture raw make requests in one invocation, and returns what they came to.
func steps(t *testing.T, f *Function, all ...step) (*Invocation, []result) {
	t.Helper()
	event, err := json.Marshal(map[string]any{"Steps": all})
	require.NoError(t, err)
	i := send(t, f, string(event))
	require.Len(t, i.Log, len(all), "%v", i.Log)
	results := make([]result, len(all))
	for n, line := range i.Log {
		require.NoError(t, json.Unmarshal([]byte(line), &results[n]), line)
	}
	return i, results
}

// refused asserts an answer of the runtime API that is an error.
func refused(t *testing.T, r result, status int, errorType string) {
	t.Helper()
	assert.Equal(t, status, r.Status, r.Err)
	var body struct{ ErrorType, ErrorMessage string }
	require.NoError(t, json.Unmarshal([]byte(r.Body), &body), r.Body)
	assert.Equal(t, errorType, body.ErrorType)
	assert.NotEmpty(t, body.ErrorMessage)
}

func raw(t *testing.T, changes ...func(*Config)) *Function {
	t.Helper()
	return deploy(t, append([]func(*Config){fixture(t, "raw")}, changes...)...)
}

// Source: "Using the Lambda runtime API for custom runtimes".
var runtimeAPIRows = []conformance.Row{
	{
		ID: "runtimeapi-next-event", Certainty: conformance.Documented,
		Fact: "GET /runtime/invocation/next answers 200 with the event, byte for byte",
		Test: func(t *testing.T) {
			event := "\t{ \"b\" : 1.50, \"a\":\"\\u00e9 <&> \u00fc \U0001F375\", \"a\" : null }\n"
			got := decode[result](t, send(t, raw(t), event))
			assert.Equal(t, http.StatusOK, got.Status)
			assert.Equal(t, event, got.Body)
		},
	},
	{
		ID: "runtimeapi-next-blocks", Certainty: conformance.Documented,
		Fact: "GET /runtime/invocation/next blocks without a limit of the service's",
		Test: func(t *testing.T) {
			api := newRuntimeAPI("f")
			require.NoError(t, api.listen())
			defer api.stop()
			assert.Zero(t, api.server.WriteTimeout)
			assert.Zero(t, api.server.ReadTimeout)
			assert.Zero(t, api.server.IdleTimeout)
		},
	},
	{
		ID: "runtimeapi-next-ends-invocation", Certainty: conformance.Documented,
		Fact: "An invocation ends when the runtime asks for the next event, not when it posts its answer",
		Test: func(t *testing.T) {
			i := send(t, raw(t), `{"Steps": [{"Method": "POST", "Path": "`+ownResponse+`", "Body": "1"}], "Millis": 300}`)
			assert.Equal(t, 1, decode[int](t, i))
			assert.GreaterOrEqual(t, i.Duration, 300*time.Millisecond)
			assert.Greater(t, i.Margin, i.Timeout-i.Duration, "it answered before it was done")
		},
	},
	{
		ID: "runtimeapi-response-accepted", Certainty: conformance.Source,
		Fact: "POST …/response answers 202 and a status of OK",
		Test: func(t *testing.T) {
			i, got := steps(t, raw(t), post(ownResponse, `{"tea":"black"}`))
			assert.Equal(t, http.StatusAccepted, got[0].Status)
			assert.JSONEq(t, `{"status":"OK"}`, got[0].Body)
			assert.JSONEq(t, `{"tea":"black"}`, string(i.Payload))
			assert.Equal(t, Answered, i.Outcome)
			assert.Empty(t, i.FunctionError)
		},
	},
	{
		ID: "runtimeapi-wrong-id", Certainty: conformance.Source,
		Fact: "An answer with another request id is refused: 400 InvalidRequestID",
		Test: func(t *testing.T) {
			other := "/2018-06-01/runtime/invocation/00000000-0000-4000-8000-000000000000/"
			i, got := steps(t, raw(t), post(other+"response", "1"), post(other+"error", "{}"), post(ownResponse, "2"))
			refused(t, got[0], http.StatusBadRequest, "InvalidRequestID")
			refused(t, got[1], http.StatusBadRequest, "InvalidRequestID")
			assert.Equal(t, 2, decode[int](t, i))
		},
	},
	{
		ID: "runtimeapi-late-answer", Certainty: conformance.Source,
		Fact: "An answer to an earlier invocation is refused, and not taken for one to the invocation under way",
		Test: func(t *testing.T) {
			f := raw(t)
			steps(t, f, post(ownResponse, "1"))
			i, got := steps(t, f, post("/2018-06-01/runtime/invocation/{last}/response", "3"), post(ownResponse, "2"))
			refused(t, got[0], http.StatusBadRequest, "InvalidRequestID")
			assert.Equal(t, 2, decode[int](t, i))
		},
	},
	{
		ID: "runtimeapi-answer-twice", Certainty: conformance.Source,
		Fact: "A second answer is refused: 403 InvalidStateTransition",
		Test: func(t *testing.T) {
			i, got := steps(t, raw(t), post(ownResponse, "1"), post(ownResponse, "2"), post(ownError, "{}"))
			refused(t, got[1], http.StatusForbidden, "InvalidStateTransition")
			refused(t, got[2], http.StatusForbidden, "InvalidStateTransition")
			assert.Equal(t, 1, decode[int](t, i))
		},
	},
	{
		ID: "runtimeapi-next-before-answer", Certainty: conformance.Source,
		Fact: "Asking for the next event before the answer is refused: 403 InvalidStateTransition",
		Test: func(t *testing.T) {
			i, got := steps(t, raw(t), step{Method: http.MethodGet, Path: "/2018-06-01/runtime/invocation/next"}, post(ownResponse, "1"))
			refused(t, got[0], http.StatusForbidden, "InvalidStateTransition")
			assert.Equal(t, 1, decode[int](t, i))
		},
	},
	{
		ID: "runtimeapi-too-large", Certainty: conformance.Source,
		Fact: "An answer over 6,291,556 bytes is refused: 413 RequestEntityTooLarge",
		Test: func(t *testing.T) {
			i, got := steps(t, raw(t), step{Method: http.MethodPost, Path: ownResponse, Size: maxResponse + 1})
			refused(t, got[0], http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
			assert.Contains(t, got[0].Body, "Exceeded maximum allowed payload size (6291556 bytes).")
			assert.Equal(t, TooLarge, i.Outcome)
		},
	},
	{
		ID: "runtimeapi-error-accepted", Certainty: conformance.Documented,
		Fact: "POST …/error answers 202; the caller gets what was posted",
		Test: func(t *testing.T) {
			body := `{"errorMessage":"no tea","errorType":"Shop.NoTea","stackTrace":["a","b"]}`
			i, got := steps(t, raw(t), post(ownError, body))
			assert.Equal(t, http.StatusAccepted, got[0].Status)
			assert.Equal(t, Failed, i.Outcome)
			assert.Equal(t, body, string(i.Payload))
		},
	},
	{
		ID: "runtimeapi-error-type-header", Certainty: conformance.Documented,
		Fact: "POST …/error may have the header Lambda-Runtime-Function-Error-Type",
		Test: func(t *testing.T) {
			s := post(ownError, `{"errorMessage":"no tea"}`)
			s.Header = map[string]string{"Lambda-Runtime-Function-Error-Type": "Shop.NoTea"}
			i, got := steps(t, raw(t), s)
			assert.Equal(t, http.StatusAccepted, got[0].Status)
			assert.Equal(t, Failed, i.Outcome)
		},
	},
	{
		ID: "runtimeapi-init-error", Certainty: conformance.Documented,
		Fact: "A runtime that cannot initialize posts to /runtime/init/error, gets 202, and exits",
		Test: func(t *testing.T) {
			i := send(t, raw(t, env("INIT", "error")), `{}`)
			assert.Equal(t, Exited, i.Outcome)
			assert.False(t, i.InitCompleted)
			var got result
			require.NoError(t, json.Unmarshal([]byte(i.Log[0]), &got))
			assert.Equal(t, http.StatusAccepted, got.Status)
		},
	},
	{
		ID: "runtimeapi-init-error-payload", Certainty: conformance.Inferred,
		Fact: "The caller gets what was posted to /runtime/init/error",
		Skip: "the Go runtime library never posts there, so no lesson can show it; here the caller gets Runtime.ExitError",
	},
	{
		ID: "runtimeapi-unknown-requests", Certainty: conformance.Inferred,
		Fact: "Requests that the API does not have are refused, and change nothing",
		Test: func(t *testing.T) {
			i, got := steps(t, raw(t),
				post("/2018-06-01/runtime/invocation/next", ""),
				step{Method: http.MethodGet, Path: ownResponse},
				post("/2018-06-01/runtime/invocation/{id}/", "1"), post("/2017-01-01/runtime/invocation/{id}/response", "1"),
				post("/2018-06-01/runtime//invocation/{id}/response", "1"), post(ownResponse, "2"))
			for n, status := range []int{405, 405, 404, 404, 404, 202} {
				assert.Equal(t, status, got[n].Status, "request %d: %s", n, got[n].Err)
				assert.True(t, json.Valid([]byte(got[n].Body)), got[n].Body)
			}
			assert.Equal(t, 2, decode[int](t, i))
		},
	},
}

// nextHeaders are the headers that came with an event.
func nextHeaders(t *testing.T, f *Function) (*Invocation, http.Header) {
	t.Helper()
	i := send(t, f, `{}`)
	return i, decode[result](t, i).Header
}

var runtimeAPIHeaderRows = []conformance.Row{
	{
		ID: "runtimeapi-header-request-id", Certainty: conformance.Documented,
		Fact: "The event comes with Lambda-Runtime-Aws-Request-Id, another one for each invocation",
		Test: func(t *testing.T) {
			f := raw(t)
			first, header := nextHeaders(t, f)
			assert.Equal(t, first.RequestID, header.Get("Lambda-Runtime-Aws-Request-Id"))
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, first.RequestID)
			second, _ := nextHeaders(t, f)
			assert.NotEqual(t, first.RequestID, second.RequestID)
		},
	},
	{
		ID: "runtimeapi-header-deadline", Certainty: conformance.Documented,
		Fact: "Lambda-Runtime-Deadline-Ms is when the function's time is over, in milliseconds of Unix time",
		Test: func(t *testing.T) {
			before := time.Now()
			_, header := nextHeaders(t, raw(t, timeout(42*time.Second)))
			after := time.Now()
			deadline, err := strconv.ParseInt(header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, deadline, before.Add(42*time.Second).UnixMilli())
			assert.LessOrEqual(t, deadline, after.Add(42*time.Second).UnixMilli())
		},
	},
	{
		ID: "runtimeapi-header-arn", Certainty: conformance.Documented,
		Fact: "Lambda-Runtime-Invoked-Function-Arn is the function's ARN",
		Test: func(t *testing.T) {
			_, header := nextHeaders(t, raw(t))
			assert.Equal(t, "arn:aws:lambda:eu-central-1:123456789012:function:probe", header.Get("Lambda-Runtime-Invoked-Function-Arn"))
		},
	},
	{
		ID: "runtimeapi-header-trace", Certainty: conformance.Documented,
		Fact: "Lambda-Runtime-Trace-Id has the root, the parent and whether it is sampled",
		Test: func(t *testing.T) {
			i, header := nextHeaders(t, raw(t))
			assert.Regexp(t, fmt.Sprintf(`^Root=%s;Parent=[0-9a-f]{16};Sampled=[01]$`, i.TraceID), header.Get("Lambda-Runtime-Trace-Id"))
			assert.Regexp(t, `^1-[0-9a-f]{8}-[0-9a-f]{24}$`, i.TraceID)
		},
	},
	{
		ID: "runtimeapi-header-absent", Certainty: conformance.Documented,
		Fact: "The client context, the Cognito identity and the tenant have no header when the caller gave none",
		Test: func(t *testing.T) {
			_, header := nextHeaders(t, raw(t))
			for name := range header {
				for _, optional := range []string{"Client-Context", "Cognito-Identity", "Tenant-Id"} {
					assert.NotContains(t, name, optional)
				}
			}
		},
	},
	{
		ID: "runtimeapi-header-caller", Certainty: conformance.Documented,
		Fact: "They are passed on when a mobile SDK or a tenant's caller sends them",
		Skip: "what invokes functions here is API Gateway, SQS, S3 and schedules, which send none",
	},
}
