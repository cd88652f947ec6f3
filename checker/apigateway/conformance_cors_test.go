package apigateway

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/sam"
)

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
	{ID: "httpapi-cors-credentials", Certainty: conformance.Reported, Fact: "credentials together with the origin * are refused when the API is created",
		Test: func(t *testing.T) {
			_, err := sam.Parse("template.yaml", []byte(setup{properties: "{CorsConfiguration: {AllowOrigins: ['*'], AllowCredentials: true}}"}.template()))
			require.ErrorContains(t, err, "API Gateway refuses the two together")
			// Also when what the origin refers to is known only here.
			text := setup{properties: "{CorsConfiguration: {AllowOrigins: [!Ref Origin], AllowCredentials: true}}"}.template()
			parsed, err := sam.Parse("template.yaml", []byte("Parameters: {Origin: {Type: String}}\n"+text))
			require.NoError(t, err)
			_, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{"Origin": "*"}, Deployment{})
			require.ErrorContains(t, err, "allow-credentials is not supported if 'allow-origin' is *")
			_, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{"Origin": "https://a"}, Deployment{})
			require.NoError(t, err)
			_, err = NewHTTP(parsed, parsed.HTTPAPIs[0], names{}, Deployment{})
			require.ErrorContains(t, err, "AllowOrigins of Api")
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
