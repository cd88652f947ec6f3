package apigateway

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

var _ http.Handler = (*API)(nil)

// errGone is why a request has no response: the client went away.
var errGone = errors.New("the client went away before its request was complete")

// ServeHTTP answers one request, and keeps it as an [Exchange].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !a.enter() {
		panic(http.ErrAbortHandler) // as if nobody listened
	}
	defer a.running.Done()
	begin := time.Now()
	q := a.read(r)
	x := &Exchange{RequestID: q.id, Start: begin, Method: q.method, Target: r.RequestURI, RequestHeader: q.header}
	a.record(x)

	response, err := a.handle(w, r, q, x)
	if err == nil {
		a.sign(q, response)
	}
	done := a.note(x, func(x *Exchange) {
		x.Duration = time.Since(begin)
		if err != nil {
			x.Reason = err.Error()
			return
		}
		x.Status, x.Header, x.Body, x.Reason, x.Log = response.status, response.header, response.body, response.reason, response.log
		x.Decided = response.decided
	})
	if a.deployment.Observe != nil {
		a.deployment.Observe(done)
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	// After a body whose end the recorder does not know, the next head cannot be found.
	response.send(w, r.ContentLength < 0 || response.status == a.fixed.slow.status || response.status == a.fixed.tooLarge.status)
}

// sign adds the fields that every response of the API has.
func (a *API) sign(q *request, r *response) {
	set := func(name, value string) {
		r.header.remove(name)
		r.header.add(name, value)
	}
	if a.rest {
		set("x-amzn-RequestId", q.id)
		set("x-amz-apigw-id", q.extendedID)
		set("X-Amzn-Trace-Id", q.traceID)
		return
	}
	if !q.preflight {
		a.addCORS(q, r)
	}
	set("Apigw-Requestid", q.id)
}

// handle finds the response. An error means that there is none: the client is gone, or the API closed.
func (a *API) handle(w http.ResponseWriter, r *http.Request, q *request, x *Exchange) (*response, error) {
	if q.headSize > maxHead {
		return a.fixed.headTooLarge.with(fmt.Sprintf("the request line and headers have %d bytes together, and API Gateway takes %d", q.headSize, maxHead)), nil
	}
	path, ok := a.inStage(q.path)
	if !ok {
		return a.fixed.noStage.with(fmt.Sprintf("the path does not begin with %s, the path of the stage", a.prefix())), nil
	}
	if response, ok := a.preflight(q); ok {
		q.preflight = true
		return response, nil
	}
	chosen, ok := a.route(q.method, path)
	if !ok {
		return a.fixed.noRoute.with(a.noRoute(q.method, path)), nil
	}
	a.note(x, func(x *Exchange) { x.Route, x.Function = chosen.key(), chosen.function })
	if chosen.function == "" {
		return a.mocked(chosen.path), nil
	}
	refused, err := a.readBody(w, r, q)
	if refused != nil || err != nil {
		return refused, err
	}
	event := a.event(q, chosen)
	a.note(x, func(x *Exchange) { x.RequestBody, x.Event = q.body, event })
	return a.integrate(q, chosen, event, x)
}

// inStage takes the stage's path off.
func (a *API) inStage(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, a.prefix())
	switch {
	case !ok || rest != "" && rest[0] != '/':
		return "", false
	case rest == "":
		return "/", true
	}
	return rest, true
}

// noRoute says what there is instead.
func (a *API) noRoute(method, path string) string {
	what := "route"
	if a.rest {
		what = "method"
	}
	var others []string
	for _, f := range a.matching(path) {
		others = append(others, f.key())
	}
	if len(others) > 0 {
		return fmt.Sprintf("no %s of the API takes %s %s, only %s", what, method, path, strings.Join(others, " and "))
	}
	var all []string
	for _, r := range a.routes {
		all = append(all, r.key())
	}
	return fmt.Sprintf("no %s of the API takes %s %s; it has %s", what, method, path, cmp.Or(strings.Join(all, ", "), "none"))
}

// readBody reads the request's body, up to the limit and within the time that a client has for it.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, q *request) (*response, error) {
	tooLarge := a.fixed.tooLarge.with(fmt.Sprintf("the request's body is larger than the %d MB that API Gateway takes", maxBody>>20))
	if r.ContentLength > maxBody {
		return tooLarge, nil
	}
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(a.deployment.BodyTimeout)) // only a real connection has one
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return tooLarge, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return a.fixed.slow.with(fmt.Sprintf("the request's body was not complete after %v", a.deployment.BodyTimeout)), nil
	case err != nil:
		return nil, errGone
	}
	_ = controller.SetReadDeadline(time.Time{})
	q.body = body
	return nil, nil
}

// event is what the function gets.
func (a *API) event(q *request, r found) []byte {
	var event any
	if r.payload == payload2 {
		event = a.event2(q, r)
	} else {
		event = a.event1(q, r)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(event) // strings and numbers always encode
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// integrate calls the function and makes a response of what it answers. A function that takes too long goes
// on; its response is not awaited.
func (a *API) integrate(q *request, r found, event []byte, x *Exchange) (*response, error) {
	type end struct {
		invocation Invocation
		err        error
	}
	ended := make(chan end, 1)
	a.running.Add(1)
	go func() {
		defer a.running.Done()
		i, err := a.deployment.Invoke(a.ctx, r.function, event)
		a.note(x, func(x *Exchange) {
			if err == nil {
				x.Invocation = &i
			} else if !errors.Is(err, ErrThrottled) && !errors.Is(err, ErrTooLarge) && a.ctx.Err() == nil {
				x.Fault = err
			}
		})
		ended <- end{i, err}
	}()
	limit := r.timeout
	if a.deployment.MaxTimeout > 0 {
		limit = min(limit, a.deployment.MaxTimeout)
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	if a.deployment.Endless {
		timer.Stop()
	}
	select {
	case e := <-ended:
		return a.respond(q, r, e.invocation, e.err)
	case <-timer.C:
		return a.fixed.timeout.with(fmt.Sprintf("the function had not answered after %v: API Gateway answers %d, and the function goes on", limit, a.fixed.timeout.status)), nil
	case <-a.ctx.Done():
		return nil, errClosed
	}
}

func (a *API) respond(q *request, r found, i Invocation, err error) (*response, error) {
	switch {
	case errors.Is(err, ErrThrottled):
		return a.fixed.throttled.with(fmt.Sprintf("Lambda did not run the function, which is at its concurrency limit: API Gateway answers %d", a.fixed.throttled.status)), nil
	case errors.Is(err, ErrTooLarge):
		return a.fixed.tooLarge.with("the event is larger than the 6 MB that Lambda takes; base64 makes a body a third longer"), nil
	case a.ctx.Err() != nil:
		return nil, errClosed
	case err != nil:
		return a.fixed.refused.with("the function could not be invoked: " + err.Error()), nil
	case i.FunctionError != "":
		return a.failure(i), nil
	case r.payload == payload2:
		return a.response2(i.Payload), nil
	default:
		return a.response1(i.Payload, q.header.Get("Accept")), nil
	}
}
