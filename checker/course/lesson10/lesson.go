// Package lesson10 checks lesson 10, large uploads.
//
// One function signs what a client then does without it. The checks ask for an upload over HTTP, as a browser would
// (client.go), and store files in S3 with what they were given: as agreed (arrive.go), and in any other way (signed.go).
// S3 is there as far as this goes: the signature is made anew from what comes, and compared. Presigned URLs and forms with a
// POST policy are both right. What the request says of the file is looked at in request.go, and what the function may do, and
// says, in guard.go.
package lesson10

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	api      = "UploadsApi"
	bucket   = "UploadsBucket"
	function = "CreateUploadFunction"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 10.
var Lesson = check.Lesson{
	Number:  10,
	ID:      "10-large-uploads",
	Title:   "Large uploads",
	Minutes: 45,
	Checks: []check.Check{
		largeFile,
		pastFunction,
		ownKey,
		typeSigned,
		lengthSigned,
		nothingElse,
		expiry,
		badRequest,
		permissions,
		secrets,
	},
	Hints: hints,
}
