package backend_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexed is a query of an index over four orders, of which one is in no index.
func indexed(index, condition string, values item, change ...func(*dynamodb.QueryInput)) func(*run) string {
	return func(r *run) string {
		r.read("indexed orders", func(r *run) {
			r.has(r.orders(),
				item{"pk": "a", "sk": 1, "g": "g", "h": 7, "l": "z", "x": "x", "y": "y"},
				item{"pk": "b", "sk": 0, "g": "g", "h": 7, "l": "z", "x": "x", "y": "y"},
				item{"pk": "a", "sk": 2, "l": "m", "y": "y"},
				item{"pk": "a", "sk": 3},
			)
		})
		in := &dynamodb.QueryInput{IndexName: &index, KeyConditionExpression: &condition, ExpressionAttributeValues: values.values()}
		for _, c := range change {
			c(in)
		}
		return r.query(in)
	}
}

func projecting(expression string) func(*dynamodb.QueryInput) {
	return func(in *dynamodb.QueryInput) { in.ProjectionExpression = &expression }
}

func consistently(in *dynamodb.QueryInput) { in.ConsistentRead = aws.Bool(true) }

var g = item{":g": "g"}

var indexFacts = []fact{
	{"index-keys-only", documented, "A KEYS_ONLY index has the keys of both, in its own order.", indexed("by-g", "g = :g", g), `[{g: "g", pk: "b", sk: 0} {g: "g", pk: "a", sk: 1}]`},
	{"index-all", documented, "An ALL index has all attributes.", indexed("all-h", "h = :h", item{":h": 7}, filter("pk = :b"), func(in *dynamodb.QueryInput) {
		in.ExpressionAttributeValues = item{":h": 7, ":b": "b"}.values()
	}), `[{g: "g", h: 7, l: "z", pk: "b", sk: 0, x: "x", y: "y"}] Count 1 ScannedCount 2`},
	{"index-local", documented, "A local index has another order within a partition; items without its key are not in it.", indexed("by-l", "pk = :p", item{":p": "a"}),
		`[{l: "m", pk: "a", sk: 2} {l: "z", pk: "a", sk: 1, x: "x"}]`},
	{"index-local-fetches", documented, "What a local index does not have is fetched from the table.", indexed("by-l", "pk = :p AND l = :l", item{":p": "a", ":l": "z"}, projecting("y")), `[{y: "y"}]`},
	{"index-local-all-attributes", documented, "Also with ALL_ATTRIBUTES.", indexed("by-l", "pk = :p AND l = :l", item{":p": "a", ":l": "m"}, selecting(types.SelectAllAttributes)),
		`[{l: "m", pk: "a", sk: 2, y: "y"}]`},
	{"index-local-consistent", documented, "A local index can be read consistently.", indexed("by-l", "pk = :p AND l = :l", item{":p": "a", ":l": "m"}, consistently), `[{l: "m", pk: "a", sk: 2}]`},
	{"index-global-consistent", documented, "A global index cannot.", indexed("by-g", "g = :g", g, consistently), "ValidationException: Consistent reads are not supported on global secondary indexes"},
	{"index-unknown", measured, "An index has to be there.", indexed("by-x", "g = :g", g), "ValidationException: The table does not have the specified index: by-x"},
	{"index-wrong-key", documented, "An index is asked for its own key.", indexed("by-g", "pk = :p", item{":p": "a"}), "ValidationException: Query condition missed key schema element: g"},
	{"index-does-not-project", documented, "A global index gives only what it has.", indexed("by-g", "g = :g", g, projecting("x, y")),
		"ValidationException: One or more parameter values were invalid: Global secondary index by-g does not project [x, y]"},
	{"index-all-attributes", documented, "So ALL_ATTRIBUTES is refused.", indexed("by-g", "g = :g", g, selecting(types.SelectAllAttributes)),
		"ValidationException: One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index by-g because its projection type is not ALL"},
	{"index-filter-not-projected", measured, "A filter sees only what the index has.", indexed("by-g", "g = :g", g, filter("attribute_exists(y)")),
		"ValidationException: One or more parameter values were invalid: Secondary index by-g does not project one or more filter attributes: [y]"},
	{"index-filter-on-table-key", documented, "It may name the table's key, if that is not the index's.", indexed("by-g", "g = :g", g, filter("pk <> :g")), `[{g: "g", pk: "b", sk: 0} {g: "g", pk: "a", sk: 1}]`},
	{"index-filter-on-own-key", documented, "But not the index's.", indexed("by-g", "g = :g", g, filter("attribute_exists(sk)")),
		"ValidationException: Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
	{"index-page", documented, "LastEvaluatedKey has the keys of the index and of the table.", indexed("by-g", "g = :g", g, limit(1)),
		`[{g: "g", pk: "b", sk: 0}] LastEvaluatedKey {g: "g", pk: "b", sk: 0}`},
	{"index-start", documented, "With them a query goes on.", indexed("by-g", "g = :g", g, startAt(item{"g": "g", "pk": "b", "sk": 0})), `[{g: "g", pk: "a", sk: 1}]`},
	{"index-start-incomplete", measured, "With one of them missing it does not.", indexed("by-g", "g = :g", g, startAt(item{"pk": "b", "sk": 0})), "ValidationException: The provided starting key is invalid"},
	{"index-key-wrong-type", documented, "An index's key has its type.", func(r *run) string { return r.putTo(r.orders(), item{"pk": "a", "sk": 1, "g": 1}) },
		"ValidationException: One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: by-g"},
	{"index-key-null", documented, "Also not NULL: leave it out.", func(r *run) string { return r.putTo(r.orders(), item{"pk": "a", "sk": 1, "g": nil}) }, "ValidationException"},
	{"index-key-empty", documented, "And is not empty.", func(r *run) string { return r.putTo(r.orders(), item{"pk": "a", "sk": 1, "g": ""}) },
		"ValidationException: One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
			"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-g, IndexKey: g"},
	{"index-key-refused-stores-nothing", documented, "What is refused is not stored.", func(r *run) string {
		_ = r.putTo(r.orders(), item{"pk": "a", "sk": 1, "g": 1})
		return r.getItem(&dynamodb.GetItemInput{TableName: r.orders(), Key: item{"pk": "a", "sk": 1}.values()})
	}, "Item nil"},
	{"index-key-update", documented, "An update may not set it so either.", func(r *run) string {
		return r.updateItem(&dynamodb.UpdateItemInput{TableName: r.orders(), Key: item{"pk": "a", "sk": 1}.values(),
			UpdateExpression: aws.String("SET g = :v"), ExpressionAttributeValues: item{":v": 1}.values()})
	}, "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: by-g"},
	{"index-key-too-large", documented, "An index's partition key has 2048 bytes at most.", func(r *run) string {
		return r.putTo(r.orders(), item{"pk": "a", "sk": 1, "g": strings.Repeat("g", 2049)})
	}, "ValidationException"},
	{"index-follows-update", documented, "An item whose key changes moves.", func(r *run) string {
		r.has(r.orders(), item{"pk": "a", "sk": 1, "g": "old"})
		_ = r.updateItem(&dynamodb.UpdateItemInput{TableName: r.orders(), Key: item{"pk": "a", "sk": 1}.values(),
			UpdateExpression: aws.String("SET g = :v"), ExpressionAttributeValues: item{":v": "new"}.values()})
		in := func(g string) *dynamodb.QueryInput {
			return &dynamodb.QueryInput{IndexName: aws.String("by-g"), KeyConditionExpression: aws.String("g = :g"), ExpressionAttributeValues: item{":g": g}.values()}
		}
		return r.query(in("old")) + " " + r.query(in("new"))
	}, `[] [{g: "new", pk: "a", sk: 1}]`},
	{"index-follows-delete", documented, "An item that is deleted leaves it.", func(r *run) string {
		r.has(r.orders(), item{"pk": "a", "sk": 1, "g": "g"})
		_ = r.deleteItem(&dynamodb.DeleteItemInput{TableName: r.orders(), Key: item{"pk": "a", "sk": 1}.values()})
		return r.scan(&dynamodb.ScanInput{IndexName: aws.String("by-g")})
	}, "[]"},
}

var scanFacts = []fact{
	{"scan-filter-on-key", documented, "A filter of a scan may name the key.", func(r *run) string {
		r.read("five orders", (*run).five)
		return r.scan(&dynamodb.ScanInput{FilterExpression: aws.String("sk > :n"), ExpressionAttributeValues: item{":n": 0}.values(), ProjectionExpression: aws.String("sk")})
	}, "[{sk: 5} {sk: 10}] Count 2 ScannedCount 5"},
	{"scan-limit", documented, "Limit is how many items are read.", func(r *run) string {
		r.read("five orders", (*run).five)
		return r.scan(&dynamodb.ScanInput{Limit: aws.Int32(2), Select: types.SelectCount})
	}, `[] Count 2 ScannedCount 2 LastEvaluatedKey {pk: "p", sk: -5}`},
	{"scan-pages", documented, "Page by page, a scan reads each item once.", func(r *run) string {
		for i := range 23 {
			r.has(r.items(), item{"id": fmt.Sprint(i)})
		}
		return r.scanAll(&dynamodb.ScanInput{TableName: r.items(), Limit: aws.Int32(4)})
	}, "23 items, 23 different"},
	{"scan-segments", documented, "The segments of a parallel scan are parts without overlap.", func(r *run) string {
		for i := range 40 {
			r.has(r.items(), item{"id": fmt.Sprint(i)})
		}
		counts := make([]string, 0, 4)
		empty := 0
		for segment := range int32(4) {
			s := r.scanAll(&dynamodb.ScanInput{TableName: r.items(), Segment: aws.Int32(segment), TotalSegments: aws.Int32(4)})
			counts = append(counts, s)
			if s == "0 items, 0 different" {
				empty++
			}
		}
		total := 0
		for _, c := range counts {
			var n int
			_, _ = fmt.Sscanf(c, "%d", &n)
			total += n
		}
		return fmt.Sprintf("%d items, %d empty segments", total, empty)
	}, "40 items, 0 empty segments"},
	{"scan-segment-alone", documented, "Segment needs TotalSegments.", func(r *run) string { return r.scan(&dynamodb.ScanInput{Segment: aws.Int32(0)}) }, "ValidationException"},
	{"scan-segment-too-large", documented, "Segments are counted from 0.", func(r *run) string {
		return r.scan(&dynamodb.ScanInput{Segment: aws.Int32(2), TotalSegments: aws.Int32(2)})
	}, "ValidationException"},
	{"scan-index", documented, "A scan of an index has what is in it.", func(r *run) string {
		r.has(r.orders(), item{"pk": "a", "sk": 1, "g": "g", "x": "x"}, item{"pk": "a", "sk": 2})
		return r.scan(&dynamodb.ScanInput{IndexName: aws.String("by-g")})
	}, `[{g: "g", pk: "a", sk: 1}]`},
	{"scan-index-consistent", documented, "A global index cannot be read consistently.", func(r *run) string {
		return r.scan(&dynamodb.ScanInput{IndexName: aws.String("by-g"), ConsistentRead: aws.Bool(true)})
	}, "ValidationException: Consistent reads are not supported on global secondary indexes"},
	{"scan-1mb", documented, "A page ends after 1 MB.", func(r *run) string {
		r.read("megabytes", func(r *run) { r.writeMegabytes(4) })
		return r.scan(&dynamodb.ScanInput{TableName: r.sorted("N"), ProjectionExpression: aws.String("sk")})
	}, `[{sk: 0} {sk: 1} {sk: 2}] LastEvaluatedKey {pk: "p", sk: 2}`},
	{"scan-values-without", measured, "Values without an expression are refused.", func(r *run) string {
		return r.scan(&dynamodb.ScanInput{ExpressionAttributeValues: item{":n": 1}.values()})
	}, "ValidationException: ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null"},
}

// scanAll reads all pages.
func (r *run) scanAll(in *dynamodb.ScanInput) string {
	n, seen := 0, []string{}
	for {
		out, err := r.db.Scan(r.t.Context(), in)
		if err != nil {
			return r.outcome(err)
		}
		for _, i := range out.Items {
			n++
			if s := show(i); !slices.Contains(seen, s) {
				seen = append(seen, s)
			}
		}
		if out.LastEvaluatedKey == nil {
			return fmt.Sprintf("%d items, %d different", n, len(seen))
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
