// Package sandbox is AWS Lambda on this machine: it builds a function's bootstrap and runs it in
// execution environments.
//
// A [Builder] compiles functions with the flags they are deployed with. A [Function] is one
// deployed function; [Function.Invoke] sends it an event. Each execution environment is a real
// process that talks to a Runtime API of its own over HTTP, as on AWS:
//
//   - INIT runs until the process first asks for /runtime/invocation/next, and may take 10 s. An INIT
//     that fails or takes longer is run again inside the first invocation, under the function's
//     timeout.
//   - A process that crashed or ran out of time is replaced in the next invocation, and its INIT is then part
//     of that, under the same timeout: AWS calls it a suppressed init.
//   - An invocation ends when the process has answered and asks for the next event. The process is
//     then frozen (SIGSTOP) and thawed (SIGCONT) only when the next event arrives: work that was
//     left running stands still in between.
//   - At the deadline the process is killed with its process group. The next invocation is a cold start
//     in the same environment: memory is lost, /tmp is kept.
//   - A process that has more memory resident than MemorySize is killed.
//   - One environment handles one event at a time. A second event that arrives meanwhile gets an
//     environment of its own.
//
// Fact by fact, with a test for each or a reason for having none, this is the table that
//
//	go test -run Conformance -v ./checker/sandbox
//
// prints. The facts are from "Understanding the Lambda execution environment lifecycle", "Using the Lambda
// runtime API for custom runtimes" and "Lambda quotas" in the AWS Lambda Developer Guide.
//
// What triggers a function, and which AWS services it can reach, is not known here: package stack
// passes in the credentials and the endpoint.
package sandbox
