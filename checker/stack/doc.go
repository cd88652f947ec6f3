// Package stack deploys a SAM template on this machine, and is what checks talk to.
//
// [Deploy] makes the tables of a template on the backend and its functions in the sandbox, under
// physical names that differ each time, as CloudFormation's do: code that does not take its names from
// the environment fails here too. A [Stack] is one deployment. Checks run side by side, each on a
// stack of its own; they share the backend, and nothing else.
//
// How a function runs is package sandbox's business, what its AWS calls meet is package wire's, and
// what is right or wrong is not known here at all.
//
// Not deployed yet, and refused by name: queues, buckets and nested applications. APIs have an id that
// can be referred to, and no routes. Policies are not looked at yet: every call is allowed.
package stack
