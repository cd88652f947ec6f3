package apigateway

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"example.com/serverless-patterns/checker/sam"
)

// Invoke sends an event to a function, by its logical id, and waits for the end of the invocation. Whatever
// the function does is in the Invocation. An error is [ErrThrottled] or [ErrTooLarge] if Lambda refuses the
// request, and anything else is a fault of this machine. It is called from several goroutines at once, and
// returns soon after the context has ended.
type Invoke func(ctx context.Context, function string, event []byte) (Invocation, error)

// What Lambda answers to a request that it does not pass on to the function.
var (
	ErrThrottled = errors.New("the function is at its concurrency limit")
	ErrTooLarge  = errors.New("the event is larger than Lambda takes")
)

// Invocation is what became of an event.
type Invocation struct {
	RequestID string // Lambda's, as in the function's log
	Payload   []byte // the response, or the error object
	// FunctionError is "" if the function answered, and what Lambda calls the failure otherwise:
	// "Unhandled".
	FunctionError string
	Outcome       string // how a failure came about, in words: "timed out"
	Details       any    // whatever the Invoke wants to find in an Exchange
}

// Deployment says where an API is, and what it calls.
type Deployment struct {
	ID        string // of the API: ten lower-case letters and digits
	Stage     string // "$default" for the stage of an HTTP API that has no path
	AccountID string
	Region    string
	Invoke    Invoke
	// MaxTimeout is the longest that an integration may take here, whatever the template says; 0 is no
	// limit of its own.
	MaxTimeout time.Duration
	// Endless waits for integrations as long as their clients do: somebody debugs a function.
	Endless bool
	// BodyTimeout is how long a client may take to send a body; 0 stands for 30 s.
	BodyTimeout time.Duration
	// Observe is told each exchange when its response is about to be sent; nil is told nothing. It is called
	// from several goroutines at once.
	Observe func(Exchange)
	// Now is the clock of events; nil is the machine's.
	Now func() time.Time
	// Seed decides request ids and trace ids.
	Seed uint64
}

// API is a deployed API. Its methods may be called from several goroutines at once.
type API struct {
	LogicalID string
	// Domain is the host name that the API would have on AWS.
	Domain string

	deployment Deployment
	rest       bool
	routes     []route
	cors       *sam.HTTPCORS // of an HTTP API
	origins    []string      // of cors
	mock       *sam.RestCORS // of a REST API: SAM adds OPTIONS methods
	binary     []string      // media types of a REST API
	fixed      fixed

	ctx     context.Context
	cancel  context.CancelCauseFunc
	running sync.WaitGroup // requests, and invocations that outlive theirs

	mu        sync.Mutex
	random    *rand.Rand
	closed    bool
	exchanges []*Exchange
	count     int
}

var errClosed = errors.New("the API has been removed")

// NewHTTP makes an HTTP API with the routes that functions of the template have on it. The resolver is asked
// for what the API's properties refer to.
func NewHTTP(t *sam.Template, a *sam.HTTPAPI, r sam.Resolver, d Deployment) (*API, error) {
	api, err := newAPI(t, a.Resource, a.StageName, r, d)
	if err != nil {
		return nil, err
	}
	api.fixed = httpAnswers
	if a.CORS != nil {
		api.cors = a.CORS
		for _, v := range a.CORS.AllowOrigins {
			origin, err := v.Resolve(r)
			if err != nil {
				return nil, fmt.Errorf("%s: AllowOrigins of %s: %w", t.File, a.LogicalID, err)
			}
			api.origins = append(api.origins, origin)
			if origin == "*" && a.CORS.AllowCredentials {
				return nil, fmt.Errorf(`%s: %s: allow-credentials is not supported if 'allow-origin' is *`, t.File, a.LogicalID)
			}
		}
	}
	for _, f := range t.Functions {
		for _, e := range f.Events {
			if h, ok := e.Source.(*sam.HTTPAPIEvent); ok && h.API == a.LogicalID {
				api.routes = append(api.routes, newRoute(f.LogicalID, h.Method, h.Path, h.PayloadFormatVersion, h.Timeout))
			}
		}
	}
	return api, nil
}

// NewREST makes a REST API with the methods that functions of the template have on it.
func NewREST(t *sam.Template, a *sam.RestAPI, r sam.Resolver, d Deployment) (*API, error) {
	api, err := newAPI(t, a.Resource, a.StageName, r, d)
	if err != nil {
		return nil, err
	}
	api.rest, api.mock, api.binary, api.fixed = true, a.CORS, a.BinaryMediaTypes, restAnswers
	for _, f := range t.Functions {
		for _, e := range f.Events {
			if m, ok := e.Source.(*sam.RestAPIEvent); ok && m.API == a.LogicalID {
				api.routes = append(api.routes, newRoute(f.LogicalID, m.Method, m.Path, payload1, m.Timeout))
			}
		}
	}
	if api.mock != nil {
		api.addMocks()
	}
	return api, nil
}

func newAPI(t *sam.Template, resource sam.Resource, stage sam.Value, r sam.Resolver, d Deployment) (*API, error) {
	if err := Unsupported(t); err != nil {
		return nil, err
	}
	if d.Stage == "" {
		text, err := stage.Resolve(r)
		if err != nil {
			return nil, fmt.Errorf("%s: StageName of %s: %w", t.File, resource.LogicalID, err)
		}
		d.Stage = text
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.BodyTimeout == 0 {
		d.BodyTimeout = bodyTimeout
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	return &API{
		LogicalID:  resource.LogicalID,
		Domain:     fmt.Sprintf("%s.execute-api.%s.amazonaws.com", d.ID, d.Region),
		deployment: d,
		ctx:        ctx,
		cancel:     cancel,
		random:     rand.New(rand.NewPCG(d.Seed, 0x617069)),
	}, nil
}

// ID is the API's id, as !Ref gives it.
func (a *API) ID() string { return a.deployment.ID }

// Stage is the name of the stage.
func (a *API) Stage() string { return a.deployment.Stage }

// prefix is what paths of the stage begin with: "" for $default.
func (a *API) prefix() string {
	if a.deployment.Stage == defaultStage {
		return ""
	}
	return "/" + a.deployment.Stage
}

// defaultStage is the stage of an HTTP API that has no path of its own.
const defaultStage = "$default"

// Close ends the invocations under way and waits for all requests. No request is taken afterwards.
func (a *API) Close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel(errClosed)
	a.running.Wait()
}

// enter notes a request, unless the API is closed. A request that entered has to leave.
func (a *API) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	a.running.Add(1)
	return true
}

// properties that change what an API does, and that are not there.
var (
	unsupportedOfHTTP  = []string{"Auth", "DefinitionBody", "DefinitionUri", "StageVariables"}
	unsupportedOfREST  = []string{"Auth", "DefinitionBody", "DefinitionUri", "GatewayResponses", "Models", "Policy", "Variables"}
	unsupportedOfEvent = []string{"Auth", "RequestModel", "RequestParameters", "ResponseTransferMode"}
)

// Unsupported names what the APIs of a template have that is not emulated here, and that clients or
// functions would notice.
func Unsupported(t *sam.Template) error {
	var all []error
	note := func(line int, owner, kind string, has []string) {
		if len(has) > 0 {
			all = append(all, fmt.Errorf("%s:%d: %s of %s %s is not supported by the local API Gateway yet",
				t.File, line, strings.Join(has, " and "), kind, owner))
		}
	}
	for _, a := range t.HTTPAPIs {
		note(a.Line, a.LogicalID, a.Type, present(a.Untyped, unsupportedOfHTTP))
	}
	for _, a := range t.RestAPIs {
		note(a.Line, a.LogicalID, a.Type, present(a.Untyped, unsupportedOfREST))
	}
	for _, f := range t.Functions {
		for _, e := range f.Events {
			switch e.Source.(type) {
			case *sam.HTTPAPIEvent, *sam.RestAPIEvent:
				note(e.Line, f.LogicalID+"."+e.Name, "the event", present(e.Untyped, unsupportedOfEvent))
			}
		}
	}
	return errors.Join(all...)
}

func present[V any](untyped map[string]V, names []string) []string {
	var found []string
	for _, name := range names {
		if _, ok := untyped[name]; ok {
			found = append(found, name)
		}
	}
	return found
}
