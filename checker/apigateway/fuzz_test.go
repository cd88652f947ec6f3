package apigateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// fuzzed is an API that is not served.
func fuzzed(tb testing.TB, s setup, invoke Invoke) *API {
	tb.Helper()
	parsed, err := sam.Parse("template.yaml", []byte(s.template()))
	require.NoError(tb, err)
	d := Deployment{ID: "a1b2c3d4e5", AccountID: "123456789012", Region: "eu-north-1", Invoke: invoke}
	var api *API
	if s.rest {
		api, err = NewREST(parsed, parsed.RestAPIs[0], names{}, d)
	} else {
		api, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{}, d)
	}
	require.NoError(tb, err)
	tb.Cleanup(api.Close)
	return api
}

// FuzzEvent checks that any request that net/http takes becomes an event in valid JSON, or a refusal: an event
// that aws-lambda-go reads back as it was written.
func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		"GET /prod/items/a?b=c&b=d HTTP/1.1\r\nHost: x\r\nCookie: a=1; b=2\r\n\r\n",
		"POST /prod/items/a%2Fb%20c HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
		"PUT /prod/%ff?%ff=%zz&&=&= HTTP/1.0\r\nX-\xff: \xff\r\nContent-Length: 2\r\n\r\n\xff\xfe",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: null\r\nAccess-Control-Request-Method: GET\r\n\r\n",
		"GET http://a/prod HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1\r\nx-forwarded-for: 2\r\nX-Amzn-Trace-Id: Root=\r\n\r\n",
		"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "GET //prod//a;b?c;d HTTP/1.1\r\nHost: x\r\nContent-Type: ;;,\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	var event []byte
	invoke := func(_ context.Context, _ string, e []byte) (Invocation, error) {
		event = e
		return Invocation{Payload: []byte(ok)}, nil
	}
	routes := []string{"Fn: {Path: '/{a}/{b+}', Method: ANY}", "Fn: {Path: /items, Method: GET}"}
	v2 := fuzzed(f, setup{properties: "{StageName: prod, CorsConfiguration: true}", events: append(routes, "Fn: {}")}, invoke)
	v1 := fuzzed(f, setup{properties: "{StageName: prod}", events: []string{"Fn: {PayloadFormatVersion: '1.0'}"}}, invoke)
	rest := fuzzed(f, setup{rest: true, properties: "{BinaryMediaTypes: ['image~1*'], Cors: \"'*'\"}", events: routes}, invoke)
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, api := range []*API{v2, v1, rest} {
			request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
			if err != nil {
				return
			}
			event = nil
			request.RemoteAddr = "127.0.0.1:1"
			serve(t, api, request)
			if event == nil {
				continue
			}
			require.True(t, json.Valid(event), "%s", event)
			var raw map[string]any
			require.NoError(t, json.Unmarshal(event, &raw))
			if api == v2 {
				var typed events.APIGatewayV2HTTPRequest
				roundTrip(t, event, &typed)
				require.Equal(t, raw["rawPath"], typed.RawPath)
				require.Equal(t, raw["isBase64Encoded"], typed.IsBase64Encoded)
				require.Equal(t, raw["body"] != nil, typed.Body != "")
				continue
			}
			var typed events.APIGatewayProxyRequest
			roundTrip(t, event, &typed)
			require.Equal(t, raw["path"], typed.Path)
			for name, values := range typed.MultiValueHeaders {
				require.Equal(t, typed.Headers[name], values[len(values)-1])
			}
		}
	})
}

// roundTrip reads an event, and reads it again from what was written of it: nothing of what the type knows is
// lost or changed.
func roundTrip[E any](t *testing.T, event []byte, typed *E) {
	t.Helper()
	require.NoError(t, json.Unmarshal(event, typed))
	again, err := json.Marshal(typed)
	require.NoError(t, err)
	var second E
	require.NoError(t, json.Unmarshal(again, &second))
	require.Equal(t, *typed, second)
}

// serve serves a request; that the client goes away is all that may end it early.
func serve(t *testing.T, api *API, request *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if end := recover(); end != nil && end != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
				panic(end)
			}
		}()
		api.ServeHTTP(w, request)
	}()
	return w
}

// FuzzResponse checks that whatever a function returns becomes a well-formed HTTP response. Servers run beside
// it, so that minimizing takes long: use -fuzzminimizetime 10x.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		ok, `null`, `"text"`, `{}`, `[]`, `7`, ``, `{"statusCode":0}`, `{"statusCode":"201"}`, `{"statusCode":"0x1"}`, `{"statusCode":101}`, `{"statusCode":1e99}`,
		`{"statusCode":200,"headers":{"a":"b\r\nc: d","é":"f","Content-Length":"99","Transfer-Encoding":"chunked"},"body":"x"}`,
		`{"statusCode":204,"body":"x"}`, `{"statusCode":304,"headers":{"content-type":"a","Content-Type":"b"}}`,
		`{"statusCode":200,"isBase64Encoded":true,"body":"AAH/"}`, `{"statusCode":200,"cookies":["a=1",null,"\n"]}`,
		`{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1",true],"x":null}}`, `{"statusCode":200,"headers":{"Connection":"close","Trailer":"x","Date":"","Upgrade":"h2c"}}`,
		`{"statusCode":200,"headers":{"":""}}`, `{"statusCode":200,"headers":{"apigw-requestid":"x","X-AMZN-RequestId":"y"}}`, `{"body":{}}`, "{\"statusCode\":200,\"body\":\"\xff\"}", `{"statusCode":200,"headers":{"Status":"7","HTTP/1.1":"200"}}`,
	} {
		f.Add([]byte(seed))
	}
	var payload []byte
	invoke := func(context.Context, string, []byte) (Invocation, error) { return Invocation{Payload: payload}, nil }
	events := []string{"Fn: {Path: /a, Method: ANY}"}
	apis := []*API{
		fuzzed(f, setup{events: events, properties: "{CorsConfiguration: true}"}, invoke),
		fuzzed(f, setup{events: []string{"Fn: {Path: /a, Method: ANY, PayloadFormatVersion: '1.0'}"}}, invoke),
		fuzzed(f, setup{rest: true, events: events, properties: "{BinaryMediaTypes: ['*~1*']}"}, invoke),
	}
	// One server for all: only real connections show whether a response is well-formed.
	var servers []*Server
	for _, api := range apis {
		s, err := Listen(api, "127.0.0.1:0")
		require.NoError(f, err)
		f.Cleanup(s.Close)
		servers = append(servers, s)
	}
	transport := &http.Transport{DisableCompression: true}
	f.Cleanup(transport.CloseIdleConnections)
	f.Fuzz(func(t *testing.T, data []byte) {
		payload = data
		for n, s := range servers {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/a", nil)
			require.NoError(t, err)
			request.Header.Set("Accept", "image/png")
			response, err := transport.RoundTrip(request)
			require.NoError(t, err, "%q", data)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err, "%q", data)
			require.NoError(t, response.Body.Close())
			require.GreaterOrEqual(t, response.StatusCode, 200)
			require.LessOrEqual(t, response.StatusCode, 599)
			require.LessOrEqual(t, len(response.Header.Values("Content-Type")), 2)
			if bodyAllowed(response.StatusCode) {
				require.EqualValues(t, len(body), response.ContentLength, "%q", data)
			}
			x, known := apis[n].Exchange(response.Header.Get([]string{"Apigw-Requestid", "Apigw-Requestid", "x-amzn-RequestId"}[n]))
			require.True(t, known, "the function cannot change the request id: %q", data)
			require.Equal(t, x.Status, response.StatusCode)
			if bodyAllowed(response.StatusCode) {
				require.Equal(t, string(x.Body), string(body))
			}
		}
	})
}
