package apigateway

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/sam"
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
	{ID: "route-greedy-last", Certainty: conformance.Documented, Fact: "a greedy variable is only possible at the end of a path",
		Test: func(t *testing.T) {
			_, err := sam.Parse("template.yaml", []byte(setup{events: []string{"Fn: {Path: '/{all+}/more', Method: GET}"}}.template()))
			require.ErrorContains(t, err, "has to be the last part of the path")
		}},
	{ID: "route-twice", Certainty: conformance.Documented, Fact: "a route can belong to one function only",
		Test: func(t *testing.T) {
			_, err := sam.Parse("template.yaml", []byte(setup{events: []string{"Fn: {Path: /a, Method: GET}", "Other: {Path: /a, Method: get}"}}.template()))
			require.ErrorContains(t, err, "has GET /a of Api already")
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
