// Package wire is the AWS endpoint that functions see: every SDK call of a function under check
// arrives here, is recorded, and goes on to the backend.
//
// A [Server] listens on 127.0.0.1 and speaks plain HTTP, since functions are pointed to it by
// AWS_ENDPOINT_URL. It tells
//
//   - who calls, by the access key: each execution environment has its own, from [Server.NewCaller];
//   - from which invocation, by the X-Amzn-Trace-Id header that the SDK copies from the runtime: a
//     call of work left behind still names the invocation that it came from; one that was not made by the SDK, and names
//     none, is of the latest that [Server.Invoked] was told of;
//   - over which connection, so that a client made for each invocation shows as a connection for each.
//
// Each function has a [Role], as AWS would give it: what its policy does not allow is denied, with the error
// of the service, and [Call.Decisions] say what was needed and which statement allowed it. Package iam
// evaluates policies, and package access knows what a call needs. What a function has signed for somebody
// else, a presigned URL or a browser's form, is compared with what comes (package signature), and is then a
// call of the function's. Two things are not looked at: the signatures of a function's own calls, and policies
// of resources. S3's DeleteObjects is refused as a whole where AWS refuses single keys, within an answer of 200.
//
// A [Fault] makes calls fail as they do in production. The checker's own calls, signed with
// [Server.Operator], are neither recorded nor made to fail.
//
// Each object that is stored or removed is a [Change], which somebody can be told of by [Server.OnChange].
//
// Where the data is, is package backend's business. Nothing here knows what a lesson expects.
package wire
