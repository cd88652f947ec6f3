// Streamed answers with a reader, which may fail midway.
package main

import (
	"errors"
	"io"
	"strings"
	"testing/iotest"

	"github.com/aws/aws-lambda-go/lambda"
)

// answer is a reader that says what it reads. The library would encode one with exported fields as JSON.
type answer struct{ reader io.Reader }

func (a answer) Read(p []byte) (int, error) { return a.reader.Read(p) }

func (answer) ContentType() string { return "text/plain" }

func handle(r struct{ Text, Fail string }) (io.Reader, error) {
	reader := io.Reader(strings.NewReader(r.Text))
	if r.Fail != "" {
		reader = io.MultiReader(reader, iotest.ErrReader(errors.New(r.Fail)))
	}
	return answer{reader}, nil
}

func main() { lambda.Start(handle) }
