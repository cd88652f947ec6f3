// Package lesson07 checks lesson 7, timeouts that fit each other.
//
// CheckoutFunction pays for orders that come over an HTTP API or from OrdersQueue, by a service that is the checker's own
// ([payments]). Each file has the checks of one part, in the order of the lesson's README: orders on a good day
// (order.go), tries (retry.go), a service that hangs or fails slowly (deadline.go), batches (batch.go), and the timeouts
// that the template declares (template.go).
package lesson07

import (
	"embed"
	"fmt"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	function = "CheckoutFunction"
	api      = "ServerlessHttpApi"
	queue    = "OrdersQueue"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 7.
var Lesson = check.Lesson{
	Number:  7,
	ID:      "07-timeouts",
	Title:   "Timeouts that fit each other",
	Minutes: 60,
	Checks: []check.Check{
		paid,
		badOrder,
		declined,
		triesAgain,
		oneCharge,
		slowAnswer,
		hangsOnce,
		hangs,
		tries,
		batch,
		functionTimeout,
		queueTimeout,
	},
	Hints: hints,
}

// order is an order that somebody wants to pay for.
type order struct {
	id     string
	amount int // cents
}

// newOrder makes an order with an id that nobody can have known.
func newOrder(t *check.T) order { return order{t.ID("order"), 1999} }

func (o order) String() string { return fmt.Sprintf(`{"id":%q,"amount":%d}`, o.id, o.amount) }

// checkout is a request to pay for an order.
func (o order) checkout() check.Request { return post(o.String()) }

// post is a request with a body of JSON.
func post(body string) check.Request {
	return check.Request{Method: "POST", Path: "/checkouts", Headers: map[string]string{"Content-Type": "application/json"}, Body: body}
}
