package backend_test

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (r *run) transactGet(keys ...item) string {
	var gets []types.TransactGetItem
	for _, k := range keys {
		gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: r.items(), Key: k.values()}})
	}
	out, err := r.db.TransactGetItems(r.t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: gets})
	if err != nil {
		return r.outcome(err)
	}
	var all []string
	for _, response := range out.Responses {
		if response.Item == nil {
			all = append(all, "nil")
			continue
		}
		all = append(all, show(response.Item))
	}
	return strings.Join(all, " ")
}

func txPuts(r *run, n int) []types.TransactWriteItem {
	var all []types.TransactWriteItem
	for i := range n {
		all = append(all, txPut(r.items(), item{"id": fmt.Sprint(i)}))
	}
	return all
}

const cancelled = "TransactionCanceledException: "

var transactionFacts = []fact{
	{"transact-writes-all", documented, "A transaction does all of its writes.", func(r *run) string {
		r.has(r.items(), item{"id": "b", "n": 1}, item{"id": "c"})
		s := r.transact(txPut(r.items(), item{"id": "a"}), txUpdate(r.items(), item{"id": "b"}, "ADD n :one", item{":one": 1}),
			types.TransactWriteItem{Delete: &types.Delete{TableName: r.items(), Key: item{"id": "c"}.values()}}, txCheck(r.items(), item{"id": "d"}, "attribute_not_exists(id)"))
		return s + " " + r.transactGet(item{"id": "a"}, item{"id": "b"}, item{"id": "c"})
	}, `OK {id: "a"} {id: "b", n: 2} nil`},
	{"transact-writes-none", documented, "Or none of them.", func(r *run) string {
		return r.transact(txPut(r.items(), item{"id": "a"}), txCheck(r.items(), item{"id": "b"}, "attribute_exists(id)")) + " " + r.get(item{"id": "a"})
	}, cancelled + "[None, ConditionalCheckFailed] Item nil"},
	{"transact-all-reasons", recorded, "CancellationReasons are in the order of the items, and tell of each.", func(r *run) string {
		return r.transact(txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)"), txPut(r.items(), item{"id": "b"}), txCheck(r.items(), item{"id": "c"}, "attribute_exists(id)"))
	}, cancelled + "[ConditionalCheckFailed, None, ConditionalCheckFailed]"},
	{"transact-reason-item", documented, "With the item if that is asked for.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1})
		return r.transact(types.TransactWriteItem{Put: &types.Put{
			TableName: r.items(), Item: item{"id": "a"}.values(), ConditionExpression: aws.String("attribute_not_exists(id)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}})
	}, cancelled + `[ConditionalCheckFailed {id: "a", n: 1}]`},
	{"transact-one-operation-per-item", documented, "An item is in a transaction once.", func(r *run) string {
		return r.transact(txPut(r.items(), item{"id": "a"}), txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)"))
	}, "ValidationException: Transaction request cannot include multiple operations on one item"},
	{"transact-100", documented, "A transaction takes 100 items.", func(r *run) string { return r.transact(txPuts(r, 100)...) }, "OK"},
	{"transact-101", documented, "And no more.", func(r *run) string { return r.transact(txPuts(r, 101)...) }, "ValidationException"},
	{"transact-empty", documented, "At least one.", func(r *run) string { return r.transact([]types.TransactWriteItem{}...) }, "ValidationException"},
	{"transact-4mb", documented, "It has 4 MB at most.", func(r *run) string {
		var all []types.TransactWriteItem
		for i := range 11 {
			all = append(all, txPut(r.items(), item{"id": fmt.Sprint(i), "s": strings.Repeat("x", 400_000)}))
		}
		return r.transact(all...)
	}, "ValidationException"},
	{"transact-two-operations", documented, "An item has one operation.", func(r *run) string {
		both := txPut(r.items(), item{"id": "a"})
		both.Delete = &types.Delete{TableName: r.items(), Key: item{"id": "b"}.values()}
		return r.transact(both)
	}, "ValidationException"},
	{"transact-key-wrong-type", recorded, "A key of the wrong type cancels, and is the only reason.", func(r *run) string {
		return r.transact(txPut(r.items(), item{"id": 7}), txPut(r.items(), item{"id": 8}), txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)"))
	}, cancelled + "[ValidationError, None, None]"},
	{"transact-key-empty", recorded, "An empty key does not cancel: the request is refused.", func(r *run) string { return r.transact(txPut(r.items(), item{"id": ""})) },
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"},
	{"transact-key-missing", inferred, "A missing key cancels.", func(r *run) string { return r.transact(txPut(r.items(), item{"ID": "a"})) }, cancelled + "[ValidationError]"},
	{"transact-too-large", recorded, "An item that is too large cancels.", func(r *run) string {
		return r.transact(txPut(r.items(), item{"id": "a", "s": strings.Repeat("x", 400<<10)}))
	}, cancelled + "[ValidationError]"},
	{"transact-update-fails", reported, "An update that the item does not allow cancels.", func(r *run) string {
		return r.transact(txUpdate(r.items(), item{"id": "a"}, "SET n = n + :one", item{":one": 1}))
	}, cancelled + "[ValidationError]"},
	{"transact-update-key", measured, "So does one of the key.", func(r *run) string {
		return r.transact(txUpdate(r.items(), item{"id": "a"}, "SET id = :v", item{":v": "b"}))
	}, cancelled + "[ValidationError]"},
	{"transact-index-key", measured, "And a wrong key of an index.", func(r *run) string { return r.transact(txPut(r.orders(), item{"pk": "a", "sk": 1, "g": 1})) }, cancelled + "[ValidationError]"},
	{"transact-syntax", documented, "An expression that cannot be read refuses the request.", func(r *run) string {
		return r.transact(txUpdate(r.items(), item{"id": "a"}, "SET status = :v", item{":v": 1}))
	}, "ValidationException: Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status"},
	{"transact-no-table", measured, "So does a table that is not there.", func(r *run) string { return r.transact(txPut(aws.String("conformance-nowhere"), item{"id": "a"})) },
		"ResourceNotFoundException: Requested resource not found"},
	{"transact-sees-the-state-before", documented, "Conditions see the state before the transaction.", func(r *run) string {
		return r.transact(txPut(r.items(), item{"id": "a"}), txUpdate(r.items(), item{"id": "b"}, "SET n = if_not_exists(n, :v)", item{":v": 5})) + " " + r.get(item{"id": "b"})
	}, `OK {id: "b", n: 5}`},
	{"transactget-order", documented, "TransactGetItems answers in the order of the request.", func(r *run) string {
		r.has(r.items(), item{"id": "a"}, item{"id": "c"})
		return r.transactGet(item{"id": "c"}, item{"id": "b"}, item{"id": "a"})
	}, `{id: "c"} nil {id: "a"}`},
	{"transactget-duplicates", measured, "Each item once.", func(r *run) string { return r.transactGet(item{"id": "a"}, item{"id": "a"}) },
		"ValidationException: Transaction request cannot include multiple operations on one item"},
	{"transactget-wrong-key", inferred, "A key that does not fit cancels, with reasons.", func(r *run) string { return r.transactGet(item{"id": "a"}, item{"id": 1}) }, cancelled + "[None, ValidationError]"},
}

// withToken increments a counter in a transaction, once for each of the increments.
func withToken(token *string, increments ...int) func(*run) string {
	return func(r *run) string {
		var last string
		for _, n := range increments {
			last = r.transactWrite(&dynamodb.TransactWriteItemsInput{
				ClientRequestToken: token,
				TransactItems:      []types.TransactWriteItem{txUpdate(r.items(), item{"id": "a"}, "ADD n :n", item{":n": n})},
			})
		}
		return last + " " + r.get(item{"id": "a"})
	}
}

var tokenFacts = []fact{
	{"token-same-payload", documented, "The same token and payload are answered OK, without effect.", func(r *run) string { return withToken(aws.String(rand.Text()), 1, 1, 1)(r) }, `OK {id: "a", n: 1}`},
	{"token-other-payload", documented, "Another payload is refused.", func(r *run) string {
		s := withToken(aws.String(rand.Text()), 1, 2)(r)
		code, _, _ := strings.Cut(s, ":")
		return code + s[strings.LastIndex(s, " {"):]
	}, `IdempotentParameterMismatchException {id: "a", n: 1}`},
	{"token-of-the-sdk", documented, "Without a token the SDK makes a new one for each call, so nothing protects a second call.", withToken(nil, 1, 1), `OK {id: "a", n: 2}`},
	{"token-order-of-attributes", inferred, "The order in which attributes are sent is no difference.", func(r *run) string {
		in := func() *dynamodb.TransactWriteItemsInput {
			return &dynamodb.TransactWriteItemsInput{
				ClientRequestToken: aws.String("token-" + *r.items()),
				TransactItems:      []types.TransactWriteItem{txPut(r.items(), item{"id": "a", "b": 1, "c": 2, "d": 3, "e": 4, "f": 5})},
			}
		}
		for range 5 { // the SDK writes maps in a random order
			if s := r.transactWrite(in()); s != "OK" {
				return s
			}
		}
		return "OK"
	}, "OK"},
	{"token-too-long", documented, "A token has 36 characters at most.", withTokenOnly(strings.Repeat("t", 37)), "ValidationException"},
	{"token-of-a-cancelled-transaction", measured, "A transaction that was cancelled does not use its token up.", func(r *run) string {
		token := aws.String(rand.Text())
		first := r.transactWrite(&dynamodb.TransactWriteItemsInput{ClientRequestToken: token,
			TransactItems: []types.TransactWriteItem{txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)")}})
		r.has(r.items(), item{"id": "a"})
		return first + ", then " + r.transactWrite(&dynamodb.TransactWriteItemsInput{ClientRequestToken: token,
			TransactItems: []types.TransactWriteItem{txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)")}})
	}, cancelled + "[ConditionalCheckFailed], then OK"},
}

func withTokenOnly(token string) func(*run) string {
	return func(r *run) string {
		return r.transactWrite(&dynamodb.TransactWriteItemsInput{
			ClientRequestToken: &token, TransactItems: []types.TransactWriteItem{txPut(r.items(), item{"id": "a"})},
		})
	}
}
