package apigateway

import (
	"slices"
	"testing"

	"example.com/serverless-patterns/checker/conformance"
)

// TestConformance is the table of facts about API Gateway, by topic in files of their own:
//
//	go test -run Conformance -v ./checker/apigateway
func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, slices.Concat(eventRows, bodyRows, responseRows, failureRows, routeRows, corsRows, restEventRows, restResponseRows, limitRows, skippedRows))
}

// skippedRows are what this project does not reproduce.
var skippedRows = []conformance.Row{
	{ID: "httpapi-authorizer", Certainty: conformance.Documented, Fact: "requestContext.authorizer has what a JWT, Lambda or IAM authorizer found",
		Skip: "there are no authorizers here; a template with Auth is refused by Unsupported"},
	{ID: "httpapi-custom-domain-mapping", Certainty: conformance.Documented, Fact: "the value of a custom domain's API mapping is not part of rawPath",
		Skip: "there are no custom domains here"},
	{ID: "rest-permission-missing", Certainty: conformance.Documented, Fact: "a REST API without permission to invoke the function answers 500",
		Skip: "SAM adds the permission with each event, so a template cannot lack it"},
	{ID: "rest-custom-integration-errors", Certainty: conformance.Documented, Fact: "a Lambda integration without proxy answers 200 for function errors unless they are mapped",
		Skip: "SAM's events are proxy integrations"},
	{ID: "cors-default-route-authorizer", Certainty: conformance.Documented, Fact: "a $default route with an authorizer needs an OPTIONS route without one for preflights",
		Skip: "there are no authorizers here"},
	{ID: "rest-timeout-raised", Certainty: conformance.Inferred, Fact: "regional REST APIs may be allowed more than 29 s",
		Skip: "TimeoutInMillis is taken as it is; the quota of an account is not known"},
	{ID: "trace-id-into-function", Certainty: conformance.Inferred, Fact: "the root of x-amzn-trace-id is also that of the invocation's trace",
		Skip: "the sandbox makes trace ids of its own"},
}
