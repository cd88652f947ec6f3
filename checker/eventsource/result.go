package eventsource

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Decision is what a mapping makes of a function's result.
type Decision struct {
	// Failed are the ids of the messages that stay in the queue, in the order of the batch. All others are
	// deleted.
	Failed []string
	// Whole is why the batch fails as a whole, in words; "" if it does not.
	Whole string
	// Ignored are messages that the result reports, and that are deleted all the same because the mapping does
	// not ask for reports.
	Ignored []string
}

// Decide evaluates what a function answered to a batch with these message ids. With report, the mapping has
// ReportBatchItemFailures.
//
// "Handling errors for an SQS event source in Lambda" says which results are a complete success and which a
// complete failure. What it does not mention fails the batch if it may mean that a message failed: a message that
// is delivered again does less harm than one that is lost. Names are taken as they are written, in their case.
func Decide(result []byte, batch []string, report bool) Decision {
	reported, err := reportedFailures(result, batch)
	switch {
	case !report && err != nil:
		return Decision{}
	case !report:
		return Decision{Ignored: reported}
	case err != nil:
		return Decision{Failed: append([]string{}, batch...), Whole: err.Error()}
	}
	return Decision{Failed: reported}
}

// reportedFailures are the messages that a result reports, in the order of the batch. The error says why the
// result cannot be relied on.
func reportedFailures(result []byte, batch []string) ([]string, error) {
	switch {
	case len(result) == 0:
		return nil, errors.New("the result is empty")
	case !utf8.Valid(result) || !json.Valid(result):
		return nil, errors.New("the result is not valid JSON")
	case isNull(result):
		return nil, nil
	}
	fields, ok := members(result)
	if !ok {
		return nil, fmt.Errorf("the result is %s, not an object", kindOf(result))
	}
	list, err := one(fields, "batchItemFailures")
	if err != nil {
		return nil, err
	}
	if list == nil || isNull(list) {
		return nil, nil
	}
	var items []json.RawMessage
	if json.Unmarshal(list, &items) != nil {
		return nil, fmt.Errorf("batchItemFailures is %s, not a list", kindOf(list))
	}
	failed := map[string]bool{}
	for _, item := range items {
		id, err := identifier(item)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(batch, id) {
			return nil, fmt.Errorf("itemIdentifier %q is no message id of the batch", shorten(id))
		}
		failed[id] = true // twice is once
	}
	var inOrder []string
	for _, id := range batch {
		if failed[id] {
			inOrder = append(inOrder, id)
		}
	}
	return inOrder, nil
}

// identifier is the itemIdentifier of an element of batchItemFailures.
func identifier(item json.RawMessage) (string, error) {
	fields, ok := members(item)
	if !ok {
		return "", fmt.Errorf("an element of batchItemFailures is %s, not an object", kindOf(item))
	}
	value, err := one(fields, "itemIdentifier")
	switch {
	case err != nil:
		return "", err
	case value == nil:
		return "", errors.New("an element of batchItemFailures has no itemIdentifier")
	}
	var id *string
	switch {
	case json.Unmarshal(value, &id) != nil:
		return "", fmt.Errorf("an itemIdentifier is %s, not a string", kindOf(value))
	case id == nil:
		return "", errors.New("an itemIdentifier is null")
	case *id == "":
		return "", errors.New("an itemIdentifier is empty")
	}
	return *id, nil
}

// member is a name and value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members are those of a JSON object in their order; encoding/json's maps and structs would hide that a name is
// there twice, or in another case. The text is valid JSON.
func members(text []byte) (all []member, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	for decoder.More() {
		token, err := decoder.Token()
		name, isText := token.(string)
		var value json.RawMessage
		if err != nil || !isText || decoder.Decode(&value) != nil {
			return nil, false
		}
		all = append(all, member{name, value})
	}
	return all, true
}

// one is the value of a name, nil if it is not there. The error says that it is there more than once.
func one(fields []member, name string) (json.RawMessage, error) {
	var found json.RawMessage
	for _, f := range fields {
		switch {
		case f.name != name:
		case found != nil:
			return nil, fmt.Errorf("%s is there twice", name)
		default:
			found = f.value
		}
	}
	return found, nil
}

func isNull(text []byte) bool { return bytes.Equal(bytes.TrimSpace(text), []byte("null")) }

// kindOf says what a JSON value is.
func kindOf(text []byte) string {
	switch text = bytes.TrimSpace(text); text[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// shorten keeps a text from a function readable in a sentence.
func shorten(text string) string {
	const limit = 60
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}
