package eventsource_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/eventsource"
)

func TestAWholeBatchFailsForAReasonInWords(t *testing.T) {
	t.Parallel()
	for result, why := range map[string]string{
		``:                                    "the result is empty",
		`{"batchItemFailures":[`:              "the result is not valid JSON",
		"{\"a\":\"\xff\"}":                    "the result is not valid JSON",
		`"m2"`:                                "the result is a string, not an object",
		`["m2"]`:                              "the result is a list, not an object",
		`true`:                                "the result is a boolean, not an object",
		`7`:                                   "the result is a number, not an object",
		`{"batchItemFailures":"m"}`:           "batchItemFailures is a string, not a list",
		`{"batchItemFailures":{}}`:            "batchItemFailures is an object, not a list",
		`{"batchItemFailures":["m2"]}`:        "an element of batchItemFailures is a string, not an object",
		`{"batchItemFailures":[null]}`:        "an element of batchItemFailures is null, not an object",
		`{"batchItemFailures":[{"id":"m2"}]}`: "an element of batchItemFailures has no itemIdentifier",
		`{"batchItemFailures":[{"itemIdentifier":7}]}`:                                      "an itemIdentifier is a number, not a string",
		`{"batchItemFailures":[{"itemIdentifier":null}]}`:                                   "an itemIdentifier is null",
		`{"batchItemFailures":[{"itemIdentifier":""}]}`:                                     "an itemIdentifier is empty",
		`{"batchItemFailures":[{"itemIdentifier":"nope"}]}`:                                 `itemIdentifier "nope" is no message id of the batch`,
		`{"batchItemFailures":[],"batchItemFailures":[{"itemIdentifier":"m2"}]}`:            "batchItemFailures is there twice",
		`{"batchItemFailures":[{"itemIdentifier":"m2","itemIdentifier":"m1"}]}`:             "itemIdentifier is there twice",
		`{"batchItemFailures":[{"itemIdentifier":"` + strings.Repeat("x", 100) + `"}]}`:     `itemIdentifier "` + strings.Repeat("x", 60) + `…" is no message id of the batch`,
		`{"batchItemFailures":[{"itemIdentifier":"m2"}],"batchItemFailures":null,"a":null}`: "batchItemFailures is there twice",
	} {
		d := eventsource.Decide([]byte(result), []string{"m1", "m2", "m3"}, true)
		assert.Equal(t, why, d.Whole, result)
		assert.Equal(t, []string{"m1", "m2", "m3"}, d.Failed, result)
		assert.Empty(t, d.Ignored, result)
	}
}

func TestWithoutTheFlagAReportIsIgnoredAndNotForgotten(t *testing.T) {
	t.Parallel()
	d := eventsource.Decide([]byte(`{"batchItemFailures":[{"itemIdentifier":"m2"}]}`), []string{"m1", "m2"}, false)
	assert.Equal(t, eventsource.Decision{Ignored: []string{"m2"}}, d)
	assert.Equal(t, eventsource.Decision{}, eventsource.Decide([]byte(`{`), []string{"m1"}, false))
}

// model is the rule in its plainest form, by encoding/json's own types.
func model(result []byte, batch []string) (failed []string) {
	var whole any
	if !utf8.Valid(result) || json.Unmarshal(result, &whole) != nil {
		return batch
	}
	if whole == nil {
		return nil
	}
	object, ok := whole.(map[string]any)
	if !ok {
		return batch
	}
	if object["batchItemFailures"] == nil {
		return nil
	}
	list, ok := object["batchItemFailures"].([]any)
	if !ok {
		return batch
	}
	for _, element := range list {
		item, _ := element.(map[string]any)
		id, _ := item["itemIdentifier"].(string)
		if !slices.Contains(batch, id) {
			return batch
		}
		failed = append(failed, id)
	}
	return failed
}

// FuzzResult: whatever a function answers is decided on, as by the plain rule, and in doubt the whole batch fails.
func FuzzResult(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `{"batchItemFailures":null}`, `{"batchItemFailures":[]}`, `{"other":1}`, `{"batchItemFailures":[{"itemIdentifier":"m2"}]}`,
		`{"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"nope"}]}`, `{"batchItemFailures":[{"ItemIdentifier":"m2"}]}`, `"m2"`, `["m2"]`,
		`{"batchItemFailures":[{"itemIdentifier":"m2"`, ``, ` `, `{"batchItemFailures":[{"itemIdentifier":"m2","itemIdentifier":"m2"}]}`, "\xff", `{"batchItemFailures":[{"item\u0049dentifier":"\u006d2"}]}`,
		`{"batchItemFailures":[{"itemIdentifier":"m3"},{"itemIdentifier":"m1"},{"itemIdentifier":"m3"}]}`, `{"":0,"batchItemFailures":[]}`,
	} {
		f.Add([]byte(seed))
	}
	batch := []string{"m1", "m2", "m3"}
	f.Fuzz(func(t *testing.T, result []byte) {
		d := eventsource.Decide(result, batch, true)
		off := eventsource.Decide(result, batch, false)
		assert.Empty(t, off.Failed, "without the flag a result cannot fail anything")
		for _, id := range append(append([]string{}, d.Failed...), off.Ignored...) {
			assert.Contains(t, batch, id)
		}
		if d.Whole != "" {
			assert.Equal(t, batch, d.Failed)
		}
		want := model(result, batch)
		if strings.HasSuffix(d.Whole, "is there twice") {
			return // the model does not see that; the stricter answer stands
		}
		assert.ElementsMatch(t, unique(want), d.Failed, "%s", result)
		if d.Whole == "" {
			assert.Equal(t, d.Failed, off.Ignored, "what is reported is what is ignored")
		}
	})
}

func unique(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}
