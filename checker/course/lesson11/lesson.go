// Package lesson11 checks lesson 11, recursive triggers.
//
// One function is told of photos in a bucket, and stores thumbnails. The checks store photos as somebody else would, have
// what S3 notifies delivered, and look for thumbnails in every bucket of the template (photo.go): where they are is the
// learner's choice, as long as nothing there starts the function again (loop.go). What events may tell, and how often, is in
// events.go, what goes wrong in failures.go.
package lesson11

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	photos   = "PhotosBucket"
	function = "ResizeFunction"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 11.
var Lesson = check.Lesson{
	Number:  11,
	ID:      "11-recursive-triggers",
	Title:   "Recursive triggers",
	Minutes: 45,
	Checks: []check.Check{
		oneHop,
		thumbnail,
		keys,
		records,
		again,
		gone,
		noImage,
		failure,
		testEvent,
		permissions,
	},
	Hints: hints,
}
