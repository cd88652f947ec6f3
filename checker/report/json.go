package report

import (
	"encoding/json"
	"io"

	"example.com/serverless-patterns/checker/check"
)

// JSON writes the document, indented, and nothing else.
func JSON(w io.Writer, d check.Document) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(d)
}
