// Hello is the least that a Lambda function in Go can be. What it costs to start is the floor: Go's runtime, and the
// library that speaks to Lambda.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) (string, error) { return "hello, world", nil })
}
