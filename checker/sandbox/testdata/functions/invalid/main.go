// Invalid has a handler that the runtime library cannot call.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func(_, _, _ int) {}) }
