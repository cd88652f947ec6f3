// Package lesson06 checks lesson 6, synchronous calls in a VPC.
//
// QuoteFunction, behind an HTTP API, puts a quote together from an item of ItemsTable and from what three services
// know, which are the checker's own ([services]). Each file has the checks of one part, in the order of the lesson's
// README: quotes on a good day (quote.go), how the services are called (calls.go), days on which they fail (failure.go),
// and the VPC, as the template declares it (network.go).
package lesson06

import (
	"embed"

	"example.com/serverless-patterns/checker/check"
)

// The logical ids of the lesson's template.
const (
	function = "QuoteFunction"
	api      = "ServerlessHttpApi"
	table    = "ItemsTable"
)

// Files are the lesson's bank, its transcripts, and what its mistakes look like.
//
//go:embed starter.txtar mistakes right transcripts signs.txt
var Files embed.FS

// Lesson is lesson 6.
var Lesson = check.Lesson{
	Number:  6,
	ID:      "06-vpc-calls",
	Title:   "Calls in a VPC",
	Minutes: 60,
	Checks: []check.Check{
		answer,
		unknownID,
		atOnce,
		connections,
		initCalls,
		serviceFails,
		serviceHangs,
		inVPC,
		subnets,
		dynamoDBEndpoint,
		securityGroup,
		noNAT,
	},
	Hints: hints,
}
