package lesson03

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/eventsource"
	"example.com/serverless-patterns/checker/wire"
)

var save = check.Check{
	ID:          "save",
	Requirement: "Every order is saved with all its values, in batches of 1, 3 and 10",
	Why: "A batch has as many messages as happen to be there, up to BatchSize. Code that was tried with one test event has seen " +
		"a batch of one, and code that was tried under load a full one.",
	Next: "Give ProcessorFunction an event of type SQS for ProcessingQueue, and save the order of each of event.Records.",
	Run: func(t *check.T) {
		t.Disorder(eventsource.Disorder{Sizes: []int{1, 3, 10}})
		messages := send(t, newOrders(t, 14)...)
		t.Drain()
		if len(t.Table(table).Items()) == 0 {
			m := messages[0]
			m.Fail(check.Finding{Got: m.Name() + " " + m.Happened() + "; the table is empty", Want: "the orders of all messages to be in the table"})
		}
		for _, m := range messages {
			m.isSaved()
			m.Processed()
		}
	},
}

var goodOnes = check.Check{
	ID:          "good-ones",
	Requirement: "A bad message does not stop the good ones from being saved",
	Why: "Messages of many customers share a batch. One that cannot be processed fails in each delivery: if it takes the others with it, " +
		"they end in the dead-letter queue with it.",
	Next: "Process each record on its own: note its failure, and go on with the next.",
	Run: func(t *check.T) {
		for _, bad := range noOrders(t)[:2] {
			// In front of the good ones, between them, and behind: so many that in hardly any order the good ones come first.
			a, b := newOrder(t), newOrder(t)
			messages := send(t, bad, bad, a, bad, bad, b, bad, bad)
			t.Drain()
			for _, m := range []sent{messages[2], messages[5]} {
				m.isNotCancelled()
				m.isSaved()
			}
		}
		refused, other := newOrder(t), newOrder(t)
		t.InjectFor(refused.id, wire.Deny())
		messages := send(t, refused, other)
		t.Drain()
		messages[1].isSaved()
	},
}

// isNotCancelled explains a record that failed because the context that all records share was ended when another failed.
func (s sent) isNotCancelled() {
	if s.found() != nil {
		return
	}
	for _, reply := range s.Replies() {
		for _, line := range reply.Log {
			if strings.Contains(line, s.ID) && strings.Contains(line, "context canceled") {
				s.Fail(check.Finding{
					Got:  s.Name() + " " + s.Happened() + "; its error was \"context canceled\", and its order is not in the table",
					Want: s.Name() + " to be in the table",
					Why: "The failure of one record has ended the context that the others work with. They come back with it, fail with it again, " +
						"and end in the dead-letter queue with it.",
					Next: "Let nothing end the context of all records but time: errgroup.WithContext does with the first error, a plain errgroup.Group does not.",
				})
			}
		}
	}
}

var failedAlone = check.Check{
	ID:          "failed-alone",
	Requirement: "Only the record that failed comes back",
	Why: "Lambda takes a response for what it is only if each itemIdentifier in batchItemFailures is the messageId of a record of the batch. " +
		"Otherwise, and after an error, the whole batch comes back: work is done again, and good messages end in the dead-letter queue.",
	Next: "Return an events.SQSEventResponse with an events.SQSBatchItemFailure for each record that failed, whose ItemIdentifier is record.MessageId, and a nil error.",
	Run: func(t *check.T) {
		messages := send(t, newOrder(t), noOrders(t)[0], newOrder(t), newOrder(t))
		t.Drain()
		for n, m := range messages {
			if n != 1 {
				m.Delivered(1)
				m.Processed()
			}
		}

		refused := newOrder(t)
		heal := t.InjectFor(refused.id, wire.Deny())
		messages = send(t, newOrder(t), newOrder(t), refused)
		t.Deliver()
		messages[2].NotDeleted()
		heal()
		t.Drain()
		messages[0].Delivered(1)
		messages[1].Delivered(1)
		messages[2].isSaved()
		messages[2].Processed()
	},
}

var nothingLost = check.Check{
	ID:          "nothing-lost",
	Requirement: "No message is deleted unless its order is saved",
	Why: "What a function does not report, Lambda deletes, and nobody can bring it back. A failure that is only logged is " +
		"an order that was paid and never sent.",
	Next: "Look for each way out of the work on a record: only one that has saved the order may leave the record unreported.",
	Run: func(t *check.T) {
		t.Disorder(eventsource.Disorder{Duplicates: 0.5, Reorder: true, ShortBatches: true})
		good, refused := newOrders(t, 8), newOrders(t, 2)
		for _, o := range refused {
			t.InjectFor(o.id, wire.Deny())
		}
		messages := send(t, slices.Concat(good, noOrders(t)[:3], refused)...)
		t.Drain()
		for n, m := range messages {
			m.Arrived()
			if n >= len(good) || m.found() == nil {
				m.NotDeleted()
			}
		}
	},
}
