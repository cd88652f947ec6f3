package queue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"example.com/serverless-patterns/checker/backend/embedded/queue"
)

// manual is a clock that stands still until it is moved.
type manual struct {
	mu     sync.Mutex
	now    time.Time
	timers map[chan time.Time]time.Time
}

func newClock() *manual {
	return &manual{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), timers: map[chan time.Time]time.Time{}}
}

var _ queue.Clock = (*manual)(nil)

func (c *manual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manual) Timer(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fire := make(chan time.Time, 1)
	c.timers[fire] = c.now.Add(d)
	return fire, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, fire)
	}
}

// advance moves the clock and fires the timers that are due.
func (c *manual) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for fire, at := range c.timers {
		if !at.After(c.now) {
			fire <- c.now
			delete(c.timers, fire)
		}
	}
}

// waiting is how many wait for the clock.
func (c *manual) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

type object = map[string]any

// direct makes calls without a network.
type direct struct{ http.Handler }

// reply is what the tests look at of all outputs.
type reply struct {
	Type       string `json:"__type"`
	Message    string `json:"message"`
	QueueUrl   string
	MessageId  string
	Attributes map[string]string
	Messages   []received
}

type received struct {
	MessageId, ReceiptHandle, Body string
	Attributes                     map[string]string
}

func (d direct) call(operation string, body object) reply {
	return d.callIn(context.Background(), operation, body)
}

func (d direct) callIn(ctx context.Context, operation string, body object) (out reply) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	w := d.raw(ctx, operation, raw)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		panic(err)
	}
	return out
}

func (d direct) raw(ctx context.Context, operation string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIATEST/20261124/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// queueOf makes a queue and returns its URL.
func (d direct) queueOf(name string, attributes map[string]string) string {
	out := d.call("CreateQueue", object{"QueueName": name, "Attributes": attributes})
	if out.QueueUrl == "" {
		panic(out.Message)
	}
	return out.QueueUrl
}

func redriveTo(name, receives string) map[string]string {
	return map[string]string{"RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:` + name + `","maxReceiveCount":` + receives + `}`}
}
