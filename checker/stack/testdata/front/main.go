// Command front answers API Gateway with what it was asked, in the form that the event asks for.
package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

func handle(_ context.Context, event json.RawMessage) (any, error) {
	var kind struct{ Version string }
	if err := json.Unmarshal(event, &kind); err != nil {
		return nil, err
	}
	if kind.Version == "2.0" {
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		body, err := answer(e.QueryStringParameters, e.RouteKey, e.PathParameters["id"], e.RequestContext.DomainName)
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: body, Headers: map[string]string{"Content-Type": "application/json"}}, err
	}
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	body, err := answer(e.QueryStringParameters, e.HTTPMethod+" "+e.Resource, e.PathParameters["id"], e.RequestContext.DomainName)
	if e.QueryStringParameters["wrong"] != "" {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: body}, err
	}
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: body}, err
}

func answer(query map[string]string, route, id, domain string) (string, error) {
	if query["large"] != "" {
		return strings.Repeat("a", 7<<20), nil
	}
	if query["panic"] != "" {
		panic("asked to")
	}
	body, err := json.Marshal(map[string]string{"route": route, "id": id, "domain": domain})
	return string(body), err
}
