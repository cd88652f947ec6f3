package downstream

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Request is a request that reached a service.
type Request struct {
	Service    string
	Method     string
	Path       string // with the query, as it was sent
	Header     http.Header
	Body       string
	Connection int // counted from 1
	At         time.Time

	Ended  bool          // the caller has an answer, or is gone
	Took   time.Duration // until then
	Status int           // of the answer; 0 if there is none
	Fault  string        // what was done to it, in a few words; "" is nothing
}

// has tells whether the request is about something; "" is about anything.
func (r Request) has(text string) bool {
	return strings.Contains(r.Path, text) || strings.Contains(r.Body, text)
}

// String is the request on one line of a finding's evidence. Whether a caller that has no answer still waits, or has closed the
// connection by now, differs from run to run, and makes no difference.
func (r Request) String() string {
	text := fmt.Sprintf("%s: %s %s", r.Service, r.Method, r.Path)
	answer := fmt.Sprint(r.Status)
	if r.Status == 0 {
		answer = "no answer"
	}
	if r.Fault != "" {
		answer += " (" + r.Fault + " by the checker)"
	}
	return text + ": " + answer
}
