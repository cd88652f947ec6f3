package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxResponse is the limit for a synchronous response in bytes: 6 MB, as AWS words it in its error.
const maxResponse = 6291556

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

	// ready gets a value each time the process asks for the next event.
	ready chan struct{}
	// posted gets the answer to the current invocation.
	posted chan answer
	// events passes the next event to the process that waits for it.
	events chan delivery
	// stopped is closed when the process is given up.
	stopped  chan struct{}
	stopOnce sync.Once

	mu          sync.Mutex
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

func newRuntimeAPI(function string) (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot serve the Lambda runtime API: %w", err)
	}
	api := &runtimeAPI{
		function: function,
		listener: listener,
		ready:    make(chan struct{}, 1),
		posted:   make(chan answer, 1),
		events:   make(chan delivery),
		stopped:  make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", api.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", api.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", api.error)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", api.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", api.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", api.extensionNext)
	api.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a killed process breaks connections
	}
	go func() { _ = api.server.Serve(listener) }() // ends in stop
	return api, nil
}

func (api *runtimeAPI) address() string { return api.listener.Addr().String() }

// stop ends the API and every request under way.
func (api *runtimeAPI) stop() {
	api.stopOnce.Do(func() {
		close(api.stopped)
		_ = api.server.Close()
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
}

func (api *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	api.mu.Lock()
	early := api.current != "" && !api.answered
	api.mu.Unlock()
	if early {
		// The process asks for more before it has answered: it will not get anything.
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Running to Ready is not allowed.")
		return
	}
	select {
	case api.ready <- struct{}{}:
	default: // asked twice without an event in between; one wish is enough
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

func (api *runtimeAPI) response(w http.ResponseWriter, r *http.Request) { api.answer(w, r, false) }
func (api *runtimeAPI) error(w http.ResponseWriter, r *http.Request)    { api.answer(w, r, true) }

func (api *runtimeAPI) answer(w http.ResponseWriter, r *http.Request, failed bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	at := time.Now()
	// A streamed answer that fails midway says so in a trailer, which is known after the body.
	failed = failed || r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != ""
	if err != nil {
		return // the process went away while it was writing
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	if api.current == "" || r.PathValue("id") != api.current {
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
