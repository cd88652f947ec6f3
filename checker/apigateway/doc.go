// Package apigateway is Amazon API Gateway in front of functions on this machine: HTTP APIs with payload
// format 2.0 or 1.0, and REST APIs with the Lambda proxy integration.
//
// [NewHTTP] and [NewREST] make an [API] of what a SAM template declares; it is an http.Handler. [Listen]
// serves it on 127.0.0.1, below the stage's path as on AWS:
//
//   - a route is chosen, or refused, as AWS would ([API.ServeHTTP]);
//   - the function gets the event that API Gateway would make of the request. What is absent is omitted in
//     payload 2.0 and null in 1.0, header names are in lower case in an HTTP API and as they were sent in a
//     REST API, bodies are text or base64 by AWS's rules;
//   - what the function returns becomes the response, or 500 or 502 where AWS could not use it;
//   - an integration that takes longer than AWS allows is given up, while the function goes on;
//   - CORS is what each kind of API makes of it.
//
// Every request is kept as an [Exchange]: what was asked, which route took it, the event, what the function
// answered, the response, and in words why API Gateway refused or changed something.
//
// The facts are from "Working with AWS Lambda proxy integrations for HTTP APIs", "Creating routes for HTTP
// APIs", "Configuring CORS for an HTTP API", "Set up Lambda proxy integrations in API Gateway" and the
// quotas in the API Gateway Developer Guide. conformance_test.go has them one by one, with how sure each is.
//
// How a function runs is not known here: it is called through an [Invoke]. Authorizers, usage plans, stage
// variables, models, custom domains and definitions in OpenAPI are not there; [Unsupported] names them.
// What CloudFront adds in front of an edge-optimised REST API is left out too.
package apigateway
