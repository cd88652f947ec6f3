package lesson02

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What encoding/json says of a body that cannot be decoded says enough, and so does a sentence of one's own.
func TestErrorsAboutBodiesAreTakenInManyWords(t *testing.T) {
	t.Parallel()
	about := map[string]string{}
	for _, bad := range badBodies {
		about[bad.body] = bad.about
		assert.NotRegexp(t, `(?i)`+bad.about, "bad request", bad.body)
		assert.NotRegexp(t, `(?i)`+bad.about, "invalid", bad.body)
		assert.Regexp(t, `(?i)`+bad.about, bad.wrong, "what it is called itself would do")
	}
	for body, texts := range map[string][]string{
		`not json`:                          {"invalid character 'o' in literal null (expecting 'u')", "Body is not valid JSON", "cannot parse request"},
		``:                                  {"EOF", "unexpected end of JSON input", "empty body", "name is required"},
		`{}`:                                {"required fields are missing", "Name and price must be given"},
		`{"name":"Blue kettle"}`:            {"Price is required", "missing field: price"},
		`{"name":"","price":19.99}`:         {"item.name must not be empty"},
		`{"name":7,"price":19.99}`:          {"json: cannot unmarshal number into Go struct field item.name of type string", "wrong type"},
		`{"name":"Blue kettle","price":-1}`: {"price must be >= 0", "Negative prices are not allowed"},
	} {
		for _, text := range texts {
			assert.Regexp(t, `(?i)`+about[body], text, body)
		}
	}
}
