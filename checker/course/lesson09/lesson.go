// Package lesson09 checks lesson 9, work that goes on when the handler has returned.
//
// One function takes orders over HTTP. Each has three AWS calls, one after the other: PutItem, UpdateItem and
// SendMessage. What is checked is that they are done when the answer is there (work.go), and that those that fail or
// hang are not forgotten (failures.go). Whether the function waits for them, or hands them over to a queue, is its own
// business.
package lesson09

import (
	"embed"
	"encoding/json"
	"fmt"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
)

// The logical ids of the lesson's template.
const (
	api           = "OrdersApi"
	function      = "OrderFunction"
	orders        = "OrdersTable"
	stock         = "StockTable"
	confirmations = "ConfirmationsQueue"
)

// The AWS calls that make up the work behind an order, in their order. A transaction may save the order, too.
var (
	reserving  = check.Step{"UpdateItem", "TransactWriteItems"}
	confirming = check.Step{"SendMessage", "SendMessageBatch"}
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 9.
var Lesson = check.Lesson{
	Number:  9,
	ID:      "09-background-work",
	Title:   "Background work",
	Minutes: 30,
	Checks: []check.Check{
		taken,
		badOrder,
		finished,
		stockFailure,
		confirmationFailure,
		hungQueue,
	},
	Hints: hints,
}

// order is what a client sends.
type order struct {
	ID       string `json:"id"`
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
}

// kettles is an order that nobody can have known.
func kettles(t *check.T) order { return order{t.ID("order"), t.ID("kettle"), 2} }

func post(o order) check.Request {
	body, _ := json.Marshal(o) // texts and a number always encode
	return check.Request{Method: "POST", Path: "/orders", Headers: map[string]string{"Content-Type": "application/json"}, Body: string(body)}
}

// reserved is how much of an item the stock table has as reserved.
func reserved(t *check.T, item string) float64 {
	n, _ := t.Table(stock).Find("id", item)["reserved"].(float64)
	return n
}

// confirmed is how many confirmations of an order are in the queue.
func confirmed(t *check.T, id string) int {
	n := 0
	for _, body := range t.Queue(confirmations).Bodies() {
		var o order
		if json.Unmarshal([]byte(body), &o) == nil && o.ID == id {
			n++
		}
	}
	return n
}

// accepted requires an answer that takes the order.
func accepted(reply *check.Reply) {
	reply.PassedOn()
	if a := reply.Answer(); a.Status != 201 && a.Status != 202 {
		const want = "status 201, or 202 if a queue has the work now"
		reply.Explain(want)
		reply.Fail(check.Finding{Got: a.String(), Want: want})
	}
}

// refusal requires that an order which could not be fulfilled is not taken for one that was: the answer says so, or the
// work is kept in a queue. That is asked for after everything in queues was delivered.
func refusal(t *check.T, reply *check.Reply, id, missing string) {
	status := reply.Answer().Status
	if status >= 500 {
		reply.ErrorBody(status)
		return
	}
	t.Drain()
	given := len(t.Picture()) > 0 // to a function that takes the work, and may have put aside what it could not do
	if t.Kept() > 0 || given && waitingIn(t, id) != "" {
		return
	}
	f := check.Finding{
		Got:  fmt.Sprintf("%s, and nothing is left that could %s", reply.Answer(), missing),
		Want: "status 500, so that the customer tries again, or a message in a queue that is tried again",
	}
	for _, declared := range t.Template().Queues {
		for _, m := range t.Queue(declared.LogicalID).Messages() {
			if m.Story().Last().Outcome == eventsource.Reported {
				m.NotDeleted() // it says what the template lacks
			}
			f.Next = fmt.Sprintf("Return the error from the function that takes the work from %s: what it does not fail for, Lambda deletes from the queue.", declared.LogicalID)
		}
	}
	reply.Fail(f)
}
