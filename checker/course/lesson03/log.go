package lesson03

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/wire"
)

var failureLog = check.Check{
	ID:          "failure-log",
	Requirement: "Each record that fails leaves a line of JSON in the log, with the error, the message id and the request id, and without the body",
	Why: "Who finds a message in the dead-letter queue has its id, and looks for that in the log. The request id leads on to all else of that invocation. " +
		"A body has what customers told you: logs are kept for long and read by many.",
	Next: "Log with slog.NewJSONHandler: the error, record.MessageId, and AwsRequestID from lambdacontext.FromContext(ctx). Never record.Body, nor a whole record or event.",
	Run: func(t *check.T) {
		customer := t.ID("Ada") + t.ID("-")
		refused := order{id: t.ID("order")}
		refused.body = fmt.Sprintf(`{"id":"%s","customer":"%s","item":"Blue kettle","quantity":2}`, refused.id, customer)
		t.InjectFor(refused.id, wire.Deny())
		messages := send(t,
			refused,
			order{body: fmt.Sprintf(`{"id":"%s","customer":"%s","item":"Blue kettle","quantity":"two"}`, t.ID("order"), customer)},
			order{body: "two kettles for " + customer},
			order{body: fmt.Sprintf(`{"id":"%s","customer":"%s","item":"","quantity":2}`, t.ID("order"), customer)},
			newOrder(t),
		)
		t.Drain()
		for n, m := range messages[:4] {
			m.NotDeleted()
			cause := ""
			if n == 0 {
				cause = "AccessDenied"
			}
			m.Arrived()
			for _, reply := range m.Replies() {
				hasNo(reply, customer)
				logged(m, reply, cause)
			}
		}
		for _, reply := range messages[4].Replies() {
			hasNo(reply, customer)
		}
	},
}

// hasNo requires a log without what is in the bodies.
func hasNo(reply *check.Reply, customer string) {
	for _, line := range reply.Log {
		if before, after, found := strings.Cut(line, customer); found {
			const around = 40
			if len(before) > around {
				before = "…" + strings.ToValidUTF8(before[len(before)-around:], "")
			}
			if len(after) > around {
				after = strings.ToValidUTF8(after[:around], "") + "…"
			}
			reply.Fail(check.Finding{
				Got: "the customer's name, which is in the body, in the log" + fieldWith(line, customer), Want: "a log without anything of the body but the order's id",
				Evidence: []string{"log:  " + before + "[customer]" + after},
			})
		}
	}
}

// fieldWith names the field of a line of JSON that has a text in it.
func fieldWith(line, text string) string {
	var entry map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &entry) != nil {
		return ""
	}
	for name, value := range entry {
		if strings.Contains(string(value), text) {
			return fmt.Sprintf(", in the field %q", name)
		}
	}
	return ""
}

// logged requires a line of JSON that has everything about a failure: the message's id, this invocation's request id,
// and the cause, if it is known.
func logged(m sent, reply *check.Reply, cause string) {
	about, parsed, ofRequest := 0, 0, 0
	for _, line := range reply.Log {
		if !strings.Contains(line, m.ID) {
			continue
		}
		about++
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue
		}
		parsed++
		if !strings.Contains(line, reply.RequestID) {
			continue
		}
		ofRequest++
		if strings.Contains(line, cause) {
			return
		}
	}
	f := check.Finding{
		Want: fmt.Sprintf("a line of JSON with the error, the message id %s and the request id %s", m.ID, reply.RequestID),
	}
	switch {
	case about == 0:
		f.Got = fmt.Sprintf("no line with the id of message %d, which failed; lines in the log: %d", m.Number, len(reply.Log))
	case parsed == 0:
		f.Got = fmt.Sprintf("the id of message %d, which failed, in a line that is not JSON", m.Number)
	case ofRequest == 0:
		f.Got = fmt.Sprintf("a line of JSON about message %d without the request id", m.Number)
	default:
		f.Got = fmt.Sprintf("a line of JSON about message %d without the error itself, %s…", m.Number, cause)
	}
	reply.Fail(f)
}
