package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
)

// API is a deployed API, served on this machine.
type API struct {
	LogicalID string
	// URL is its address with the stage's path, without a slash at the end.
	URL string

	api    *apigateway.API
	server *apigateway.Server
}

// Exchanges are the latest requests, in the order in which they arrived.
func (a *API) Exchanges() []apigateway.Exchange { return a.api.Exchanges() }

// Exchange is what a response with these header fields belongs to; ok is false if it is none of the API's, or
// too long ago.
func (a *API) Exchange(header http.Header) (x apigateway.Exchange, ok bool) {
	for _, name := range []string{"Apigw-Requestid", "X-Amzn-Requestid"} {
		if x, ok = a.api.Exchange(header.Get(name)); ok {
			return x, ok
		}
	}
	return x, false
}

// AWS is where the API would be on AWS, with the stage's path: https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com/prod.
func (a *API) AWS() string {
	return "https://" + a.api.Domain + strings.TrimPrefix(a.URL, "http://"+a.server.Address())
}

// Has tells whether the API is at a host: that of its domain on AWS, or the one where it is served here.
func (a *API) Has(host string) bool { return host == a.api.Domain || host == a.server.Address() }

// InvocationOf is the invocation of an exchange, or nil: the function may not have been invoked, or not have
// ended.
func InvocationOf(x apigateway.Exchange) *sandbox.Invocation {
	if x.Invocation == nil {
		return nil
	}
	i, _ := x.Invocation.Details.(*sandbox.Invocation)
	return i
}

// API returns a deployed API by its logical id, which is ServerlessHttpApi or ServerlessRestApi for those
// that events imply. The error is a [*MissingError].
func (s *Stack) API(logicalID string) (*API, error) {
	a, ok := s.apis[logicalID]
	if !ok {
		return nil, &MissingError{logicalID, "AWS::Serverless::HttpApi", s.template.File}
	}
	return a, nil
}

// Address is where the API listens: 127.0.0.1:4711.
func (a *API) Address() string { return a.server.Address() }

// Client returns a client for the stack's APIs. It finds them also by the addresses that they would have on
// AWS, such as those in the template's Outputs. It follows no redirects. Close ends its connections.
func (s *Stack) Client() *http.Client {
	return &http.Client{
		Transport:     addresses{s},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// addresses sends requests for an API's domain on AWS to where it is served here.
type addresses struct{ *Stack }

// RoundTrip implements http.RoundTripper.
func (s addresses) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, a := range s.apis {
		if r.URL.Host == a.api.Domain {
			r = r.Clone(r.Context())
			r.URL.Scheme, r.URL.Host = "http", a.server.Address()
			break
		}
	}
	return s.requests.RoundTrip(r)
}

// Output is the value of one of the template's Outputs, as CloudFormation would give it. The error is a
// [*MissingError] if there is none of this name.
func (s *Stack) Output(name string) (string, error) {
	for _, o := range s.template.Outputs {
		if o.Name == name {
			text, err := o.Value.Resolve(resolver{s})
			if err != nil {
				return "", fmt.Errorf("%s: output %s: %w", s.template.File, name, err)
			}
			return text, nil
		}
	}
	return "", &MissingError{name, "output", s.template.File}
}

// Local is a text, such as an Output, with the addresses that the stack's APIs would have on AWS replaced by those
// that they have here.
func (s *Stack) Local(text string) string {
	for _, a := range s.apis {
		text = strings.ReplaceAll(text, "https://"+a.api.Domain, "http://"+a.Address())
	}
	return text
}

// freePort lets the system choose.
const freePort = "127.0.0.1:0"

func (s *Stack) createAPIs(o Options) error {
	for _, a := range o.Template.HTTPAPIs {
		api, err := apigateway.NewHTTP(o.Template, a, resolver{s}, s.apiDeployment(a.LogicalID, o))
		if err := s.serve(api, err, o); err != nil {
			return err
		}
	}
	for _, a := range o.Template.RestAPIs {
		api, err := apigateway.NewREST(o.Template, a, resolver{s}, s.apiDeployment(a.LogicalID, o))
		if err := s.serve(api, err, o); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) apiDeployment(logicalID string, o Options) apigateway.Deployment {
	return apigateway.Deployment{
		ID: s.names[logicalID], AccountID: AccountID, Region: s.Region, Invoke: s.invokeForAPI,
		Observe: o.Observe, Endless: len(o.Debug) > 0, Seed: o.Seed,
	}
}

func (s *Stack) serve(api *apigateway.API, err error, o Options) error {
	if err != nil {
		return err
	}
	address := freePort
	if o.Address != nil {
		address = o.Address(api.LogicalID)
	}
	server, err := apigateway.Listen(api, address)
	if err != nil {
		return err
	}
	s.apis[api.LogicalID] = &API{LogicalID: api.LogicalID, URL: server.URL(), api: api, server: server}
	return nil
}

// invokeForAPI is what API Gateway sees of Lambda.
func (s *Stack) invokeForAPI(ctx context.Context, function string, event []byte) (apigateway.Invocation, error) {
	f, err := s.Function(function)
	if err != nil {
		return apigateway.Invocation{}, err
	}
	i, err := f.Invoke(ctx, event)
	var refused *sandbox.RequestError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusRequestEntityTooLarge:
		return apigateway.Invocation{}, fmt.Errorf("%w: %w", apigateway.ErrTooLarge, err)
	case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
		return apigateway.Invocation{}, fmt.Errorf("%w: %w", apigateway.ErrThrottled, err)
	case err != nil:
		return apigateway.Invocation{}, err
	}
	result := apigateway.Invocation{RequestID: i.RequestID, Payload: i.Payload, FunctionError: i.FunctionError, Details: i}
	if i.FunctionError != "" {
		result.Outcome = string(i.Outcome)
	}
	return result, nil
}

// newAPIID makes up an id of the form that API Gateway gives: ten lower-case letters and digits.
func newAPIID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, 10)
	_, _ = rand.Read(id) // never fails
	for n, b := range id {
		id[n] = letters[int(b)%len(letters)]
	}
	return string(id)
}

// apiRef is what !Ref gives of what SAM makes beside an API: the name of its stage.
func (r resolver) apiRef(logicalID string) (string, bool) {
	stage := func(resource sam.Resource, v sam.Value, byDefault string) (string, bool) {
		name, err := v.Resolve(r)
		generated := []string{resource.LogicalID + "Stage", resource.LogicalID + byDefault, resource.LogicalID + name + "Stage"}
		for _, id := range generated {
			if err == nil && id == logicalID {
				return name, true
			}
		}
		return "", false
	}
	for _, a := range r.template.HTTPAPIs {
		if name, ok := stage(a.Resource, a.StageName, "ApiGatewayDefaultStage"); ok {
			return name, true
		}
	}
	for _, a := range r.template.RestAPIs {
		if name, ok := stage(a.Resource, a.StageName, "ProdStage"); ok {
			return name, true
		}
	}
	return "", false
}

// apiAttribute is what !GetAtt gives of an API.
func (r resolver) apiAttribute(logicalID, attribute string) (string, bool) {
	for _, a := range r.template.HTTPAPIs {
		switch {
		case a.LogicalID != logicalID:
		case attribute == "ApiId":
			return r.names[logicalID], true
		case attribute == "ApiEndpoint":
			return fmt.Sprintf("https://%s.execute-api.%s.amazonaws.com", r.names[logicalID], r.Region), true
		case attribute == "Stage":
			return r.apiRef(logicalID + "Stage")
		}
	}
	for _, a := range r.template.RestAPIs {
		switch {
		case a.LogicalID != logicalID:
		case attribute == "RestApiId":
			return r.names[logicalID], true
		case attribute == "Stage":
			return r.apiRef(logicalID + "Stage")
		}
	}
	return "", false
}
