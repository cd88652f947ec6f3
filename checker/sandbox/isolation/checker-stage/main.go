// Checker-stage starts the functions' processes for the checker that is in the same directory. The checker can be its
// own [stage], but starting this small program takes a fraction of the time, and each environment of a function does.
package main

import (
	"os"

	_ "example.com/serverless-patterns/checker/sandbox/isolation/stage"
)

func main() {
	_, _ = os.Stderr.WriteString("checker-stage is started by the checker, and does nothing for anybody else.\n") // nobody else to tell
	os.Exit(2)
}
