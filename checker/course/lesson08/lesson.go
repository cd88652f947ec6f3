// Package lesson08 checks lesson 8, memory.
//
// One function makes thumbnails of scans. What it makes of them, and of what is no scan, is looked at in answers.go.
// How much memory it needs is measured from outside, with the largest scan that is allowed (stream.go), and so is how
// much it computes, from which tuning.go models what other sizes cost. The yardstick, a function of the checker's own,
// tells how fast this machine is.
package lesson08

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	function   = "ThumbnailFunction"
	uploads    = "UploadsBucket"
	thumbnails = "ThumbnailsBucket"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 8.
var Lesson = check.Lesson{
	Number:  8,
	ID:      "08-memory",
	Title:   "Memory and CPU",
	Minutes: 40,
	Checks: []check.Check{
		thumbnail,
		badScan,
		failure,
		permissions,
		stream,
		memorySize,
	},
	Hints: hints,
}
