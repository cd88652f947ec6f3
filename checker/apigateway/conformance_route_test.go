package apigateway

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/conformance"
)

// pets are the routes of AWS's own example of precedence, and some more.
var pets = setup{answer: ok, events: []string{
	"Fn: {Path: '/{proxy+}', Method: ANY}",
	"Fn: {Path: '/pets/{proxy+}', Method: GET}",
	"Fn: {Path: '/pets/dog/{id}', Method: GET}",
	"Fn: {Path: '/pets/dog/1', Method: GET}",
	"Fn: {Path: /any, Method: ANY}",
	"Fn: {Path: /any, Method: GET}",
	"Fn: {Path: '/{x}/static', Method: GET}",
	"Fn: {}",
}}

// routed is a row's test that requests "METHOD /path" take these routes; "" is none.
func routed(s setup, want map[string]string) func(*testing.T) {
	return func(t *testing.T) {
		f := s.deploy(t)
		for request, key := range want {
			method, path := cut(request)
			r := f.send(method, path, "")
			assert.Equal(t, key, r.exchange.Route, request)
			if key == "" {
				assert.NotEmpty(t, r.exchange.Reason)
			}
		}
	}
}

func cut(request string) (method, path string) {
	for n, c := range request {
		if c == ' ' {
			return request[:n], request[n+1:]
		}
	}
	return request, ""
}

// few has routes without a $default.
var few = setup{answer: ok, events: []string{"Fn: {Path: /items, Method: GET}", "Fn: {Path: '/items/{id}', Method: GET}"}}

var routeRows = []conformance.Row{
	{ID: "httpapi-route-full-match", Certainty: conformance.Documented, Fact: "a full match of method and path comes first, and a fixed path before a variable",
		Test: routed(pets, map[string]string{"GET /pets/dog/1": "GET /pets/dog/1", "GET /pets/dog/2": "GET /pets/dog/{id}", "GET /pets/static": "GET /{x}/static"})},
	{ID: "httpapi-route-greedy", Certainty: conformance.Documented, Fact: "a greedy variable comes next, the more specific path first",
		Test: routed(pets, map[string]string{"GET /pets/cat/1": "GET /pets/{proxy+}", "POST /pets/cat/1": "ANY /{proxy+}", "GET /a/b/c": "ANY /{proxy+}"})},
	{ID: "httpapi-route-default", Certainty: conformance.Documented, Fact: "$default takes what no other route takes",
		Test: routed(pets, map[string]string{"GET /": "$default"})},
	{ID: "httpapi-route-method", Certainty: conformance.Documented, Fact: "a method is more specific than ANY",
		Test: routed(pets, map[string]string{"GET /any": "GET /any", "POST /any": "ANY /any"})},
	{ID: "httpapi-route-order", Certainty: conformance.Documented, Fact: "the order in the template does not matter",
		Test: routed(setup{answer: ok, events: []string{"Fn: {Path: /any, Method: GET}", "Fn: {Path: /any, Method: ANY}", "Fn: {Path: '/{x}', Method: GET}", "Fn: {Path: /b, Method: GET}"}},
			map[string]string{"GET /any": "GET /any", "PUT /any": "ANY /any", "GET /b": "GET /b", "GET /c": "GET /{x}"})},
	{ID: "httpapi-no-route", Certainty: conformance.Documented, Fact: `a request that no route takes gives 404 {"message":"Not Found"}`,
		Test: func(t *testing.T) {
			f := few.deploy(t)
			r := f.send("GET", "/other", "")
			assert.Equal(t, 404, r.StatusCode)
			r.is(t, `{"message":"Not Found"}`)
			assert.Equal(t, "no route of the API takes GET /other; it has GET /items, GET /items/{id}", r.exchange.Reason)
			assert.Zero(t, f.invoked())
		}},
	{ID: "httpapi-no-405", Certainty: conformance.Documented, Fact: "a known path with another method gives 404: there is no 405",
		Test: func(t *testing.T) {
			r := few.deploy(t).send("POST", "/items/a", "")
			assert.Equal(t, 404, r.StatusCode)
			assert.Equal(t, "no route of the API takes POST /items/a, only GET /items/{id}", r.exchange.Reason)
		}},
	{ID: "httpapi-head", Certainty: conformance.Documented, Fact: "HEAD needs a route of its own or ANY, and its response has no body",
		Test: func(t *testing.T) {
			assert.Equal(t, 404, few.deploy(t).send("HEAD", "/items", "").StatusCode)
			r := setup{answer: ok}.deploy(t).send("HEAD", "/items", "")
			assert.Equal(t, 200, r.StatusCode)
			assert.Empty(t, r.body)
			assert.Equal(t, "HEAD", r.at(t, "requestContext", "http", "method"))
		}},
	{ID: "httpapi-stage-first", Certainty: conformance.Documented, Fact: "a path that does not begin with the stage gives 404",
		Test: func(t *testing.T) {
			f := named.deploy(t)
			for _, path := range []string{"/a", "/", "/production/a"} {
				r := f.raw("GET", "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
				assert.Equal(t, 404, r.StatusCode, path)
				assert.Contains(t, r.exchange.Reason, "does not begin with /prod")
			}
			assert.Equal(t, 200, f.send("GET", "", "").StatusCode)
			assert.Equal(t, f.server.URL(), "http://"+f.server.Address()+"/prod")
		}},
	{ID: "httpapi-trailing-slash", Certainty: conformance.Inferred, Fact: "/x and /x/ are different paths, and a variable is never empty",
		Test: routed(few, map[string]string{"GET /items": "GET /items", "GET /items/": "", "GET /items/a/": ""})},
	{ID: "httpapi-encoded-slash", Certainty: conformance.Inferred, Fact: "an encoded slash does not divide a path",
		Test: routed(few, map[string]string{"GET /items/a%2Fb": "GET /items/{id}", "GET /items/a/b": ""})},
	{ID: "rest-no-route", Certainty: conformance.Source, Fact: `a resource or method that is not there gives 403 {"message":"Missing Authentication Token"}`,
		Test: func(t *testing.T) {
			s := few
			s.rest = true
			f := s.deploy(t)
			for _, request := range []string{"GET /other", "POST /items"} {
				method, path := cut(request)
				r := f.send(method, path, "")
				assert.Equal(t, 403, r.StatusCode, request)
				r.is(t, `{"message":"Missing Authentication Token"}`)
			}
			assert.Zero(t, f.invoked())
		}},
	{ID: "rest-no-stage", Certainty: conformance.Inferred, Fact: `a path without the stage gives 403 {"message":"Forbidden"}`,
		Test: func(t *testing.T) {
			r := setup{rest: true}.deploy(t).raw("GET", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
			assert.Equal(t, 403, r.StatusCode)
			r.is(t, `{"message":"Forbidden"}`)
		}},
	{ID: "rest-resource-first", Certainty: conformance.Inferred, Fact: "a REST API looks for the resource first: its missing method does not fall back on another resource",
		Test: routed(setup{rest: true, answer: ok, events: []string{"Fn: {Path: '/{proxy+}', Method: ANY}", "Fn: {Path: /items, Method: GET}"}},
			map[string]string{"GET /items": "GET /items", "POST /items": "", "POST /other": "ANY /{proxy+}"})},
}

const origin = "Origin: https://shop.example"

// shop allows one origin, with all that can be set.
var shop = setup{
	answer: `{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://evil.example","access-control-max-age":"1","x-own":"1"},"body":"fine"}`,
	properties: "{CorsConfiguration: {AllowOrigins: ['https://shop.example', 'http://*'], AllowMethods: [GET, PUT], AllowHeaders: [content-type, x-a]," +
		" ExposeHeaders: [x-own], AllowCredentials: true, MaxAge: 600}}",
	events: []string{"Fn: {Path: /a, Method: GET}"},
}

var corsRows = []conformance.Row{
	{ID: "httpapi-preflight", Certainty: conformance.Documented, Fact: "the gateway answers preflights itself, also without an OPTIONS route",
		Test: func(t *testing.T) {
			f := shop.deploy(t)
			r := f.send("OPTIONS", "/a", "", origin, "Access-Control-Request-Method: PUT")
			for name, want := range map[string]string{
				"Origin": "https://shop.example", "Methods": "GET,PUT", "Headers": "content-type,x-a", "Credentials": "true",
			} {
				assert.Equal(t, want, r.Header.Get("Access-Control-Allow-"+name), name)
			}
			assert.Equal(t, "600", r.Header.Get("Access-Control-Max-Age"))
			assert.Zero(t, f.invoked())
		}},
	{ID: "httpapi-preflight-with-route", Certainty: conformance.Documented, Fact: "preflights do not reach an OPTIONS route",
		Test: func(t *testing.T) {
			f := setup{answer: ok, properties: "{CorsConfiguration: true}"}.deploy(t)
			r := f.send("OPTIONS", "/a", "", origin, "Access-Control-Request-Method: PUT")
			assert.Zero(t, f.invoked())
			assert.Equal(t, "*", r.Header.Get("Access-Control-Allow-Origin"))
			assert.Empty(t, r.Header.Get("Access-Control-Allow-Methods"), "CorsConfiguration: true allows origins, and nothing else")
		}},
	{ID: "httpapi-preflight-204", Certainty: conformance.Inferred, Fact: "the status of a preflight is 204",
		Test: func(t *testing.T) {
			r := shop.deploy(t).send("OPTIONS", "/a", "", origin, "Access-Control-Request-Method: PUT")
			assert.Equal(t, 204, r.StatusCode)
			assert.Empty(t, r.body)
		}},
	{ID: "httpapi-preflight-needs", Certainty: conformance.Documented, Fact: "a preflight has Origin and Access-Control-Request-Method; without them OPTIONS is a request as any other",
		Test: func(t *testing.T) {
			f := shop.deploy(t)
			assert.Equal(t, 404, f.send("OPTIONS", "/a", "", origin).StatusCode)
			assert.Equal(t, 404, f.send("OPTIONS", "/a", "", "Access-Control-Request-Method: PUT").StatusCode)
		}},
	{ID: "httpapi-cors-headers", Certainty: conformance.Documented, Fact: "real responses get the API's CORS headers, and the function's are ignored",
		Test: func(t *testing.T) {
			r := shop.deploy(t).send("GET", "/a", "", origin)
			assert.Equal(t, []string{"https://shop.example"}, r.Header.Values("Access-Control-Allow-Origin"))
			assert.Equal(t, "x-own", r.Header.Get("Access-Control-Expose-Headers"))
			assert.Equal(t, "true", r.Header.Get("Access-Control-Allow-Credentials"))
			assert.Empty(t, r.Header.Get("Access-Control-Max-Age"))
			assert.Equal(t, "1", r.Header.Get("X-Own"))
			assert.Contains(t, r.exchange.Reason, "ignores the function's CORS headers")
		}},
	{ID: "httpapi-cors-needs-origin", Certainty: conformance.Documented, Fact: "CORS headers are returned only to requests with an Origin",
		Test: func(t *testing.T) {
			assert.Empty(t, shop.deploy(t).send("GET", "/a", "").Header.Values("Access-Control-Allow-Origin"))
		}},
	{ID: "httpapi-cors-disallowed", Certainty: conformance.Inferred, Fact: "an origin that is not allowed gets no CORS headers, and no error",
		Test: func(t *testing.T) {
			f := shop.deploy(t)
			r := f.send("GET", "/a", "", "Origin: https://other.example")
			assert.Equal(t, 200, r.StatusCode)
			assert.Empty(t, r.Header.Values("Access-Control-Allow-Origin"))
			r = f.send("OPTIONS", "/a", "", "Origin: https://other.example", "Access-Control-Request-Method: GET")
			assert.Equal(t, 204, r.StatusCode)
			assert.Empty(t, r.Header.Values("Access-Control-Allow-Origin"))
			assert.Contains(t, r.exchange.Reason, "https://other.example is none of the AllowOrigins")
			assert.Equal(t, "http://any.example", f.send("GET", "/a", "", "Origin: http://any.example").Header.Get("Access-Control-Allow-Origin"))
		}},
	{ID: "httpapi-cors-absent", Certainty: conformance.Documented, Fact: "an API without a CorsConfiguration passes the function's CORS headers on, and OPTIONS to a route",
		Test: func(t *testing.T) {
			f := setup{answer: `{"statusCode":200,"headers":{"access-control-allow-origin":"*"}}`}.deploy(t)
			assert.Equal(t, "*", f.send("GET", "/a", "").Header.Get("Access-Control-Allow-Origin"))
			f.send("OPTIONS", "/a", "", origin, "Access-Control-Request-Method: PUT")
			assert.Equal(t, 2, f.invoked())
		}},
	{ID: "rest-cors-function", Certainty: conformance.Documented, Fact: "a REST API adds no CORS headers to what the function returns",
		Test: func(t *testing.T) {
			f := setup{rest: true, properties: `{Cors: "'*'"}`, events: []string{"Fn: {Path: /a, Method: GET}"}, answer: ok}.deploy(t)
			assert.Empty(t, f.send("GET", "/a", "", origin).Header.Values("Access-Control-Allow-Origin"))
		}},
	{ID: "rest-cors-needs-options", Certainty: conformance.Documented, Fact: "a preflight needs an OPTIONS method, which the API without Cors does not have",
		Test: func(t *testing.T) {
			f := setup{rest: true, events: []string{"Fn: {Path: /a, Method: GET}"}, answer: ok}.deploy(t)
			assert.Equal(t, 403, f.send("OPTIONS", "/a", "", origin, "Access-Control-Request-Method: GET").StatusCode)
		}},
	{ID: "rest-cors-mock", Certainty: conformance.Source, Fact: "SAM's Cors adds an OPTIONS method to each path that has none, which answers 200 with the headers",
		Test: func(t *testing.T) {
			f := setup{rest: true, answer: `{"statusCode":202}`,
				properties: `{Cors: {AllowOrigin: "'https://shop.example'", AllowHeaders: "'x-a'", MaxAge: "'600'", AllowCredentials: true}}`,
				events:     []string{"Fn: {Path: /a, Method: GET}", "Fn: {Path: /a, Method: POST}", "Fn: {Path: /b, Method: ANY}", "Fn: {Path: /c, Method: OPTIONS}"}}.deploy(t)
			r := f.send("OPTIONS", "/a", "")
			assert.Equal(t, 200, r.StatusCode)
			assert.Equal(t, "https://shop.example", r.Header.Get("Access-Control-Allow-Origin"))
			assert.Equal(t, "GET,OPTIONS,POST", r.Header.Get("Access-Control-Allow-Methods"))
			assert.Equal(t, "x-a", r.Header.Get("Access-Control-Allow-Headers"))
			assert.Equal(t, "600", r.Header.Get("Access-Control-Max-Age"))
			assert.Equal(t, "true", r.Header.Get("Access-Control-Allow-Credentials"))
			assert.Equal(t, "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT", f.send("OPTIONS", "/b", "").Header.Get("Access-Control-Allow-Methods"))
			assert.Zero(t, f.invoked())
			assert.Equal(t, 202, f.send("OPTIONS", "/c", "").StatusCode, "the function's own")
		}},
}
