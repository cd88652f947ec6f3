// Package queue is SQS in memory, for clients that speak AWS JSON 1.0, as all SDKs of today do.
//
// It has standard queues: what a function sends, receives, deletes and hides, dead-letter queues, delays,
// retention and long polls. FIFO queues and the operations that no lesson uses are answered "not supported
// here" and not guessed (request.go). What AWS refuses is refused, with the code of AWS and its words as far
// as they are known; the conformance suite of package backend says how surely, and docs/fidelity.md what
// differs.
//
// Messages come in the order in which they were sent, each once. A standard queue promises neither: whoever
// tests consumers has to mix and double them. Access control is package wire's.
package queue

import (
	"net/http"
	"sync"
	"time"
)

// AccountID owns all queues: it is in their URLs and ARNs.
const AccountID = "123456789012"

// Clock is the time that queues live by.
type Clock interface {
	Now() time.Time
	// Timer returns a channel that receives once when d has passed, and what releases it.
	Timer(d time.Duration) (<-chan time.Time, func())
}

// SystemClock is the time of this machine.
var SystemClock Clock = systemClock{}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// Service answers the requests of SQS. It is an http.Handler whose requests may come from several goroutines
// at once, and starts none of its own.
type Service struct {
	clock       Clock
	maxInFlight int // messages of a queue

	mu      sync.Mutex
	queues  map[string]*queue
	created int           // queues so far, which makes each one's number
	closed  chan struct{} // ends long polls
}

var _ http.Handler = (*Service)(nil)

// New returns a service without queues.
func New(clock Clock) *Service {
	return &Service{clock: clock, maxInFlight: maxInFlight, queues: map[string]*queue{}, closed: make(chan struct{})}
}

// Close drops all queues and ends the long polls under way. It may be called again.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.queues)
	close(s.closed)
	s.closed = make(chan struct{}) // for requests that come later all the same
}

// queue is a queue with its messages. Service.mu guards it.
type queue struct {
	name    string
	region  string // of the request that created it
	number  int    // no other queue has had it, the name notwithstanding
	created time.Time
	changed time.Time
	purged  time.Time // zero if it never was
	tags    map[string]string
	settings

	messages map[string]*message // by id: all that are not deleted
	ready    line                // to be received now, in the order in which they were sent
	hidden   line                // delayed or in flight, by the time when that ends
	sent     int                 // messages so far
	news     chan struct{}       // closed when there is something new for those who wait; nil if nobody does
}

func (q *queue) arn() string { return "arn:aws:sqs:" + q.region + ":" + AccountID + ":" + q.name }

// wait returns a channel that is closed at the next tell.
func (q *queue) wait() <-chan struct{} {
	if q.news == nil {
		q.news = make(chan struct{})
	}
	return q.news
}

func (q *queue) tell() {
	if q.news != nil {
		close(q.news)
		q.news = nil
	}
}
