package lesson01

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

var unknownID = check.Check{
	ID:          "unknown-id",
	Requirement: "An unknown id is answered with 404",
	Why: "GetItem does not fail for an item that is not there: it returns nothing. Code that does not look answers 200 with an empty item, " +
		"and callers take it for a real one.",
	Next:  "After GetItem, if out.Item is nil, answer 404 with an error.",
	After: "bad-id",
	Run: func(t *check.T) {
		stocked(t)
		reply := t.Function(function).Invoke(bare(fields{"id": t.ID("nobody")}))
		reply.ErrorBody(404)
		tellsNothingInternal(t, reply)
	},
}

var tableFailure = check.Check{
	ID:          "table-failure",
	Requirement: "When the table fails, the answer is 500 with a general error, and nothing internal",
	Why: "The caller can do nothing with AWS's words, and an attacker a lot: table names, account, role. " +
		"A returned error says even less: API Gateway turns it into a 500 of its own, without your headers.",
	Next:  "Log the error, and answer 500 with {\"error\": \"internal error\"}, or the like.",
	Waits: "the SDK's further tries",
	Run: func(t *check.T) {
		f := t.Function(function)
		event := bare(fields{"id": t.ID("kettle")})
		remove := t.Inject("GetItem", wire.Deny())
		reply := f.Invoke(event)
		reply.ErrorBody(500)
		tellsNothingInternal(t, reply)
		remove()
		// What the SDK retries may also end by the deadline.
		for _, kind := range []wire.Kind{wire.FailBefore(), wire.Throttle()} {
			remove := t.Inject("GetItem", kind)
			serverError(t, f.Invoke(event))
			remove()
		}
		t.Inject("GetItem", wire.NoTable())
		blamesTheTable(t, f.Invoke(event))
	},
}

// blamesTheTable requires that a table that is not there is not taken for an item that is not.
func blamesTheTable(t *check.T, reply *check.Reply) {
	if a := reply.Answer(); a.Status < 500 {
		reply.Fail(check.Finding{
			Got:  a.String() + " when there is no table",
			Want: "status 500: it says nothing about the item",
			Why: "ResourceNotFoundException is about the table: its name is wrong, or the region, or somebody has deleted it. " +
				"A caller who is told 404 believes that the item is gone, and nobody looks for the mistake.",
			Next: "Leave ResourceNotFoundException to the answer for all other errors, 500. GetItem has no error for an item that is not there.",
		})
	}
	serverError(t, reply)
}

// tellsNothingInternal looks for what is nobody's business in the body and the headers of an answer.
func tellsNothingInternal(t *check.T, reply *check.Reply) {
	a := reply.Answer()
	told := a.Body
	for name, value := range a.Headers {
		told += "\n" + name + ": " + value
	}
	for _, internal := range []struct{ words, text string }{
		{"the table's name", t.Table(table).Name()},
		{"AWS's error code", "AccessDenied"},
		{"AWS's error code", "InternalServerError"},
		{"AWS's error code", "ProvisionedThroughputExceeded"},
		{"AWS's error code", "ResourceNotFound"},
		{"AWS's words", "not authorized to perform"},
		{"AWS's words", "Requested resource not found"},
		{"an ARN", "arn:aws"},
		{"the account", stack.AccountID},
		{"the SDK's words", "operation error"},
		{"the name of a service behind it", "DynamoDB"},
		{"a stack", "goroutine "},
		{"a place in the code", ".go:"},
	} {
		if strings.Contains(strings.ToLower(told), strings.ToLower(internal.text)) {
			reply.Fail(check.Finding{Got: internal.words + " in the answer: " + a.String(), Want: "an error that says nothing internal"})
		}
	}
}

var failureLog = check.Check{
	ID:          "failure-log",
	Requirement: "A failure leaves one line of JSON in the log, with the error, the stack and the request id",
	Why: "CloudWatch Logs Insights finds fields of a JSON line. Text over several lines becomes several entries that nobody can put together again; " +
		"without the request id nobody can tell whose failure it was.",
	Next:  "Log with slog.NewJSONHandler: the error, string(debug.Stack()), and AwsRequestID from lambdacontext.FromContext(ctx).",
	Waits: "the function's deadline, or its own limit before that",
	Run: func(t *check.T) {
		t.MaxTimeout(shortTimeout)
		f := t.Function(function)
		remove := t.Inject("GetItem", wire.Deny())
		first := f.Invoke(bare(fields{"id": t.ID("kettle")}))
		loggedOnce(f.Invoke(bare(fields{"id": t.ID("kettle")})), first.RequestID, "AccessDenied", "the failure")
		remove()
		remove = t.Inject("GetItem", wire.Break()) // its error has quotes in it
		if broken := f.Invoke(bare(fields{"id": t.ID("kettle")})); broken.Outcome != sandbox.TimedOut {
			loggedOnce(broken, first.RequestID, "", "the call that broke off")
		}
		remove()
		t.Inject("GetItem", wire.Hang())
		// Three times at once: on a machine that is busy, one of them may come too late by its fault. That none
		// of them ends in time is another requirement.
		for _, hung := range f.InvokeAtOnce(3, bare(fields{"id": t.ID("kettle")})) {
			if hung.Outcome != sandbox.TimedOut {
				loggedOnce(hung, first.RequestID, "", "the call that was not answered")
				break
			}
		}
	},
}

// loggedOnce requires one line of JSON that has everything about a failure: the cause, if it is known, the
// stack, and this invocation's request id, not that of an earlier one.
func loggedOnce(reply *check.Reply, earlier, cause, what string) {
	finding := check.Finding{Want: "one line of JSON with the error, a stack and the request id " + reply.RequestID}
	var failures, stacks []map[string]any
	var texts []string // about the failure, and no JSON
	for _, line := range reply.Log {
		var entry map[string]any
		switch {
		case strings.Contains(line, earlier):
			finding.Got = "a line with the request id of an earlier invocation"
			reply.Fail(finding)
		case json.Unmarshal([]byte(line), &entry) != nil:
			if strings.HasPrefix(line, "goroutine ") {
				finding.Got = "a stack over several lines, each of which becomes an entry of its own"
				reply.Fail(finding)
			}
			if strings.Contains(line, reply.RequestID) || cause != "" && strings.Contains(line, cause) {
				texts = append(texts, line)
			}
		case mentions(entry, reply.RequestID) && hasStack(entry):
			failures, stacks = append(failures, entry), append(stacks, entry)
		case hasStack(entry):
			stacks = append(stacks, entry)
		case mentions(entry, reply.RequestID) || cause != "" && mentions(entry, cause):
			failures = append(failures, entry)
		}
	}
	switch {
	case len(failures)+len(stacks) == 0 && len(texts) > 0:
		finding.Got, finding.Next = noJSON(texts[0], what)
	case len(failures)+len(stacks) == 0:
		finding.Got = fmt.Sprintf("no line of JSON about %s; lines in the log: %d", what, len(reply.Log))
	case len(stacks) == 0:
		finding.Got = "a line of JSON without a stack"
	case len(stacks) > 1:
		finding.Got = fmt.Sprintf("%d lines with a stack for one failure", len(stacks))
	case !mentions(stacks[0], reply.RequestID):
		finding.Got = "a line of JSON without this invocation's request id"
	case cause != "" && !mentions(stacks[0], cause):
		finding.Got = "a line of JSON without the error itself, " + cause + "…"
	default:
		return
	}
	reply.Fail(finding)
}

// noJSON tells text from what was meant to be JSON, and how to write it so that it is.
func noJSON(line, what string) (got, next string) {
	if !strings.HasPrefix(line, "{") {
		return "a line about " + what + " that is text", "Make the logger with slog.NewJSONHandler. That of package lambdacontext writes text " +
			"unless the template has LoggingConfig with LogFormat: JSON."
	}
	return "a line about " + what + " that begins like JSON, and is none", fmt.Sprintf("Have slog.NewJSONHandler or json.Marshal write the line. "+
		"Where it is put together by hand, a quote, a tab or the end of a line breaks it: json.Unmarshal says `%v`.", json.Unmarshal([]byte(line), new(any)))
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

// hasStack accepts any way to write a stack, at any depth: one text, or a list of frames. It has at
// least two frames.
func hasStack(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for name, field := range object {
		name = strings.ToLower(name)
		named := strings.Contains(name, "stack") || strings.Contains(name, "trace") || strings.Contains(name, "frames")
		frames, _ := field.([]any)
		if named && (places(field) >= 2 || len(frames) >= 2) || hasStack(field) {
			return true
		}
	}
	return false
}

// places counts the Go files that a value names, at any depth.
func places(value any) int {
	n := 0
	switch v := value.(type) {
	case string:
		n = strings.Count(v, ".go")
	case map[string]any:
		for _, field := range v {
			n += places(field)
		}
	case []any:
		for _, element := range v {
			n += places(element)
		}
	}
	return n
}
