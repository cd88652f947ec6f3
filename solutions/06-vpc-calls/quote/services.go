package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// callLimit is how long the services are waited for. They answer within 300 ms on a usual day.
	callLimit = 2 * time.Second
	// maxAnswer is the longest answer that is read, in bytes.
	maxAnswer = 64 << 10
)

// service has one figure of each item.
type service struct {
	figure string
	url    string // what it is asked, less the item's id
}

// services are all that a quote is made of, beside the item.
type services struct {
	client *http.Client // one for all invocations: it keeps the connections
	all    []service
}

// ask asks all services at once, and returns what they answered in time, and why others did not. What it costs is the
// slowest answer, and callLimit at most.
func (s *services) ask(ctx context.Context, id string) (figures map[string]*float64, failures map[string]error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()

	figures, failures = map[string]*float64{}, map[string]error{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, each := range s.all {
		group.Go(func() {
			figure, err := s.get(ctx, each, id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures[each.figure] = err
				return
			}
			figures[each.figure] = figure
		})
	}
	group.Wait() // nothing is left running when the handler returns
	return figures, failures
}

// get asks one service.
func (s *services) get(ctx context.Context, from service, id string) (*float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from.url+url.PathEscape(id), nil)
	if err != nil {
		return nil, fmt.Errorf("asking for the %s: %w", from.figure, err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking for the %s: %w", from.figure, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // to its end: only then the connection is used again
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", from.figure, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking for the %s: status %d", from.figure, response.StatusCode)
	}
	var answer map[string]*float64
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("reading the %s: %w", from.figure, err)
	}
	if answer[from.figure] == nil {
		return nil, fmt.Errorf("reading the %s: it is not in the answer", from.figure)
	}
	return answer[from.figure], nil
}
