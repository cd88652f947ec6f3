// Package lesson01 checks lesson 1, the Lambda handler pattern.
//
// The function under check is GetItemFunction, which looks up an item of ItemsTable by the id in its
// event. Each file has the checks of one part of the pattern, in the order of the lesson's README:
// what is made once (init.go), the event (input.go), the answer (answer.go), errors (errors.go), and
// the execution environment between and at the end of invocations (environment.go).
package lesson01

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/stack"
)

// The logical ids of the lesson's template.
const (
	function = "GetItemFunction"
	table    = "ItemsTable"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 1.
var Lesson = check.Lesson{
	Number:  1,
	ID:      "01-handler",
	Title:   "The Lambda handler pattern",
	Minutes: 45,
	Checks: []check.Check{
		tableName,
		missingTableName,
		clientOnce,
		answer,
		headers,
		apiEvent,
		base64Body,
		directInvocation,
		unknownEvent,
		scheduledEvent,
		badID,
		unknownID,
		tableFailure,
		failureLog,
		deadline,
		nothingCarriedOver,
		noSecrets,
	},
	Hints: hints,
}

// stocked puts an item into the table, with an id that nobody can have known.
func stocked(t *check.T) stack.Item {
	return t.Table(table).Put(stack.Item{"id": t.ID("kettle"), "name": "Blue kettle", "stock": 7})
}
