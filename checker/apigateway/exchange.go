package apigateway

import (
	"fmt"
	"strings"
	"time"
)

// maxExchanges is how many exchanges an API keeps, the latest.
const maxExchanges = 1000

// Field is a header field.
type Field struct{ Name, Value string }

// Header is the fields of a message, in order, with names as they were sent.
type Header []Field

// Values are the values of all fields of a name, whatever its case.
func (h Header) Values(name string) []string {
	var all []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// Get is the first value of a name, or "".
func (h Header) Get(name string) string {
	if all := h.Values(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (h *Header) add(name, value string) { *h = append(*h, Field{name, value}) }

// remove takes out all fields of a name.
func (h *Header) remove(name string) {
	kept := (*h)[:0:0]
	for _, f := range *h {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	*h = kept
}

// Exchange is a request and what became of it. Its slices are not to be changed.
type Exchange struct {
	Number    int    // counted from 1, in the order in which requests arrived
	RequestID string // API Gateway's, which the response has in a header
	API       string // logical id
	Start     time.Time
	Duration  time.Duration // until the response was sent

	Method, Target string // of the request line
	RequestHeader  Header
	RequestBody    []byte

	Route    string // "GET /items/{id}"; "" if there was none
	Function string // logical id; "" if none was invoked
	Event    []byte
	// Invocation is nil while the function runs, and when none was invoked. It is filled in also after the
	// response: an integration that is given up leaves its function running.
	Invocation *Invocation

	Status int // 0 if there was no response: the client went away, or the API was closed
	Header Header
	Body   []byte

	// Reason says in words why API Gateway refused the request, or did not pass on all of what the function
	// answered as it was; "" if it did.
	Reason string
	// Decided is set if the status is API Gateway's own for that reason, and not the function's.
	Decided bool
	// Log is what API Gateway writes to its log of the reason, as far as that is known.
	Log string
	// Fault is why this machine could not invoke the function.
	Fault error
}

// String is the exchange in a line: GET /items/a → 200 by GET /items/{id} (GetItemFunction).
func (x Exchange) String() string {
	var by strings.Builder
	if x.Route != "" {
		fmt.Fprintf(&by, " by %s", x.Route)
	}
	if x.Function != "" {
		fmt.Fprintf(&by, " (%s)", x.Function)
	}
	if x.Reason != "" {
		fmt.Fprintf(&by, ": %s", x.Reason)
	}
	status := "no response"
	if x.Status != 0 {
		status = fmt.Sprint(x.Status)
	}
	return fmt.Sprintf("%s %s → %s%s", x.Method, x.Target, status, by.String())
}

// Exchanges are the latest requests, in the order in which they arrived, those under way included.
func (a *API) Exchanges() []Exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]Exchange, len(a.exchanges))
	for n, x := range a.exchanges {
		all[n] = *x
	}
	return all
}

// Exchange is the one with a request id, which the response has as Apigw-Requestid or x-amzn-RequestId.
func (a *API) Exchange(requestID string) (Exchange, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n := len(a.exchanges) - 1; n >= 0; n-- {
		if a.exchanges[n].RequestID == requestID {
			return *a.exchanges[n], true
		}
	}
	return Exchange{}, false
}

func (a *API) record(x *Exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	x.Number, x.API = a.count, a.LogicalID
	if len(a.exchanges) == maxExchanges {
		a.exchanges = append(a.exchanges[:0:0], a.exchanges[1:]...)
	}
	a.exchanges = append(a.exchanges, x)
}

// note changes an exchange that others may be reading.
func (a *API) note(x *Exchange, change func(*Exchange)) Exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(x)
	return *x
}
