package apigateway

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// How long clients may take. API Gateway's own limits for slow clients are not documented.
const (
	headTimeout = 10 * time.Second
	bodyTimeout = 30 * time.Second
)

// Server serves an API on this machine.
type Server struct {
	api      *API
	listener net.Listener
	server   *http.Server
}

type recorderKey struct{}

// Listen serves an API on an address of this machine: 127.0.0.1:0 is a port that is free.
func Listen(api *API, address string) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot serve the API %s: %w", api.LogicalID, err)
	}
	s := &Server{api: api, listener: l, server: &http.Server{
		Handler:           api,
		ReadHeaderTimeout: headTimeout,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, recorderKey{}, c)
		},
		ErrorLog: log.New(io.Discard, "", 0), // clients may break connections
	}}
	go func() { _ = s.server.Serve(listener{l}) }() // ends in Close
	return s, nil
}

// URL is the API's address with the stage's path, without a slash at the end: http://127.0.0.1:4711/prod.
func (s *Server) URL() string { return "http://" + s.Address() + s.api.prefix() }

// Address is where the server listens: 127.0.0.1:4711.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Close ends the server with all requests and invocations under way, and waits for them. It may be called
// more than once.
func (s *Server) Close() {
	_ = s.server.Close()   // nothing is left to lose
	_ = s.listener.Close() // the server does not know it before it has begun
	s.api.Close()
}
