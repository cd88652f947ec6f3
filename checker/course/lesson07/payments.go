package lesson07

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"example.com/serverless-patterns/checker/check"
)

// payments is the payment service. It answers POST /charges, and charges once for each Idempotency-Key, as services of this
// kind do; a request without one is charged for each time.
type payments struct {
	*check.Downstream
	t *check.T

	mu      sync.Mutex
	byKey   map[string]string   // charges by key
	charges map[string][]string // by order
}

// newPayments starts the service, and gives its address to the template.
func newPayments(t *check.T) *payments {
	p := &payments{t: t, byKey: map[string]string{}, charges: map[string][]string{}}
	p.Downstream = t.Downstream("payments", "PaymentsUrl", p)
	return p
}

// ServeHTTP implements http.Handler.
func (p *payments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Order  string `json:"order"`
		Amount int    `json:"amount"`
	}
	if r.Method != http.MethodPost || r.URL.Path != "/charges" {
		http.NotFound(w, r)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil || wanted.Order == "" || wanted.Amount <= 0 {
		http.Error(w, "a charge has an order and an amount of cents", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"charge": p.charge(wanted.Order, r.Header.Get("Idempotency-Key"))}) // the caller may be gone
}

func (p *payments) charge(order, key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if made, known := p.byKey[key]; known && key != "" {
		return made
	}
	charge := fmt.Sprintf("charge-of-%s-%d", order, len(p.charges[order])+1)
	p.byKey[key] = charge
	p.charges[order] = append(p.charges[order], charge)
	return charge
}

// of are the charges for an order, in the order in which they were made.
func (p *payments) of(o order) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.charges[o.id]...)
}

// keys are the different idempotency keys of the requests about an order; "" for one without.
func (p *payments) keys(o order) (keys []string) {
	seen := map[string]bool{}
	for _, r := range p.About(o.id) {
		if key := r.Header.Get("Idempotency-Key"); !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// requirePaid requires the answer to an order that is paid for.
func (p *payments) requirePaid(reply *check.Reply, o order) {
	got := reply.Object(http.StatusCreated, map[string]string{"id": o.id, "charge": "charge-of-" + o.id + "-1"})
	charges := p.of(o)
	if len(charges) == 0 {
		reply.Fail(check.Finding{Got: reply.Answer().String() + ", and no charge", Want: "a charge for " + o.id})
	}
	if got["id"] != o.id || got["charge"] != charges[len(charges)-1] {
		reply.Fail(check.Finding{Got: "the body " + reply.Answer().Body, Want: fmt.Sprintf("the id %s, and the charge %s", o.id, charges[len(charges)-1])})
	}
}
