// Package check is the vocabulary in which lessons are checked, and the runner.
//
// A [Lesson] has [Check]s. Each is one requirement, and a function that shows whether the learner's
// functions meet it, in the learner's words:
//
//	func findsNothing(t *check.T) {
//		reply := t.Function("GetItemFunction").Invoke(event.Bare(`{"id":"nobody"}`))
//		reply.Status(404)
//	}
//
// or, over HTTP and with API Gateway in between:
//
//	reply := t.API("ItemsApi").Send(check.Request{Method: "POST", Path: "/items", Body: `{"name":"Kettle"}`})
//	reply.Status(201)
//
// What a [T] gives out, [Function], [API], [Table], [Reply], has no errors to handle. The first thing that is
// not as required ends the check with a [Finding]: what was sent, what came back, what was wanted, why
// it matters, what to do next, and the evidence. A fault of this machine or of the checker ends it with
// the verdict "error" and is never shown as the learner's.
//
// [Run] builds a lesson's functions, deploys its template for every check, and runs the checks side by side. Some checks go on
// where another has passed ([Check.After]): most of what a lesson costs are starts of functions, and those are warm there. No check
// fails of what another has left. How results are shown is package report's business.
package check
