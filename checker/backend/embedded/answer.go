package embedded

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// answer is complete before any of it is sent, so that it can still be replaced by an error.
type answer struct {
	status int
	body   []byte // JSON
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("X-Amzn-Requestid", rand.Text()+rand.Text()) // 52 letters and digits, as DynamoDB's are
	w.WriteHeader(a.status)
	// The client that went away is the only one who could be told.
	_, _ = w.Write(a.body)
}

// object is a JSON object. Items in it are written by themselves, which encoding/json would do more
// slowly.
type object []member

type member struct {
	name  string
	value any // of JSON, with attribute.Item and object in it
}

func (o object) appendJSON(b []byte) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, m.name) // names of members and tables, which are plain
		b = append(b, ':')
		b = appendValue(b, m.value)
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case attribute.Item:
		return v.AppendJSON(b)
	case []attribute.Item:
		return appendList(b, v)
	case object:
		return v.appendJSON(b)
	case []object:
		return appendList(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64: // capacity units: halves
		return strconv.AppendFloat(b, v, 'f', 1, 64)
	default:
		return append(b, mustMarshal(v)...)
	}
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, v)
	}
	return append(b, ']')
}

// mustMarshal is for values that cannot fail to marshal.
func mustMarshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
