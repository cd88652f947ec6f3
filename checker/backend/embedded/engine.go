package embedded

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// forward has minidyn execute an operation. The caller holds the lock.
//
// minidyn gets a request of its own. Its one line of logging, by the standard logger, is for a body
// that fails to close, and this one cannot.
func (d *dynamoDB) forward(operation string, body []byte) answer {
	rec := recorder{header: http.Header{}, status: http.StatusOK}
	d.engine.ServeHTTP(&rec, &http.Request{
		Method: http.MethodPost,
		URL:    &url.URL{Path: "/"},
		Header: http.Header{"X-Amz-Target": {targetPrefix + operation}},
		Body:   io.NopCloser(bytes.NewReader(body)),
	})
	a := answer{status: rec.status, body: rec.body.Bytes()}
	if a.status == http.StatusOK {
		return a
	}
	return awsForm(operation, a)
}

// awsForm gives an error of minidyn the form that AWS's clients can read: some are plain text, none
// has the namespace. Members such as CancellationReasons stay.
func awsForm(operation string, a answer) answer {
	var members map[string]json.RawMessage
	var code string
	if json.Unmarshal(a.body, &members) != nil || json.Unmarshal(members["__type"], &code) != nil || code == "" {
		return internal("minidyn at " + operation + ": " + strings.TrimSpace(string(a.body))).answer()
	}
	if code == "ValidationException" {
		code = validationErrors + code
	} else {
		code = dynamoDBErrors + code
	}
	members["__type"] = mustMarshal(code)
	return answer{status: a.status, body: mustMarshal(members)}
}

// mustMarshal is for values that cannot fail to marshal.
func mustMarshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// recorder keeps an answer of minidyn in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
