package backend_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (r *run) batchGet(table *string, keys ...map[string]types.AttributeValue) string {
	out, err := r.db.BatchGetItem(r.t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: keys}}})
	if err != nil {
		return r.outcome(err)
	}
	return fmt.Sprintf("%d items, %d left", len(out.Responses[*table]), len(out.UnprocessedKeys))
}

// ids are n keys of items.
func ids(n int) []map[string]types.AttributeValue {
	var keys []map[string]types.AttributeValue
	for i := range n {
		keys = append(keys, item{"id": fmt.Sprint(i)}.values())
	}
	return keys
}

func puts(n int) []types.WriteRequest {
	var requests []types.WriteRequest
	for i := range n {
		requests = append(requests, batchPut(item{"id": fmt.Sprint(i)}))
	}
	return requests
}

var batchFacts = []fact{
	{"batchget-missing-items", documented, "BatchGetItem leaves out what is not there.", func(r *run) string {
		r.has(r.items(), item{"id": "0"})
		return r.batchGet(r.items(), ids(3)...)
	}, "1 items, 0 left"},
	{"batchget-100", documented, "It takes 100 keys.", func(r *run) string { return r.batchGet(r.items(), ids(100)...) }, "0 items, 0 left"},
	{"batchget-101", documented, "And no more.", func(r *run) string { return r.batchGet(r.items(), ids(101)...) }, "ValidationException: Too many items requested for the BatchGetItem call"},
	{"batchget-duplicates", documented, "Each key once.", func(r *run) string {
		return r.batchGet(r.items(), item{"id": "a"}.values(), item{"id": "a"}.values())
	}, "ValidationException: Provided list of item keys contains duplicates"},
	{"batchget-empty", documented, "At least one.", func(r *run) string { return r.batchGet(r.items(), []map[string]types.AttributeValue{}...) }, "ValidationException"},
	{"batchget-wrong-key", measured, "Each key fits its table.", func(r *run) string { return r.batchGet(r.items(), item{"id": 1}.values()) },
		"ValidationException: The provided key element does not match the schema"},
	{"batchget-no-table", measured, "Each table is there.", func(r *run) string { return r.batchGet(aws.String("conformance-nowhere"), ids(1)...) },
		"ResourceNotFoundException: Requested resource not found"},
	{"batchget-projection", documented, "A projection works for all of them.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1, "m": 2})
		out, err := r.db.BatchGetItem(r.t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			*r.items(): {Keys: []map[string]types.AttributeValue{item{"id": "a"}.values()}, ProjectionExpression: aws.String("n")},
		}})
		if err != nil {
			return r.outcome(err)
		}
		return showAll(out.Responses[*r.items()])
	}, "[{n: 1}]"},
	{"batchget-16mb", documented, "It answers 16 MB at most, and leaves the rest to UnprocessedKeys.", func(r *run) string {
		for i := range 45 {
			r.has(r.items(), item{"id": fmt.Sprint(i), "s": strings.Repeat("x", 390<<10)})
		}
		s := r.batchGet(r.items(), ids(45)...)
		return s[strings.Index(s, ", ")+2:]
	}, "1 left"},
	{"batchwrite-writes", documented, "BatchWriteItem puts and deletes.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		s := r.batchWrite(r.items(), batchDelete(item{"id": "a"}), batchPut(item{"id": "b"}))
		return s + " " + r.get(item{"id": "a"}) + " " + r.get(item{"id": "b"})
	}, `OK Item nil {id: "b"}`},
	{"batchwrite-25", documented, "It takes 25 requests.", func(r *run) string { return r.batchWrite(r.items(), puts(25)...) }, "OK"},
	{"batchwrite-26", documented, "And no more.", func(r *run) string { return r.batchWrite(r.items(), puts(26)...) }, "ValidationException"},
	{"batchwrite-duplicates", documented, "Each item once.", func(r *run) string {
		return r.batchWrite(r.items(), batchPut(item{"id": "a"}), batchDelete(item{"id": "a"}))
	}, "ValidationException: Provided list of item keys contains duplicates"},
	{"batchwrite-duplicates-by-value", documented, "By the value of its key.", func(r *run) string {
		return r.batchWrite(r.sorted("N"), batchPut(item{"pk": "a", "sk": 1}), batchPut(item{"pk": "a", "sk": number("1.0")}))
	}, "ValidationException: Provided list of item keys contains duplicates"},
	{"batchwrite-empty", documented, "At least one.", func(r *run) string { return r.batchWrite(r.items(), []types.WriteRequest{}...) }, "ValidationException"},
	{"batchwrite-too-large", documented, "No item may be too large.", func(r *run) string {
		return r.batchWrite(r.items(), batchPut(item{"id": "a", "s": strings.Repeat("x", 400<<10)}))
	}, "ValidationException: Item size has exceeded the maximum allowed size"},
	{"batchwrite-refused-writes-nothing", documented, "A batch that is refused writes nothing.", func(r *run) string {
		_ = r.batchWrite(r.items(), batchPut(item{"id": "a"}), batchPut(item{"ID": "b"}))
		return r.get(item{"id": "a"})
	}, "Item nil"},
	{"batchwrite-key-empty", documented, "Keys are not empty.", func(r *run) string { return r.batchWrite(r.items(), batchPut(item{"id": ""})) },
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
}
