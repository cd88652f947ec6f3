package lesson03

import (
	"example.com/serverless-patterns/checker/check"
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
				t.Fail(check.Finding{
					Got:  "in the table " + text(item),
					Want: "no order in the table: none of these bodies is one",
					Why:  "Whoever works with the table takes this for an order, and cannot send it.",
					Next: "Look at the fields after the body was read, and return an error if one is missing or empty.",
				})
			}
		}
	}
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
	},
}
