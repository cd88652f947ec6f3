// Package downstream is services that functions call over HTTP, and that are not AWS: another team's, or a partner's.
//
// A [Service] answers by a handler of the lesson's, on 127.0.0.1, and records what reaches it: each [Request] with
// what became of it, and how many connections were made. It knows no invocations, since nothing in a request of plain
// HTTP names one: checks tell them apart by the ids that they made up, which are in the path or the body. A [Fault]
// makes requests go wrong: not answered, answered late, answered with an error before or after the effect, cut off, or
// held until requests to other services are there, too ([Meeting]).
//
// What is right is package check's business, and how a function learns the address package stack's.
package downstream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 1 << 20

// Service is an HTTP service. Its methods may be called from several goroutines at once.
type Service struct {
	Name string // how findings call it

	answer   http.Handler
	listener net.Listener
	server   *http.Server
	closed   chan struct{}

	mu          sync.Mutex
	connections int
	open        int
	requests    []*Request
	faults      []*injected
}

// Listen starts a service on 127.0.0.1, with a port that is free. The handler may be called from several goroutines at
// once.
func Listen(name string, answer http.Handler) (*Service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot serve %s: %w", name, err)
	}
	s := &Service{Name: name, answer: answer, listener: listener, closed: make(chan struct{})}
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ConnContext:       s.accept,
		ConnState:         s.count,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a killed process breaks connections
	}
	go func() { _ = s.server.Serve(listener) }() // ends in Close
	return s, nil
}

// URL is the service's address, without a slash at the end.
func (s *Service) URL() string { return "http://" + s.listener.Addr().String() }

// Close ends the service and every request under way.
func (s *Service) Close() {
	close(s.closed)
	_ = s.server.Close() // the listener's error says nothing that matters now
}

// Connections is how many connections were made so far, whether a request came over them or not.
func (s *Service) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Open is how many of them are open now.
func (s *Service) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Requests are copies of those that arrived so far, in this order.
func (s *Service) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for n, r := range s.requests {
		all[n] = *r
	}
	return all
}

// About are the requests with a text in their path or body, such as the id of what they are about.
func (s *Service) About(text string) []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return !r.has(text) })
}

type connection struct{}

// accept numbers a connection, from 1.
func (s *Service) accept(ctx context.Context, _ net.Conn) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	return context.WithValue(ctx, connection{}, s.connections)
}

// count counts the connections that are open.
func (s *Service) count(_ net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.open++
	case http.StateClosed, http.StateHijacked:
		s.open--
	case http.StateActive, http.StateIdle:
	}
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return // the caller is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	number, _ := r.Context().Value(connection{}).(int)
	request := &Request{
		Service: s.Name, Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body),
		Connection: number, At: time.Now(),
	}
	// An answer is recorded before its caller can have it: whoever is told of it by the caller finds it.
	ended := func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !request.Ended {
			request.Took, request.Status, request.Ended = time.Since(request.At), status, true
		}
	}
	x := &exchange{service: s, w: &statusWriter{ResponseWriter: w, answers: ended}, r: r}
	defer ended(0) // also when the handler is aborted
	if fault := s.take(request); fault != nil {
		fault.Kind.serve(x)
		return
	}
	x.forward()
}

// take records a request, and finds the fault that it meets, if any: the one that was injected last.
func (s *Service) take(r *Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	for _, f := range slices.Backward(s.faults) {
		if f.met < f.fault.times() && r.has(f.fault.About) {
			f.met++
			r.Fault = f.fault.Kind.Done
			return &f.fault
		}
	}
	return nil
}

// statusWriter tells of the status before it is sent.
type statusWriter struct {
	http.ResponseWriter
	answers func(status int)
}

func (w *statusWriter) WriteHeader(status int) {
	w.answers(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.answers(http.StatusOK) // if there was no other status before
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
