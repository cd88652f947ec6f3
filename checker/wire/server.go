package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/access"
	"example.com/serverless-patterns/checker/wire/iam"
)

// The largest requests that are read, in bytes: DynamoDB's limit, and what this machine has room for. S3's is 5 GB.
const (
	maxRequest = 16 << 20
	maxObject  = 256 << 20
)

// Server is an AWS endpoint in front of a backend. Its methods may be called from several goroutines
// at once.
type Server struct {
	backend  backend.Backend
	listener net.Listener
	server   *http.Server
	closed   chan struct{}
	operator aws.Credentials

	mu          sync.Mutex
	random      *rand.Rand
	callers     map[string]caller // by access key
	invoked     map[string]string // the trace of the latest invocation, by environment
	roles       map[string]Role   // by function
	calls       []*Call
	faults      []*Fault
	connections int
	slowest     time.Duration // of the backend
	keep        int           // how many calls are kept; 0 is all
	changed     func(Change)  // nil if nobody is told
	ahead       time.Duration // of this machine's clock
}

// caller is an execution environment.
type caller struct {
	function, environment string
	credentials           aws.Credentials
}

// Listen starts an endpoint on 127.0.0.1 with a port that is free. Access keys follow from the seed.
func Listen(b backend.Backend, seed uint64) (*Server, error) {
	// Not "localhost": the S3 client would look up bucket.localhost.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot serve the AWS endpoint: %w", err)
	}
	s := &Server{
		backend:  b,
		listener: listener,
		closed:   make(chan struct{}),
		random:   rand.New(rand.NewPCG(seed, 0x77697265)),
		callers:  map[string]caller{},
		invoked:  map[string]string{},
		roles:    map[string]Role{},
	}
	s.operator = s.newCredentials()
	s.server = &http.Server{
		Handler:           s,
		ConnContext:       s.number,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a killed process breaks connections
	}
	go func() { _ = s.server.Serve(listener) }() // ends in Close
	return s, nil
}

// URL is what AWS_ENDPOINT_URL is set to.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close ends the endpoint and every call under way. The backend stays open.
func (s *Server) Close() {
	close(s.closed)
	_ = s.server.Close() // nothing is left to lose
}

// NewCaller makes the credentials of an execution environment. Its calls are recorded under the names
// given here.
func (s *Server) NewCaller(function, environment string) aws.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.newCredentials()
	s.callers[c.AccessKeyID] = caller{function, environment, c}
	return c
}

// Invoked tells which invocation an environment is about to begin: calls that do not say so are of that one.
func (s *Server) Invoked(environment, traceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.invoked[environment] = traceID
}

// Credentials are all that were made for a function's environments.
func (s *Server) Credentials(function string) []aws.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []aws.Credentials
	for _, c := range s.callers {
		if c.function == function {
			all = append(all, c.credentials)
		}
	}
	return all
}

// Operator are the checker's own credentials: to create tables, to look what is in them.
func (s *Server) Operator() aws.Credentials { return s.operator }

// Calls are the calls of functions so far, in the order in which they arrived, those under way
// included.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make([]Call, len(s.calls))
	for n, c := range s.calls {
		calls[n] = *c
	}
	return calls
}

// KeepCalls limits the record to the latest calls, for a server that lives long; 0 keeps all.
func (s *Server) KeepCalls(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = n
}

// Inject makes calls go wrong from now on. Of several faults the last one injected counts. The
// returned function removes it.
func (s *Server) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for n, g := range s.faults {
			if g == &f {
				s.faults = append(s.faults[:n:n], s.faults[n+1:]...)
				return
			}
		}
	}
}

// Heal removes all faults that were injected.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// newCredentials makes temporary credentials of the form that AWS gives to a role. DynamoDB Local
// takes letters and digits only.
func (s *Server) newCredentials() aws.Credentials {
	return aws.Credentials{
		AccessKeyID:     "ASIA" + s.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
		SecretAccessKey: s.letters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 40),
		SessionToken:    s.letters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 120),
	}
}

func (s *Server) letters(from string, n int) string {
	text := make([]byte, n)
	for k := range text {
		text[k] = from[s.random.IntN(len(from))]
	}
	return string(text)
}

type connectionKey struct{}

func (s *Server) number(ctx context.Context, _ net.Conn) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	return context.WithValue(ctx, connectionKey{}, s.connections)
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := int64(maxRequest)
	if r.Header.Get("X-Amz-Target") == "" {
		limit = maxObject
	}
	body, err := readAll(http.MaxBytesReader(w, r.Body, limit), min(r.ContentLength, limit))
	if err != nil {
		// Without a record: such a request never got as far as a service.
		refuse(w, http.StatusRequestEntityTooLarge, "com.amazon.coral.service#RequestEntityTooLarge", "Request Too Large")
		return
	}
	form, refusal := readForm(r, body)
	if refusal != nil {
		refuseXML(w, r.Method, *refusal)
		return
	}
	sent := r
	if form != nil {
		r, body = form.put(r)
	}
	call, accessKey := newCall(r, body, form, s.unsigned(r))
	isOperator := accessKey == s.operator.AccessKeyID
	var wanted access.Access
	if !isOperator || call.Service == s3 { // who may do everything is recorded only in what becomes of objects
		wanted = call.read(r, form)
	}
	answer := newAnswer()
	forward := func(w http.ResponseWriter) {
		s.forward(w, r, call.Service, body)
		if w == answer { // else nobody learns of it
			s.notify(r, call, answer, body)
		}
	}
	refusal = s.verify(r, call, form, accessKey)
	if isOperator {
		if refusal == nil {
			forward(answer)
		} else {
			refuseXML(answer, r.Method, *refusal)
		}
		form.finish(answer)
		answer.copyTo(w, sent)
		return
	}
	call.Connection, _ = r.Context().Value(connectionKey{}).(int)
	recorded, role, fault := s.record(call, wanted, accessKey)
	denied, isDenied := recorded.Denied()
	switch {
	case refusal != nil:
		refuseXML(answer, r.Method, *refusal)
	case recorded.Function == "":
		refuseStranger(answer, recorded)
	case isDenied: // before any fault: what is not allowed gets no further on AWS either
		deny(answer, recorded, role, denied)
	case fault != nil:
		fault.Kind.serve(&exchange{call: recorded, role: role, server: s, w: answer, r: r, forward: forward})
	default:
		forward(answer)
	}
	hidden, answer := denyMissing(answer, recorded, role, wanted)
	s.complete(recorded, answer, hidden, r.Context().Err() != nil)
	if answer.written {
		form.finish(answer)
		answer.copyTo(w, sent)
	}
}

// readAll reads a body whose length is announced, or is not if that is negative.
func readAll(r io.Reader, length int64) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(int(max(length, 0)) + bytes.MinRead)
	_, err := body.ReadFrom(r)
	return body.Bytes(), err
}

// record notes a call before it is served, so that one that never ends is seen too.
func (s *Server) record(call Call, wanted access.Access, accessKey string) (*Call, Role, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var role Role
	if who, ours := s.callers[accessKey]; ours {
		call.Function, call.Environment = who.function, who.environment
		if call.TraceID == "" && !call.bySDK && !call.Presigned {
			call.TraceID = s.invoked[who.environment]
		}
		role = s.roles[who.function]
		call.Decisions = role.decide(wanted.Needs)
	}
	var fault *Fault
	for _, f := range s.faults {
		if (f.Operation == "" || f.Operation == call.Operation) && bytes.Contains(call.Request, []byte(f.Text)) {
			fault = f
		}
	}
	if _, denied := call.Denied(); fault != nil && !denied {
		call.Fault = fault.Kind.done
	}
	if s.keep > 0 && len(s.calls) >= s.keep {
		s.calls = append(s.calls[:0:0], s.calls[1:]...)
	}
	s.calls = append(s.calls, &call)
	return &call, role, fault
}

// complete notes what became of a call. Hidden is the decision of denyMissing, if there was one, and an abandoned call is one
// whose caller has not waited for the answer.
func (s *Server) complete(c *Call, answer *answer, hidden *iam.Decision, abandoned bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Duration = time.Since(c.Start)
	c.Abandoned = abandoned
	if hidden != nil {
		c.Decisions = append(slices.Clone(c.Decisions), *hidden)
	}
	if abandoned || !answer.written {
		return
	}
	c.Status = answer.status
	if answer.status >= 400 {
		c.ErrorCode, c.ErrorText = errorCode(answer.header, answer.body.Bytes()), errorText(answer.body.Bytes())
	} else {
		c.Effect = effect(c.Operation, answer.body.Bytes())
	}
}

// blame notes a fault that shows only while the call is served.
func (s *Server) blame(c *Call, fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Fault = fault
}

// perMegabyte is what a megabyte of an object may take the backend on a busy machine: that long says nothing about it.
const perMegabyte = 100 * time.Millisecond

// Slowest is the longest that the backend has taken for a call so far. What faults add to it, the caller's own
// network, and the size of an object do not count.
func (s *Server) Slowest() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slowest
}

func (s *Server) forward(w http.ResponseWriter, r *http.Request, service backend.Service, body []byte) {
	begin := time.Now()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		size := len(body)
		if a, ok := w.(*answer); ok {
			size += a.body.Len()
		}
		s.slowest = max(s.slowest, time.Since(begin)-time.Duration(size>>20)*perMegabyte)
	}()
	handler := s.backend.Handler(service)
	if handler == nil {
		refuse(w, http.StatusBadRequest, "com.amazon.coral.service#UnknownOperationException",
			fmt.Sprintf("The service %q is not supported by the %s backend.", service, s.backend.Name()))
		return
	}
	handler.ServeHTTP(w, withBody(r, body))
	w.WriteHeader(http.StatusOK) // of an answer without a body, as to PutObject; any other has its status already
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	refuseWith(w, status, map[string]any{"__type": errorType, "message": message})
}

// refuseWith is for errors that say more than their type and a message.
func refuseWith(w http.ResponseWriter, status int, document map[string]any) {
	body, _ := json.Marshal(document) // strings, and lists and structs of them, always marshal
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that is gone is seen by its context
}
