package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// API is an API under check.
type API struct {
	t   *T
	api *stack.API
}

// front is what API Gateway made of a request.
type front struct {
	exchange apigateway.Exchange
	response Answer
	api      string // its logical id
	method   string
	path     string // below the stage
	// atOnce is set for requests that were sent side by side: which of them was the first differs from run to run.
	atOnce bool
}

// implied is the HTTP API of events that name none.
const implied = "ServerlessHttpApi"

// API is an API of the template; ServerlessHttpApi and ServerlessRestApi are those that events imply. A
// template without it fails the check. One that declares its only HTTP API itself may call it as it likes.
func (t *T) API(logicalID string) *API {
	if all := t.Template().HTTPAPIs; logicalID == implied && len(all) == 1 {
		logicalID = all[0].LogicalID
	}
	api, err := t.deployed().API(logicalID)
	t.present(err)
	return &API{t: t, api: api}
}

// Request is a request to an API.
type Request struct {
	Method  string     // "" is GET
	Path    string     // below the stage, percent-encoded where it has to be: "/items/a"
	Query   url.Values // added to the path's own
	Headers map[string]string
	Body    string
}

// String is the request as findings show it: POST /items with Content-Type: application/json and the body
// `{"id":"a"}`.
func (r Request) String() string {
	var with []string
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		with = append(with, name+": "+r.Headers[name])
	}
	if r.Body != "" {
		if !slices.ContainsFunc(with, func(h string) bool { return strings.HasPrefix(h, "Content-Type: ") }) {
			with = append(with, "no Content-Type") // that, too, decides on what the function is given
		}
		with = append(with, "the body "+cut(quote(r.Body), maxValue))
	}
	text := r.method() + " " + cut(r.target(), maxValue)
	switch n := len(with); n {
	case 0:
		return text
	case 1:
		return text + " with " + with[0]
	default:
		return text + " with " + strings.Join(with[:n-1], ", ") + " and " + with[n-1]
	}
}

func (r Request) method() string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

func (r Request) target() string {
	query := r.Query.Encode()
	switch {
	case query == "":
		return r.Path
	case strings.Contains(r.Path, "?"):
		return r.Path + "&" + query
	}
	return r.Path + "?" + query
}

// Get sends a GET request; see Send.
func (a *API) Get(path string) *Reply { return a.Send(Request{Path: path}) }

// Send sends a request over HTTP, as a client would, and returns the response: also when it is an error of API
// Gateway's own.
func (a *API) Send(r Request) *Reply {
	a.t.did = fmt.Sprintf("sent %s to %s%s", r, a.api.LogicalID, a.t.conditions)
	if a.t.sequence {
		a.t.steps = append(a.t.steps, fmt.Sprintf("%d. %s", len(a.t.steps)+1, r))
		a.t.did = fmt.Sprintf("sent several requests to %s, one after the other:\n%s", a.api.LogicalID, strings.Join(a.t.steps, "\n"))
	}
	reply, err := a.exchange(r, a.api.URL+r.target())
	if err != nil {
		a.t.fault(fmt.Errorf("sending %s to %s: %w", r, a.api.LogicalID, err))
	}
	return reply
}

// SendAtOnce sends requests at the same moment, and returns the replies in the same order.
func (a *API) SendAtOnce(requests ...Request) []*Reply {
	a.t.did = fmt.Sprintf("sent %d requests to %s at once, such as %s%s", len(requests), a.api.LogicalID, requests[0], a.t.conditions)
	replies := make([]*Reply, len(requests))
	var group errgroup.Group
	for n, r := range requests {
		group.Go(func() (err error) {
			if replies[n], err = a.exchange(r, a.api.URL+r.target()); err != nil {
				return fmt.Errorf("sending %s to %s: %w", r, a.api.LogicalID, err)
			}
			replies[n].front.atOnce = true
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		a.t.fault(err)
	}
	return replies
}

// exchange sends a request to an address of the API.
func (a *API) exchange(r Request, address string) (*Reply, error) {
	request, err := http.NewRequestWithContext(a.t.ctx, r.method(), address, strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	for name, value := range r.Headers {
		request.Header.Set(name, value)
	}
	response, err := a.t.deployed().Client().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	reply := &Reply{t: a.t, did: a.t.did, front: &front{
		response: answerOf(response, body), api: a.api.LogicalID, method: r.method(), path: r.Path,
	}, Invocation: &sandbox.Invocation{}}
	x, known := a.api.Exchange(response.Header)
	if !known {
		return nil, fmt.Errorf("a response that is not of the API: %s", reply.front.response)
	}
	if x.Fault != nil {
		return nil, x.Fault
	}
	reply.front.exchange = x
	if i := stack.InvocationOf(x); i != nil {
		reply.Invocation = i
		if reply.function, err = a.t.deployed().Function(x.Function); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

func answerOf(response *http.Response, body []byte) Answer {
	answer := Answer{Status: response.StatusCode, Headers: map[string]string{}, Body: string(body)}
	for name, values := range response.Header {
		answer.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return answer
}

// PassedOn requires that the function answered, and that the response has the status that it said.
func (r *Reply) PassedOn() {
	r.Answered()
	if r.front != nil && r.front.exchange.Decided {
		r.refused("an answer of the function")
	}
}

// Explain ends the check if there is a reason for an answer that was not wanted: what the function has done instead of
// answering, what API Gateway has, or a permission that was lacking.
func (r *Reply) Explain(want string) { r.explain(want) }

// explain ends the check if the function or API Gateway has a reason for an answer that was not wanted.
func (r *Reply) explain(want string) {
	switch {
	case r.front == nil:
		return
	case r.function != nil && r.Outcome != sandbox.Answered:
		r.answered(want)
	case r.front.exchange.Decided:
		r.refused(want)
	}
	r.denied(want)
}

// refused ends the check with what API Gateway did instead of passing on an answer.
func (r *Reply) refused(want string) {
	x := r.front.exchange
	f := Finding{Got: r.front.response.String(), Want: want}
	if x.Reason != "" {
		f.Why = sentence(x.Reason)
	}
	switch {
	case x.Route == "":
		r.noRoute(&f)
	case r.function != nil && r.payload2():
		f.Next = "Return an events.APIGatewayV2HTTPResponse, with the body encoded to a JSON string."
	case r.function != nil:
		f.Next = "Return an events.APIGatewayProxyResponse, with the body encoded to a JSON string."
	case x.Function != "" && x.Event != nil && x.Status >= http.StatusInternalServerError:
		f.Next = "Answer sooner: give every call a deadline that is well within API Gateway's."
	}
	r.Fail(f)
}

// noRoute says what to do about a request that no route of the API takes.
func (r *Reply) noRoute(finding *Finding) {
	template := r.t.deployed().Template()
	kind, property, addedBySAM := "HttpApi", "ApiId", false
	for _, a := range template.HTTPAPIs {
		addedBySAM = addedBySAM || a.Implied && a.LogicalID == r.front.api
	}
	for _, a := range template.RestAPIs {
		if a.LogicalID == r.front.api {
			kind, property, addedBySAM = "Api", "RestApiId", a.Implied
		}
	}
	if addedBySAM {
		finding.Next = fmt.Sprintf("In the template, give the function that is to answer an event of type %s with the request's method and path.", kind)
		return
	}
	for _, f := range template.Functions {
		for _, e := range f.Events {
			if elsewhere := r.takenElsewhere(e); elsewhere != "" {
				finding.Got += fmt.Sprintf(": the event %s of %s is one of %s", e.Name, f.LogicalID, elsewhere)
				finding.Next = fmt.Sprintf("The event %s of %s names no API, so that SAM makes %s for it. Make it one of type %s with %s: !Ref %s.",
					e.Name, f.LogicalID, elsewhere, kind, property, r.front.api)
				return
			}
		}
	}
	finding.Next = fmt.Sprintf("In the template, give the function that is to answer an event of type %s with %s: !Ref %s, and with the request's method and path.",
		kind, property, r.front.api)
}

// takenElsewhere is the API that an event has made SAM add, if the event takes the request there.
func (r *Reply) takenElsewhere(e sam.Event) string {
	api, method, path := "", "", ""
	switch source := e.Source.(type) {
	case *sam.HTTPAPIEvent:
		api, method, path = source.API, source.Method, source.Path
	case *sam.RestAPIEvent:
		api, method, path = source.API, source.Method, source.Path
	}
	if api != implied && api != "ServerlessRestApi" || api == r.front.api || method != "ANY" && method != r.front.method {
		return ""
	}
	wanted := strings.Split(path, "/")
	given := strings.Split(strings.SplitN(r.front.path, "?", 2)[0], "/")
	for n, segment := range wanted {
		switch {
		case n >= len(given):
			return ""
		case strings.HasSuffix(segment, "+}"):
			return api
		case segment != given[n] && !strings.HasPrefix(segment, "{"):
			return ""
		}
	}
	if len(wanted) != len(given) {
		return ""
	}
	return api
}

// Event is what API Gateway gave the function; nil if none was invoked.
func (r *Reply) Event() []byte {
	if r.front == nil {
		return nil
	}
	return r.front.exchange.Event
}

// By is the logical id of the function that was invoked; "" if none was.
func (r *Reply) By() string {
	if r.function == nil {
		return ""
	}
	return r.function.LogicalID
}

// payload2 tells which payload format the function was given, and has to answer in.
func (r *Reply) payload2() bool {
	return bytes.HasPrefix(r.front.exchange.Event, []byte(`{"version":"2.0"`))
}

// sentence makes a sentence of words.
func sentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }

// frontEvidence is what API Gateway made of the request, what the function was given and what it returned.
func (r *Reply) frontEvidence() []string {
	if r.front == nil {
		return nil
	}
	x := r.front.exchange
	evidence := []string{"http: " + cut(x.String(), maxLine)}
	if x.Log != "" {
		evidence = append(evidence, "API Gateway's log: "+x.Log)
	}
	if r.function != nil {
		evidence = append(evidence, "event: "+cut(mainParts(x.Event), maxLine), "result: "+cut(string(r.Payload), maxLine))
	}
	return evidence
}

// mainParts are what code reads of an event of an API, in its order. The rest is long, and differs each time.
func mainParts(event []byte) string {
	var parts struct {
		Version         json.RawMessage   `json:"version,omitempty"`
		RouteKey        json.RawMessage   `json:"routeKey,omitempty"`
		RawPath         json.RawMessage   `json:"rawPath,omitempty"`
		Resource        json.RawMessage   `json:"resource,omitempty"`
		Path            json.RawMessage   `json:"path,omitempty"`
		HTTPMethod      json.RawMessage   `json:"httpMethod,omitempty"`
		Headers         map[string]string `json:"headers,omitempty"`
		Query           json.RawMessage   `json:"queryStringParameters,omitempty"`
		PathParameters  json.RawMessage   `json:"pathParameters,omitempty"`
		Body            json.RawMessage   `json:"body,omitempty"`
		IsBase64Encoded json.RawMessage   `json:"isBase64Encoded,omitempty"`
	}
	if err := json.Unmarshal(event, &parts); err != nil {
		return string(event)
	}
	maps.DeleteFunc(parts.Headers, func(name, _ string) bool { return !strings.EqualFold(name, "content-type") })
	return strings.TrimSuffix(encode(parts), "}") + ", …}"
}

// Header requires an answer with a header of this value, and returns the answer.
func (r *Reply) Header(name, want string) Answer {
	words := fmt.Sprintf("the header %s: %s", name, want)
	a := r.answer(words)
	got, has := a.Headers[strings.ToLower(name)]
	if has && got == want {
		return a
	}
	f := Finding{Got: fmt.Sprintf("the header %s: %s", name, cut(got, maxValue)), Want: words}
	if !has {
		f.Got = fmt.Sprintf("status %d, and no header %s", a.Status, name)
	}
	if r.front != nil && r.front.exchange.Reason != "" {
		f.Why = sentence(r.front.exchange.Reason)
	}
	r.Fail(f)
	return a
}

// Body requires an answer with a status code and this text as the body, and returns the answer.
func (r *Reply) Body(status int, want string) Answer {
	words := fmt.Sprintf("status %d, body %s", status, cut(quote(want), maxValue))
	a := r.status(status, words)
	if a.Body != want {
		r.Fail(Finding{Got: a.String(), Want: words})
	}
	return a
}
