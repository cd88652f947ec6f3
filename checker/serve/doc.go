// Package serve keeps a stack running on this machine, for as long as somebody works with it: its APIs for curl and a
// browser, its tables, buckets, queues and functions for AWS's own clients, and a line for everything that happens.
//
// [Run] builds a [Project], deploys it as checks do, and looks at its files twice a second. Saved code is built and
// takes over from the next invocation on; addresses, tables and data stay. A template that changed is deployed anew, at
// the same addresses, and its data is gone. What does not build changes nothing.
//
// A project is a lesson, which has to be supported as a whole, or any other SAM template with functions in Go. Of the
// latter what is not emulated here is left out, and named: [adapt] decides what that is.
//
// How a template is deployed is package stack's business, and how events look on a terminal package report's. Nothing
// here knows what is right or wrong.
package serve
