// Package lesson03 checks lesson 3, SQS with partial failures.
//
// One function gets the messages of a queue in batches. Each file has the checks of one part, in the order of the
// lesson's README: what is saved (save.go), what fails (fail.go), what comes twice, late, or in a crash (again.go,
// time.go), what is logged (log.go), and what the template alone decides (template.go).
//
// Every check sends messages, has them delivered as Lambda and SQS would, and looks at what became of each of them
// and at what is in the table then.
package lesson03

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	function        = "ProcessorFunction"
	queue           = "ProcessingQueue"
	deadLetterQueue = "DeadLetterQueue"
	table           = "OrdersTable"
)

// deliveries are how often a message is delivered that fails each time.
const deliveries = 3

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 3.
var Lesson = check.Lesson{
	Number:  3,
	ID:      "03-sqs-partial-failures",
	Title:   "SQS partial failures",
	Minutes: 60,
	Checks: []check.Check{
		save,
		goodOnes,
		failedAlone,
		noOrder,
		tableFailure,
		nothingLost,
		duplicates,
		crash,
		slowRecord,
		deadline,
		failureLog,
		mapping,
		visibility,
		giveUp,
	},
	Hints: hints,
}
