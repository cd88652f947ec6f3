package backend_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// five writes orders of "p" with the sort keys -10, -5, 0, 5, 10 and n counted from 0.
func (r *run) five() {
	for i := range 5 {
		r.has(r.orders(), item{"pk": "p", "sk": 5*i - 10, "n": i, "x": "x", "y": "y", "m": item{"n": i}})
	}
}

// asking is a query of five orders by a key condition, for the sort keys only.
func asking(condition string, values item, change ...func(*dynamodb.QueryInput)) func(*run) string {
	return func(r *run) string {
		r.read("five orders", (*run).five)
		in := &dynamodb.QueryInput{
			KeyConditionExpression: &condition, ExpressionAttributeValues: values.values(), ProjectionExpression: aws.String("sk"),
		}
		for _, c := range change {
			c(in)
		}
		return r.query(in)
	}
}

func backwards(in *dynamodb.QueryInput) { in.ScanIndexForward = aws.Bool(false) }

func limit(n int32) func(*dynamodb.QueryInput) {
	return func(in *dynamodb.QueryInput) { in.Limit = &n }
}

func filter(expression string) func(*dynamodb.QueryInput) {
	return func(in *dynamodb.QueryInput) { in.FilterExpression = &expression }
}

func startAt(k item) func(*dynamodb.QueryInput) {
	return func(in *dynamodb.QueryInput) { in.ExclusiveStartKey = k.values() }
}

func selecting(s types.Select) func(*dynamodb.QueryInput) {
	return func(in *dynamodb.QueryInput) { in.Select, in.ProjectionExpression = s, nil }
}

var p = item{":p": "p"}

func pAnd(more item) item {
	values := item{":p": "p"}
	for name, v := range more {
		values[name] = v
	}
	return values
}

// sortKeys writes items with sort keys of a type and tells in which order a query has them.
func sortKeys(kind string, keys ...any) func(*run) string {
	return func(r *run) string {
		for _, k := range keys {
			r.has(r.sorted(kind), item{"pk": "p", "sk": k})
		}
		return r.query(&dynamodb.QueryInput{
			TableName: r.sorted(kind), KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: p.values(), ProjectionExpression: aws.String("sk"),
		})
	}
}

var queryFacts = []fact{
	{"query-number-order", documented, "Numbers are in the order of their values.", sortKeys("N", 10, 9, -1, 1.5, -10, 0), "[{sk: -10} {sk: -1} {sk: 0} {sk: 1.5} {sk: 9} {sk: 10}]"},
	{"query-text-order", documented, "Text is in the order of UTF-8's bytes.", sortKeys("S", "b", "a", "B", "é", "aa", "10", "9"), `[{sk: "10"} {sk: "9"} {sk: "B"} {sk: "a"} {sk: "aa"} {sk: "b"} {sk: "é"}]`},
	{"query-binary-order", documented, "Bytes are without a sign.", sortKeys("B", []byte{255}, []byte{1}, []byte{1, 0}, []byte{127}), `[{sk: B"\x01"} {sk: B"\x01\x00"} {sk: B"\x7f"} {sk: B"\xff"}]`},
	{"query-backwards", documented, "ScanIndexForward false turns the order round.", asking("pk = :p", p, backwards, limit(2)), `[{sk: 10} {sk: 5}] LastEvaluatedKey {pk: "p", sk: 5}`},
	{"query-equals", documented, "The sort key may be compared.", asking("pk = :p AND sk = :n", pAnd(item{":n": number("5.0")})), "[{sk: 5}]"},
	{"query-less", documented, "With <.", asking("pk = :p AND sk < :n", pAnd(item{":n": 0})), "[{sk: -10} {sk: -5}]"},
	{"query-less-or-equal", documented, "With <=.", asking("pk = :p AND sk <= :n", pAnd(item{":n": 0})), "[{sk: -10} {sk: -5} {sk: 0}]"},
	{"query-greater", documented, "With >.", asking("pk = :p AND sk > :n", pAnd(item{":n": 0})), "[{sk: 5} {sk: 10}]"},
	{"query-greater-or-equal", documented, "With >=.", asking("sk >= :n AND pk = :p", pAnd(item{":n": 0})), "[{sk: 0} {sk: 5} {sk: 10}]"},
	{"query-between", documented, "With BETWEEN, backwards too.", asking("pk = :p AND sk BETWEEN :a AND :b", pAnd(item{":a": -6, ":b": 5}), backwards), "[{sk: 5} {sk: 0} {sk: -5}]"},
	{"query-begins-with", documented, "With begins_with.", func(r *run) string {
		for _, k := range []string{"a", "ab", "abc", "b", "aB"} {
			r.has(r.sorted("S"), item{"pk": "p", "sk": k})
		}
		return r.query(&dynamodb.QueryInput{TableName: r.sorted("S"), KeyConditionExpression: aws.String("pk = :p AND begins_with(sk, :s)"),
			ExpressionAttributeValues: pAnd(item{":s": "ab"}).values(), ProjectionExpression: aws.String("sk")})
	}, `[{sk: "ab"} {sk: "abc"}]`},
	{"query-none", documented, "No item is an empty answer.", asking("pk = :p", item{":p": "nobody"}), "[]"},
	{"query-reversed-operands", measured, "The value may come first.", asking(":p = pk AND :n < sk", pAnd(item{":n": 0})), "[{sk: 5} {sk: 10}]"},
	{"query-parentheses", measured, "Parentheses are allowed.", asking("(pk = :p) AND (sk > :n)", pAnd(item{":n": 0})), "[{sk: 5} {sk: 10}]"},
	{"query-count", documented, "Select COUNT gives no items.", asking("pk = :p", p, selecting(types.SelectCount)), "[] Count 5 ScannedCount 5"},
	{"query-count-with-projection", documented, "And goes with no projection.", asking("pk = :p", p, func(in *dynamodb.QueryInput) { in.Select = types.SelectCount }),
		"ValidationException: Cannot specify the ProjectionExpression when choosing to get only the Count"},
	{"query-specific-without-projection", documented, "SPECIFIC_ATTRIBUTES needs one.", asking("pk = :p", p, selecting(types.SelectSpecificAttributes)),
		"ValidationException: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
}

var pageFacts = []fact{
	{"query-limit", documented, "Limit is how many items are read.", asking("pk = :p", p, limit(2)), `[{sk: -10} {sk: -5}] LastEvaluatedKey {pk: "p", sk: -5}`},
	{"query-limit-of-all", measured, "LastEvaluatedKey may be there although nothing follows.", asking("pk = :p", p, limit(5)), `[{sk: -10} {sk: -5} {sk: 0} {sk: 5} {sk: 10}] LastEvaluatedKey {pk: "p", sk: 10}`},
	{"query-limit-beyond", documented, "Otherwise it is the end.", asking("pk = :p", p, limit(6)), "[{sk: -10} {sk: -5} {sk: 0} {sk: 5} {sk: 10}]"},
	{"query-limit-zero", documented, "Limit is at least 1.", asking("pk = :p", p, limit(0)), "ValidationException"},
	{"query-filter", documented, "A filter works after reading.", asking("pk = :p", pAnd(item{":n": 3}), filter("m.n >= :n")), "[{sk: 5} {sk: 10}] Count 2 ScannedCount 5"},
	{"query-filter-limit", documented, "So Limit with a filter can give nothing, and a LastEvaluatedKey.", asking("pk = :p", pAnd(item{":n": 3}), filter("n >= :n"), limit(2)),
		`[] Count 0 ScannedCount 2 LastEvaluatedKey {pk: "p", sk: -5}`},
	{"query-start", documented, "ExclusiveStartKey goes on behind a key.", asking("pk = :p", p, startAt(item{"pk": "p", "sk": 0})), "[{sk: 5} {sk: 10}]"},
	{"query-start-of-no-item", documented, "Also if the item is gone.", asking("pk = :p", p, startAt(item{"pk": "p", "sk": 1})), "[{sk: 5} {sk: 10}]"},
	{"query-start-backwards", documented, "Also backwards.", asking("pk = :p", p, startAt(item{"pk": "p", "sk": 1}), backwards), "[{sk: 0} {sk: -5} {sk: -10}]"},
	{"query-start-of-another", measured, "The start has to be in what is asked for.", asking("pk = :p", p, startAt(item{"pk": "q", "sk": 1})),
		"ValidationException: The provided starting key does not match the range key predicate"},
	{"query-start-incomplete", measured, "And has to be a whole key.", asking("pk = :p", p, startAt(item{"pk": "p"})), "ValidationException"},
	{"query-1mb", documented, "A page ends after 1 MB; Limit is not needed for that.", megabytes(4, ""), "3 items LastEvaluatedKey 2, 1 items"},
	{"query-1mb-filter", documented, "What a filter removes counts too.", megabytes(4, "attribute_not_exists(s)"), "0 items LastEvaluatedKey 2, 0 items"},
	{"query-1mb-count", documented, "So it does for COUNT.", func(r *run) string {
		r.read("megabytes", func(r *run) { r.writeMegabytes(4) })
		return r.query(&dynamodb.QueryInput{TableName: r.sorted("N"), KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: p.values(), Select: types.SelectCount})
	}, `[] Count 3 ScannedCount 3 LastEvaluatedKey {pk: "p", sk: 2}`},
	{"paginator", documented, "The SDK's paginator reads all pages.", func(r *run) string {
		r.read("five orders", (*run).five)
		pages := dynamodb.NewQueryPaginator(r.db, &dynamodb.QueryInput{
			TableName: r.orders(), KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: p.values(), Limit: aws.Int32(2),
		})
		var counts []string
		for pages.HasMorePages() {
			out, err := pages.NextPage(r.t.Context())
			if err != nil {
				return r.outcome(err)
			}
			counts = append(counts, fmt.Sprint(out.Count))
		}
		return strings.Join(counts, " ")
	}, "2 2 1"},
}

// megabytes writes items of "p" with almost 400 KB each.
func (r *run) writeMegabytes(n int) {
	for i := range n {
		r.has(r.sorted("N"), item{"pk": "p", "sk": i, "s": strings.Repeat("x", 399<<10)})
	}
}

// megabytes reads them all in two pages.
func megabytes(n int, filter string) func(*run) string {
	return func(r *run) string {
		r.read("megabytes", func(r *run) { r.writeMegabytes(n) })
		in := &dynamodb.QueryInput{TableName: r.sorted("N"), KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: p.values()}
		if filter != "" {
			in.FilterExpression = &filter
		}
		first, err := r.db.Query(r.t.Context(), in)
		if err != nil {
			return r.outcome(err)
		}
		in.ExclusiveStartKey = first.LastEvaluatedKey
		second, err := r.db.Query(r.t.Context(), in)
		if err != nil {
			return r.outcome(err)
		}
		s := fmt.Sprintf("%d items", first.Count)
		if first.LastEvaluatedKey != nil {
			s += " LastEvaluatedKey " + value(first.LastEvaluatedKey["sk"])
		}
		return s + fmt.Sprintf(", %d items", second.Count)
	}
}

const noKeyOperator = "ValidationException: Invalid operator used in KeyConditionExpression: "

var keyConditionFacts = []fact{
	{"query-without-condition", documented, "Query needs a key condition.", func(r *run) string { return r.query(&dynamodb.QueryInput{}) },
		"ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."},
	{"query-without-partition-key", documented, "With the partition key.", asking("sk = :n", item{":n": 1}), "ValidationException: Query condition missed key schema element: pk"},
	{"query-other-attribute", documented, "Other attributes are no keys.", asking("pk = :p AND n = :n", pAnd(item{":n": 1})), "ValidationException: Query condition missed key schema element: sk"},
	{"query-partition-key-less", documented, "The partition key can only be equal.", asking("pk < :p", p), "ValidationException: Query key condition not supported"},
	{"query-partition-key-begins", documented, "It has no begins_with.", asking("begins_with(pk, :p)", p), "ValidationException: Query key condition not supported"},
	{"query-or", documented, "There is no OR.", asking("pk = :p OR pk = :q", pAnd(item{":q": "q"})), noKeyOperator + "OR"},
	{"query-not-equal", documented, "There is no <>.", asking("pk = :p AND sk <> :n", pAnd(item{":n": 1})), noKeyOperator + "<>"},
	{"query-in", documented, "There is no IN.", asking("pk = :p AND sk IN (:n)", pAnd(item{":n": 1})), noKeyOperator + "IN"},
	{"query-contains", documented, "There is no contains.", asking("pk = :p AND contains(sk, :n)", pAnd(item{":n": "1"})), noKeyOperator + "contains"},
	{"query-two-conditions", measured, "There is one condition for a key.", asking("pk = :p AND sk > :a AND sk < :b", pAnd(item{":a": 1, ":b": 2})),
		"ValidationException: KeyConditionExpressions must only contain one condition per key"},
	{"query-key-type", measured, "Of the key's type.", asking("pk = :p AND sk = :n", pAnd(item{":n": "1"})),
		"ValidationException: One or more parameter values were invalid: Condition parameter type does not match schema type"},
	{"query-begins-with-number", documented, "begins_with is not for numbers.", asking("pk = :p AND begins_with(sk, :n)", pAnd(item{":n": 1})),
		"ValidationException: Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
	{"query-between-inverted", measured, "BETWEEN has the lower bound first.", asking("pk = :p AND sk BETWEEN :b AND :a", pAnd(item{":a": 1, ":b": 2})),
		"ValidationException: Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
			"lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
	{"query-key-empty", documented, "A key's value is not empty.", asking("pk = :p", item{":p": ""}),
		"ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"},
	{"query-key-is-no-document", measured, "A key is no document.", asking("pk.x = :p", p),
		"ValidationException: Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"},
	{"query-filter-on-key", documented, "A filter may not name the key.", asking("pk = :p", pAnd(item{":n": 1}), filter("sk > :n")),
		"ValidationException: Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
	{"query-reserved-word", documented, "Reserved words need placeholders.", asking("pk = :p", pAnd(item{":n": 1}), filter("count = :n")),
		"ValidationException: Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: count"},
	{"query-unused-value", documented, "Values that are not used are refused.", asking("pk = :p", pAnd(item{":n": 1})),
		"ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:n}"},
}
