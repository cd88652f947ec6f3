package lesson01

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/wire"
)

var unknownID = check.Check{
	ID:          "unknown-id",
	Requirement: "An unknown id is answered with 404",
	Why: "GetItem does not fail for an item that is not there: it returns nothing. Code that does not look answers 200 with an empty item, " +
		"and callers take it for a real one.",
	Next: "After GetItem, if out.Item is nil, answer 404 with an error.",
	Run: func(t *check.T) {
		stocked(t)
		t.Function(function).Invoke(bare(fields{"id": t.ID("nobody")})).ErrorBody(404)
	},
}

var tableFailure = check.Check{
	ID:          "table-failure",
	Requirement: "When the table fails, the answer is 500 with a general error, and nothing internal",
	Why: "The caller can do nothing with AWS's words, and an attacker a lot: table names, account, role. " +
		"A returned error says even less: API Gateway turns it into a 500 of its own, without your headers.",
	Next: "Log the error, and answer 500 with {\"error\": \"internal error\"}, or the like.",
	Run: func(t *check.T) {
		t.Inject("GetItem", wire.Deny())
		reply := t.Function(function).Invoke(bare(fields{"id": t.ID("kettle")}))
		told := reply.ErrorBody(500)
		body := reply.Answer().Body
		for _, internal := range []struct{ words, text string }{
			{"the table's name", t.Table(table).Name()},
			{"AWS's error code", "AccessDenied"},
			{"an ARN", "arn:aws"},
			{"the SDK's words", "operation error"},
			{"the name of a service behind it", "DynamoDB"},
			{"a place in the code", ".go:"},
		} {
			if strings.Contains(body, internal.text) {
				reply.Fail(check.Finding{
					Got:  fmt.Sprintf("%s in the answer: %q", internal.words, told),
					Want: "an error that says nothing internal",
				})
			}
		}
	},
}

var failureLog = check.Check{
	ID:          "failure-log",
	Requirement: "A failure leaves one line of JSON in the log, with the error, the stack and the request id",
	Why: "CloudWatch Logs Insights finds fields of a JSON line. Text over several lines becomes several entries that nobody can put together again; " +
		"without the request id nobody can tell whose failure it was.",
	Next: "Log with slog.NewJSONHandler: the error, string(debug.Stack()), and AwsRequestID from lambdacontext.FromContext(ctx).",
	Run: func(t *check.T) {
		t.Inject("GetItem", wire.Deny())
		f := t.Function(function)
		f.Invoke(bare(fields{"id": t.ID("kettle")})) // a second one shows whether the request id is its own
		reply := f.Invoke(bare(fields{"id": t.ID("kettle")}))

		want := check.Finding{Want: fmt.Sprintf("one line of JSON with the error, a stack and the request id %s", reply.RequestID)}
		var lines []map[string]any
		for _, line := range reply.Log {
			var entry map[string]any
			if json.Unmarshal([]byte(line), &entry) == nil && mentions(entry, "AccessDenied") {
				lines = append(lines, entry)
			}
		}
		switch {
		case len(lines) == 0:
			want.Got = fmt.Sprintf("%d lines in the log, none of them JSON with the error AccessDeniedException", len(reply.Log))
		case len(lines) > 1:
			want.Got = fmt.Sprintf("%d lines of JSON for one failure", len(lines))
		case !mentions(lines[0], reply.RequestID):
			want.Got = "a line of JSON without this invocation's request id"
		case !hasStack(lines[0]):
			want.Got = "a line of JSON without a stack"
		default:
			return
		}
		reply.Fail(want)
	},
}

// mentions tells whether a value has a string that contains this text, at any depth.
func mentions(value any, text string) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, text)
	case map[string]any:
		for _, field := range v {
			if mentions(field, text) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if mentions(element, text) {
				return true
			}
		}
	}
	return false
}

// hasStack accepts any way to write a stack: one string, or a list of frames. Each names Go files.
func hasStack(entry map[string]any) bool {
	for name, value := range entry {
		name = strings.ToLower(name)
		if (strings.Contains(name, "stack") || strings.Contains(name, "trace")) && mentions(value, ".go") {
			return true
		}
	}
	return false
}
