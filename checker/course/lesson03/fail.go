package lesson03

import (
	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var noOrder = check.Check{
	ID:          "no-order",
	Requirement: "A body that is no order ends in the dead-letter queue after exactly three deliveries",
	Why: "It will not get better, however often it comes. In the dead-letter queue somebody can look at it, correct what sent it, and have it " +
		"sent again. Without one it comes back for days, and takes its place in every batch.",
	Next: "Report what is no order, in each delivery, and give ProcessingQueue a RedrivePolicy with maxReceiveCount 3. What may be read by " +
		"json.Unmarshal may still lack an id, an item or a quantity.",
	Run: func(t *check.T) {
		messages := send(t, noOrders(t)...)
		t.Drain()
		noneIsSaved(t)
		for _, m := range messages {
			m.DeadLettered()
			m.Delivered(deliveries)
		}
	},
}

// noneIsSaved requires that the table has nothing that looks like an order.
func noneIsSaved(t *check.T) {
	for _, item := range t.Table(table).Items() {
		for _, name := range []string{"customer", "item", "quantity"} {
			if _, has := item[name]; has {
				f := check.Finding{
					Got:  "in the table " + text(item),
					Want: "no order in the table: none of these bodies is one",
					Why:  "Whoever works with the table takes this for an order, and cannot send it.",
					Next: "Look at the fields after the body was read, and return an error if one is missing or empty, or the quantity below 1.",
				}
				if isWhole(item) {
					f.Why = "Nobody sees again what stands behind the first value: a remark, or another order."
					f.Next = "Read the whole body: json.Unmarshal refuses what is behind the first value, Decode of a json.Decoder leaves it unread."
				}
				t.Fail(f)
			}
		}
	}
}

// isWhole tells whether nothing is missing in what was saved.
func isWhole(item stack.Item) bool {
	quantity, _ := item["quantity"].(float64)
	return item["item"] != nil && item["item"] != "" && quantity >= 1
}

var tableFailure = check.Check{
	ID:          "table-failure",
	Requirement: "When the table fails, the messages come back until they are saved",
	Why: "A table that is throttled or a role that lost a permission fails for minutes. The queue is there to keep the orders meanwhile: " +
		"but only those that the function does not call done.",
	Next: "Return the error of PutItem from the function that saves, and report the record.",
	Run: func(t *check.T) {
		heal := t.Inject("", wire.Deny())
		messages := send(t, newOrders(t, 3)...)
		t.Deliver()
		for _, m := range messages {
			m.NotDeleted()
		}
		heal()
		t.Drain()
		for _, m := range messages {
			m.isSaved()
			m.Processed()
		}
		if writesTransactions(messages) {
			conflict(t)
		}
	},
}

func writesTransactions(messages []sent) bool {
	for _, m := range messages {
		for _, reply := range m.Replies() {
			for _, call := range reply.Calls() {
				if call.Operation == transaction {
					return true
				}
			}
		}
	}
	return false
}

const transaction = "TransactWriteItems"

// conflict cancels transactions, and not because an order is there already: that is one reason of several.
func conflict(t *check.T) {
	heal := t.Inject(transaction, wire.Conflict())
	messages := send(t, newOrders(t, 3)...)
	t.Deliver()
	for _, m := range messages {
		if last := m.Story().Last(); last.Then == eventsource.Deleted && m.found() == nil {
			m.Fail(check.Finding{
				Got:  m.Name() + " " + m.Happened() + "; its order is not in the table",
				Want: m.Name() + " to stay in the queue, because it was not processed",
				Why: "TransactionCanceledException has many reasons: another transaction at work on the same item, a throttled table, an item that is too large. " +
					"Only ConditionalCheckFailed says that the order was there.",
				Next: "Look at CancellationReasons: take the record for saved if one of them has the Code ConditionalCheckFailed, and report it otherwise.",
			})
		}
		m.NotDeleted()
	}
	heal()
	t.Drain()
	for _, m := range messages {
		m.isSaved()
		m.Processed()
	}
}
