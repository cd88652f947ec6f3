package backend_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// largeOrders are five items of 2 KB in one partition, of which by-g has a few bytes, by-l the half, and all-h all.
func largeOrders(r *run) {
	for n := range 5 {
		half := strings.Repeat("x", 1000)
		r.has(r.orders(), item{"pk": "a", "sk": n, "g": "g", "h": 1, "l": "l", "x": half, "y": half})
	}
}

// queryCost asks for the large orders, with an index by its own key.
func (r *run) queryCost(level types.ReturnConsumedCapacity, in *dynamodb.QueryInput) string {
	r.read("large orders", largeOrders)
	in.TableName, in.ReturnConsumedCapacity = r.orders(), level
	if in.ExpressionAttributeValues == nil {
		in.ExpressionAttributeValues = map[string]types.AttributeValue{}
	}
	condition, value := "pk = :key", valueOf("a")
	switch aws.ToString(in.IndexName) {
	case "by-g":
		condition, value = "g = :key", valueOf("g")
	case "all-h":
		condition, value = "h = :key", valueOf(1)
	}
	in.KeyConditionExpression = &condition
	if in.ExpressionAttributeValues[":key"] == nil {
		in.ExpressionAttributeValues[":key"] = value
	}
	out, err := r.db.Query(r.t.Context(), in)
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

// scanCost reads the large orders.
func (r *run) scanCost(in *dynamodb.ScanInput) string {
	r.read("large orders", largeOrders)
	in.TableName, in.ReturnConsumedCapacity = r.orders(), indexes
	out, err := r.db.Scan(r.t.Context(), in)
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

var readCapacityFacts = []fact{
	{"capacity-get-missing", documented, "A read of nothing costs as much as one of a small item.", func(r *run) string {
		return r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()})
	}, "items 0.5"},
	{"capacity-get-consistent", documented, "A strongly consistent read costs twice as much.", func(r *run) string {
		return r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ConsistentRead: aws.Bool(true)})
	}, "items 1"},
	{"capacity-get-4kb", documented, "A unit reads 4 KB.", func(r *run) string {
		r.has(r.items(), sized("a", 4096), sized("b", 4097))
		return r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()}) + ", " + r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "b"}.values()})
	}, "items 0.5, items 1"},
	{"capacity-get-projection", documented, "The size of the item counts, whatever part of it is asked for.", func(r *run) string {
		r.has(r.items(), sized("a", 9000))
		return r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "a"}.values(), ProjectionExpression: aws.String("id")})
	}, "items 1.5"},
	{"capacity-query", documented, "What a Query reads is added up before it is rounded.", func(r *run) string {
		return r.queryCost(indexes, &dynamodb.QueryInput{})
	}, "orders 1.5 (Table 1.5)"},
	{"capacity-query-consistent", documented, "Strongly consistent, it costs twice as much.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{ConsistentRead: aws.Bool(true)})
	}, "orders 3"},
	{"capacity-query-filter", documented, "What the filter leaves out costs as much.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{FilterExpression: aws.String("y = :y"), ExpressionAttributeValues: item{":y": "none"}.values()})
	}, "orders 1.5"},
	{"capacity-query-count", documented, "So does counting.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{Select: types.SelectCount})
	}, "orders 1.5"},
	{"capacity-query-page", documented, "A page costs what it has read.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{Limit: aws.Int32(1)})
	}, "orders 0.5"},
	{"capacity-query-nothing", documented, "A Query that finds nothing costs the least that there is.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{ExpressionAttributeValues: item{":key": "none"}.values()})
	}, "orders 0.5"},
	{"capacity-query-index", recorded, "From an index, what the index has of the items counts.", func(r *run) string {
		return r.queryCost(indexes, &dynamodb.QueryInput{IndexName: aws.String("by-g")})
	}, "orders 0.5 (Table 0, by-g 0.5)"},
	{"capacity-query-index-all", recorded, "Which is all of them, if it projects all.", func(r *run) string {
		return r.queryCost(indexes, &dynamodb.QueryInput{IndexName: aws.String("all-h")})
	}, "orders 1.5 (Table 0, all-h 1.5)"},
	{"capacity-query-local", recorded, "A local index is no different.", func(r *run) string {
		return r.queryCost(indexes, &dynamodb.QueryInput{IndexName: aws.String("by-l")})
	}, "orders 1 (Table 0, by-l 1)"},
	{"capacity-query-local-fetches", documented, "What it has to fetch from the table costs a read of each item, too.", func(r *run) string {
		return r.queryCost(indexes, &dynamodb.QueryInput{IndexName: aws.String("by-l"), Select: types.SelectAllAttributes})
	}, "orders 3.5 (Table 2.5, by-l 1)"},
	{"capacity-query-local-projection", documented, "Also for one attribute.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{IndexName: aws.String("by-l"), ProjectionExpression: aws.String("y")})
	}, "orders 3.5"},
	{"capacity-query-local-projected", documented, "But not for those that the index has.", func(r *run) string {
		return r.queryCost(total, &dynamodb.QueryInput{IndexName: aws.String("by-l"), ProjectionExpression: aws.String("x")})
	}, "orders 1"},
	{"capacity-scan", documented, "A Scan costs what it reads, before the filter.", func(r *run) string {
		return r.scanCost(&dynamodb.ScanInput{FilterExpression: aws.String("y = :y"), ExpressionAttributeValues: item{":y": "none"}.values()})
	}, "orders 1.5 (Table 1.5)"},
	{"capacity-scan-index", documented, "Of an index, what the index has.", func(r *run) string {
		return r.scanCost(&dynamodb.ScanInput{IndexName: aws.String("by-g")})
	}, "orders 0.5 (Table 0, by-g 0.5)"},
	{"capacity-scan-local-fetches", documented, "A Scan of a local index fetches as a Query does.", func(r *run) string {
		return r.scanCost(&dynamodb.ScanInput{IndexName: aws.String("by-l"), Select: types.SelectAllAttributes})
	}, "orders 3.5 (Table 2.5, by-l 1)"},
	{"capacity-batchget", documented, "In a BatchGetItem, each item is rounded by itself.", func(r *run) string {
		r.has(r.items(), sized("a", 1500), sized("b", 6500))
		r.has(r.orders(), item{"pk": "a", "sk": 1})
		return r.batchGetCost(indexes, "a", "b")
	}, "items 1.5 (Table 1.5), orders 1 (Table 1)"},
	{"capacity-batchget-missing", recorded, "Also one that is not there.", func(r *run) string {
		return r.batchGetCost(total, "a", "b")
	}, "items 1, orders 1"},
	{"capacity-transactget", recorded, "TransactGetItems costs twice as much as strongly consistent reads.", func(r *run) string {
		r.has(r.items(), sized("a", 6500))
		out, err := r.transactGetOf(item{"id": "a"}, item{"id": "b"})
		if err != nil {
			return r.consumed(err)
		}
		return r.consumed(nil, out.ConsumedCapacity...)
	}, "items 6 (Table 6)"},
	{"capacity-transactget-kind", reported, "It says that the units are for reads, which other reads do not say.", func(r *run) string {
		out, err := r.transactGetOf(item{"id": "a"})
		if err != nil {
			return r.consumed(err)
		}
		return kinds(out.ConsumedCapacity[0])
	}, "read 2, in Table: read 2"},
}

// batchGetCost asks for ids of items, and for an order with ConsistentRead.
func (r *run) batchGetCost(level types.ReturnConsumedCapacity, ids ...string) string {
	var keys []map[string]types.AttributeValue
	for _, id := range ids {
		keys = append(keys, item{"id": id}.values())
	}
	out, err := r.db.BatchGetItem(r.t.Context(), &dynamodb.BatchGetItemInput{
		ReturnConsumedCapacity: level,
		RequestItems: map[string]types.KeysAndAttributes{
			*r.items():  {Keys: keys},
			*r.orders(): {Keys: []map[string]types.AttributeValue{item{"pk": "a", "sk": 1}.values()}, ConsistentRead: aws.Bool(true)},
		},
	})
	if err != nil {
		return r.consumed(err)
	}
	return r.consumed(nil, out.ConsumedCapacity...)
}

func (r *run) transactGetOf(keys ...item) (*dynamodb.TransactGetItemsOutput, error) {
	in := &dynamodb.TransactGetItemsInput{ReturnConsumedCapacity: indexes}
	for _, k := range keys {
		in.TransactItems = append(in.TransactItems, types.TransactGetItem{Get: &types.Get{TableName: r.items(), Key: k.values()}})
	}
	return r.db.TransactGetItems(r.t.Context(), in) //nolint:wrapcheck // it is an outcome
}
