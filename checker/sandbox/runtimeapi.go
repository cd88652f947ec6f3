package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxResponse is the limit for a synchronous response in bytes: 6 MB, as AWS words it in its error.
const maxResponse = 6291556

// maxHeaders is how large the headers of a request may be in bytes. The Go runtime library describes an
// error for X-Ray in a header, of less than 1 MiB.
const maxHeaders = 2 << 20

// maxEvent is the limit for an event in bytes ("Lambda quotas": 6 MB, synchronous).
const maxEvent = 6 << 20

// runtimeAPI serves the Lambda runtime API to one process, and reports what the process does as
// events on channels. One is made for each start of a process, so that a request of a dead process
// can never be taken for one of its successor.
//
// Source: "Using the Lambda runtime API for custom runtimes", AWS Lambda Developer Guide.
type runtimeAPI struct {
	function string
	listener net.Listener
	server   *http.Server

	// ready gets a value when the process asks for its first event, which ends INIT, and when it asks
	// for another after its answer, which ends the invocation.
	ready chan struct{}
	// posted gets the answer to the current invocation.
	posted chan answer
	// events passes the next event to the process that waits for it.
	events chan delivery
	// stopped is closed when the process is given up.
	stopped  chan struct{}
	stopOnce sync.Once

	mu          sync.Mutex
	initialized bool   // it has asked for an event
	current     string // request id of the invocation under way; "" between invocations
	answered    bool
	wantSIGTERM bool // an internal extension is registered, so SIGTERM comes before SIGKILL
}

// delivery is one event on its way to the process.
type delivery struct {
	invocation *Invocation
	arn        string
	deadline   time.Time
}

// answer is what the process posted for an invocation.
type answer struct {
	body     []byte
	failed   bool
	tooLarge bool
	at       time.Time
}

func newRuntimeAPI(function string) *runtimeAPI {
	return &runtimeAPI{
		function: function,
		ready:    make(chan struct{}, 1),
		posted:   make(chan answer, 1),
		events:   make(chan delivery),
		stopped:  make(chan struct{}),
	}
}

func (api *runtimeAPI) listen() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("cannot serve the Lambda runtime API: %w", err)
	}
	api.listener = listener
	api.server = &http.Server{
		Handler:           http.HandlerFunc(api.serve),
		MaxHeaderBytes:    maxHeaders,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a killed process breaks connections
	}
	go func() { _ = api.server.Serve(listener) }() // ends in stop
	return nil
}

// serve answers a request. It matches paths itself: a ServeMux would answer some with a redirection, and
// its own refusals in plain text.
func (api *runtimeAPI) serve(w http.ResponseWriter, r *http.Request) {
	method, handle := api.route(r.URL.Path)
	switch {
	case handle == nil:
		refuse(w, http.StatusNotFound, "ResourceNotFound", "The Lambda runtime API has no such path.")
	case r.Method != method:
		w.Header().Set("Allow", method)
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "The Lambda runtime API takes only "+method+" here.")
	default:
		handle(w, r)
	}
}

func (api *runtimeAPI) route(path string) (method string, handle http.HandlerFunc) {
	switch path {
	case "/2018-06-01/runtime/invocation/next":
		return http.MethodGet, api.next
	case "/2018-06-01/runtime/init/error":
		return http.MethodPost, api.initError
	case "/2020-01-01/extension/register":
		return http.MethodPost, api.register
	case "/2020-01-01/extension/event/next":
		return http.MethodGet, api.extensionNext
	}
	rest, ok := strings.CutPrefix(path, "/2018-06-01/runtime/invocation/")
	id, what, _ := strings.Cut(rest, "/")
	if !ok || what != "response" && what != "error" {
		return "", nil
	}
	return http.MethodPost, func(w http.ResponseWriter, r *http.Request) { api.answer(w, r, id, what == "error") }
}

func (api *runtimeAPI) address() string { return api.listener.Addr().String() }

// stop ends the API and every request under way.
func (api *runtimeAPI) stop() {
	api.stopOnce.Do(func() {
		close(api.stopped)
		if api.server != nil {
			_ = api.server.Close()
		}
	})
}

// begin announces the invocation whose event comes next. Answers to any other are refused.
func (api *runtimeAPI) begin(requestID string) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.current, api.answered = requestID, false
}

// finish forgets the current invocation, so that a late answer to it is refused.
func (api *runtimeAPI) finish() {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.current = ""
	select {
	case <-api.ready: // a second wish for the same event must not end the next invocation
	default:
	}
}

func (api *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	if !api.wish() {
		// The process asks for more before it has answered: it will not get anything.
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Running to Ready is not allowed.")
		return
	}
	select {
	case d := <-api.events:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", d.invocation.RequestID)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(d.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", d.arn)
		header.Set("Lambda-Runtime-Trace-Id", "Root="+d.invocation.TraceID+";Parent=53995c3f42cd8ad8;Sampled=0")
		header.Set("Content-Length", strconv.Itoa(len(d.invocation.Event)))
		_, _ = w.Write(d.invocation.Event) // a process that is gone shows by its exit
	case <-r.Context().Done():
	case <-api.stopped:
	}
}

// wish takes note that the process asks for an event. It may not before it has answered.
func (api *runtimeAPI) wish() bool {
	api.mu.Lock()
	defer api.mu.Unlock()
	if api.current != "" && !api.answered {
		return false
	}
	if !api.initialized || api.current != "" {
		select {
		case api.ready <- struct{}{}:
		default: // asked twice without an event in between; one wish is enough
		}
	}
	api.initialized = true
	return true
}

func (api *runtimeAPI) answer(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	at := time.Now()
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "The body cannot be read.") // unless the process is gone
		return
	}
	if r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "" {
		// A streamed answer that failed midway: the error comes after what was sent, and counts.
		failed = true
		if posted, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil && len(posted) > 0 {
			body = posted
		}
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	if api.current == "" || id != api.current {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	if api.answered {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Response to Response is not allowed.")
		return
	}
	api.answered = true
	tooLarge := len(body) > maxResponse
	api.posted <- answer{body: body, failed: failed, tooLarge: tooLarge, at: at} // holds one: the state allows no second
	if tooLarge {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
			fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", maxResponse))
		return
	}
	accept(w)
}

// initError is accepted and nothing else: the process exits after it, and that is what counts. The Go
// runtime library never calls it.
func (api *runtimeAPI) initError(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxResponse)) // the exit says the same
	accept(w)
}

// register serves lambda.WithEnableSIGTERM, which registers an internal extension without events only
// to be sent SIGTERM before SIGKILL.
func (api *runtimeAPI) register(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<20)) // which events it asks for does not matter
	api.mu.Lock()
	api.wantSIGTERM = true
	api.mu.Unlock()
	w.Header().Set("Lambda-Extension-Identifier", "00000000-0000-4000-8000-000000000001")
	reply(w, http.StatusOK, map[string]string{"functionName": api.function, "functionVersion": "$LATEST", "handler": "bootstrap"})
}

func (api *runtimeAPI) extensionNext(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-api.stopped:
	}
}

func (api *runtimeAPI) wantsSIGTERM() bool {
	api.mu.Lock()
	defer api.mu.Unlock()
	return api.wantSIGTERM
}

func accept(w http.ResponseWriter) {
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	reply(w, status, map[string]string{"errorType": errorType, "errorMessage": message})
}

func reply(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a process that is gone shows by its exit
}
