package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// service has one figure of each item.
type service struct {
	figure string
	url    string // what it is asked, less the item's id
}

// services are all that a quote is made of, beside the item.
type services struct {
	all []service
}

// ask asks the services, one after the other.
func (s *services) ask(ctx context.Context, id string) (map[string]*float64, error) {
	figures := map[string]*float64{}
	for _, each := range s.all {
		figure, err := s.get(ctx, each, id)
		if err != nil {
			return nil, err
		}
		figures[each.figure] = figure
	}
	return figures, nil
}

// get asks one service.
func (s *services) get(ctx context.Context, from service, id string) (*float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from.url+url.PathEscape(id), nil)
	if err != nil {
		return nil, fmt.Errorf("asking for the %s: %w", from.figure, err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking for the %s: %w", from.figure, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
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
