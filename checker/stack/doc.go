// Package stack deploys a SAM template on this machine, and is what checks talk to.
//
// [Deploy] makes the tables and queues of a template on the backend, its buckets in an S3 of the stack's own,
// its functions in the sandbox with their event source mappings, notifications and schedules, and its APIs on
// 127.0.0.1. Physical names differ each time, as CloudFormation's do: code that does not take its names from the
// environment fails here too. A [Stack] is one deployment. Checks that run side by side have a stack each; they share the
// backend, and nothing else.
//
// How a function runs is package sandbox's business, how a request becomes an event package apigateway's, how
// messages do package eventsource's, what AWS calls meet is package wire's, and what is right or wrong is not known
// here at all. Messages are delivered by [Stack.Drain], and what buckets notify by [Stack.DrainNotifications], in logical
// time, unless [Options.Poll] is set; schedules come round when [Stack.Fire] says so.
//
// Not deployed yet, and refused by name: nested applications, of APIs what [apigateway.Unsupported]
// names, and of queues, buckets and their events what [eventsource.Unsupported] names.
//
// Policies are enforced: each function has a role that allows what SAM makes of its Policies, and of what it
// adds for events, and nothing else. [Function.Permissions] compares that with what the function did. What
// could allow or deny a call and is not evaluated here is refused by name: conditions, roles of the template,
// permissions boundaries, connectors, IAM policies as resources, and managed policies that are not known. Policies
// of queues, buckets and tables are not looked at, nor what SAM adds for the destinations of an EventInvokeConfig.
package stack
