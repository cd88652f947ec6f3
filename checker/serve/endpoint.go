package serve

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

const (
	// maxEvent is the largest payload of Invoke in bytes ("Lambda quotas": 6 MB, synchronous).
	maxEvent = 6 << 20
	// logTail is how much of the log Invoke returns ("Invoke", AWS Lambda API Reference: the last 4 KB).
	logTail = 4 << 10
)

// endpoint is where AWS's clients find the stack: its tables, by the stack's own endpoint, and its functions, by
// Lambda's Invoke. It stays at its address when the stack is deployed anew.
//
// Invoke needs no signature here, so that curl can send it. It is not for functions: those have an endpoint of their
// own, which has no Lambda.
type endpoint struct {
	listener net.Listener
	server   *http.Server
	invoked  func(*stack.Function, *sandbox.Invocation)

	mu      sync.Mutex
	current *deployment
	running sync.WaitGroup
}

func newEndpoint(address string, invoked func(*stack.Function, *sandbox.Invocation)) (*endpoint, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot serve the AWS endpoint: %w", err)
	}
	e := &endpoint{listener: l, invoked: invoked}
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = e.server.Serve(l) }() // ends in Close
	return e, nil
}

func (e *endpoint) url() string { return "http://" + e.listener.Addr().String() }

func (e *endpoint) port() int { return e.listener.Addr().(*net.TCPAddr).Port }

// use makes d the deployment that calls go to; nil is none.
func (e *endpoint) use(d *deployment) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.current = d
}

// Close ends the endpoint. The invocations under way must have been cancelled.
func (e *endpoint) Close() {
	_ = e.server.Close() // nothing is left to lose
	e.running.Wait()
}

// enter returns the deployment that a call goes to, or nil. leave is called when the call has ended.
func (e *endpoint) enter() (d *deployment, leave func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current == nil {
		return nil, func() {}
	}
	d = e.current
	e.running.Add(1)
	d.calls.Add(1)
	return d, func() {
		d.calls.Done()
		e.running.Done()
	}
}

// background does what a call asks for and does not wait for. It counts as a call, also once that one has ended.
func (e *endpoint) background(d *deployment, do func()) {
	e.running.Add(1)
	d.calls.Go(func() {
		defer e.running.Done()
		do()
	})
}

// ServeHTTP implements http.Handler.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, leave := e.enter()
	defer leave()
	if d == nil {
		refuse(w, http.StatusServiceUnavailable, "ServiceException", "Nothing is deployed just now.")
		return
	}
	if schedule, ok := strings.CutPrefix(r.URL.Path, schedulesPath); ok {
		e.fire(w, r, d, schedule)
		return
	}
	name, ok := strings.CutPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/")
	name, ok2 := strings.CutSuffix(name, "/invocations")
	if !ok || !ok2 {
		d.stack().AWS().ServeHTTP(w, r)
		return
	}
	if name, err := url.PathUnescape(name); err == nil {
		if f := d.function(name); f != nil {
			e.invoke(w, r, d, f)
			return
		}
	}
	refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+name)
}

// schedulesPath is where a schedule can be fired by hand: a POST to FUNCTION/NAME below it. AWS has nothing of the kind.
const schedulesPath = "/_schedules/"

// fire lets a schedule come round now. As with EventBridge, nobody waits for the function.
func (e *endpoint) fire(w http.ResponseWriter, r *http.Request, d *deployment, schedule string) {
	function, name, _ := strings.Cut(schedule, "/")
	known := slices.ContainsFunc(d.stack().Schedules(), func(s eventsource.Schedule) bool { return s.Function == function && s.Name == name })
	switch {
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "A schedule is fired by a POST.")
	case !known:
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Schedule not found: "+schedule)
	default:
		e.background(d, func() {
			_, _ = d.stack().Fire(d.ctx, function, name, time.Now()) // what comes of it is shown
		})
		w.WriteHeader(http.StatusAccepted)
	}
}

// invoke answers as "Invoke" in the AWS Lambda API Reference says.
func (e *endpoint) invoke(w http.ResponseWriter, r *http.Request, d *deployment, f *stack.Function) {
	if r.Method != http.MethodPost {
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "Invoke is a POST.")
		return
	}
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent+1))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", maxEvent))
		return
	}
	if len(event) == 0 {
		event = []byte("{}") // what functions get of an Invoke without a payload
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return
	case "Event":
		if !json.Valid(event) {
			refuse(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
			return
		}
		e.background(d, func() {
			if i, err := f.Invoke(d.ctx, event); err == nil {
				e.invoked(f, i)
			}
		})
		w.WriteHeader(http.StatusAccepted)
		return
	default:
		refuse(w, http.StatusBadRequest, "InvalidParameterValueException", fmt.Sprintf("%q is not an InvocationType", kind))
		return
	}
	i, err := f.Invoke(d.ctx, event)
	var refused *sandbox.RequestError
	switch {
	case errors.As(err, &refused):
		refuse(w, refused.Status, refused.Code, refused.Message)
		return
	case err != nil:
		refuse(w, http.StatusInternalServerError, "ServiceException", err.Error())
		return
	}
	e.invoked(f, i)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Requestid", i.RequestID)
	h.Set("X-Amz-Executed-Version", "$LATEST")
	if i.FunctionError != "" {
		h.Set("X-Amz-Function-Error", i.FunctionError)
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		text := strings.Join(i.PlatformLog(), "\n") + "\n"
		h.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString([]byte(text[max(0, len(text)-logTail):])))
	}
	_, _ = w.Write(i.Payload) // who is gone needs no answer
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	body, _ := json.Marshal(map[string]string{"Type": "User", "Message": message}) // strings always marshal
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
