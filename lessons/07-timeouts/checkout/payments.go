package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// tries is how often the payment service is called for one order, at most.
	tries = 5
	// pause is the time between the first and the second try; it doubles with each.
	pause = time.Second
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

// pay charges for an order, and returns the charge. It tries again what may succeed then.
func (p *payments) pay(_ context.Context, o order) (charge string, err error) {
	for try := range tries {
		if try > 0 {
			time.Sleep(pause << (try - 1))
		}
		charge, err = p.charge(o)
		if err == nil || errors.Is(err, errDeclined) || errors.Is(err, errRefused) {
			return charge, err
		}
	}
	return "", fmt.Errorf("after %d tries: %w", tries, err)
}

// charge calls the payment service.
func (p *payments) charge(o order) (string, error) {
	body, err := json.Marshal(map[string]any{"order": o.ID, "amount": o.Amount})
	if err != nil {
		return "", fmt.Errorf("encoding a charge: %w", err)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.url+"/charges", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("charging: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", rand.Text())
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
