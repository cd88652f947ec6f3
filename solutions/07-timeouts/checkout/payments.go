package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// callLimit is more than the payment service promises, which is an answer within 4 s: what takes longer does not come.
	callLimit = 5 * time.Second
	// tries is how often it is called for one order, at most.
	tries = 3
	// pause is the longest between the first and the second try; it doubles with each.
	pause = 200 * time.Millisecond
	// maxAnswer is the longest answer that is read, in bytes.
	maxAnswer = 64 << 10
)

// To try again would not change these: the customer's bank refuses, or the service does not understand.
var (
	errDeclined = errors.New("the payment was declined")
	errRefused  = errors.New("the payment service refuses the request")
)

// payments is the payment service.
type payments struct {
	client *http.Client
	url    string
}

// pay charges for an order, once, and returns the charge. It tries again what may succeed then, and ends with ctx.
func (p *payments) pay(ctx context.Context, o order) (charge string, err error) {
	for try := range tries {
		if try > 0 && !wait(ctx, rand.N(pause<<(try-1))) {
			return "", fmt.Errorf("no time is left for another try: %w", err)
		}
		charge, err = p.charge(ctx, o)
		if err == nil || errors.Is(err, errDeclined) || errors.Is(err, errRefused) || ctx.Err() != nil {
			return charge, err
		}
	}
	return "", fmt.Errorf("after %d tries: %w", tries, err)
}

// wait returns false if ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// charge calls the payment service. The order's id is the idempotency key: however often an order comes here, by tries, by
// messages that are delivered again, by a customer who clicks twice, it is charged for once.
func (p *payments) charge(ctx context.Context, o order) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit) // or what is left of ctx, if that is less
	defer cancel()

	body, err := json.Marshal(map[string]any{"order": o.ID, "amount": o.Amount})
	if err != nil {
		return "", fmt.Errorf("encoding a charge: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/charges", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("charging: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", o.ID)
	response, err := p.client.Do(request)
	if err != nil {
		return "", fmt.Errorf("charging: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case err != nil:
		return "", fmt.Errorf("charging: %w", err)
	case response.StatusCode == http.StatusPaymentRequired:
		return "", errDeclined
	case response.StatusCode < 500 && response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusTooManyRequests:
		return "", fmt.Errorf("%w: status %d", errRefused, response.StatusCode)
	case response.StatusCode != http.StatusCreated:
		return "", fmt.Errorf("charging: status %d", response.StatusCode)
	}
	var made struct {
		Charge string `json:"charge"`
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		return "", fmt.Errorf("reading a charge: %w", err)
	}
	return made.Charge, nil
}
