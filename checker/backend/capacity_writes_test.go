package backend_test

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var writeCapacityFacts = []fact{
	{"capacity-put-1kb", documented, "A unit writes 1 KB.", func(r *run) string {
		return r.putCost(total, &dynamodb.PutItemInput{TableName: r.items(), Item: sized("a", 1024).values()}) + ", " +
			r.putCost(indexes, &dynamodb.PutItemInput{TableName: r.items(), Item: sized("b", 1025).values()})
	}, "items 1, items 2 (Table 2)"},
	{"capacity-put-number", recorded, "A number takes a byte, and one for two digits, before and behind the point.", withNumber("3.14159", 5), "items 1, items 2"},
	{"capacity-put-number-negative", recorded, "And one for a sign.", withNumber("-42", 3), "items 1, items 2"},
	{"capacity-put-replaces", documented, "The larger one counts of an item that is replaced, and the new one.", func(r *run) string {
		r.has(r.items(), sized("a", 2500))
		return r.putCost(total, &dynamodb.PutItemInput{TableName: r.items(), Item: item{"id": "a"}.values()})
	}, "items 3"},
	{"capacity-update", documented, "An update costs the whole item.", func(r *run) string {
		r.has(r.items(), sized("a", 2500))
		return r.updateCost(r.items(), "SET n = :n", item{":n": 1})
	}, "items 3"},
	{"capacity-update-shrinks", documented, "As it was, if it was larger.", func(r *run) string {
		r.has(r.items(), sized("a", 2500))
		return r.updateCost(r.items(), "REMOVE s", nil)
	}, "items 3"},
	{"capacity-update-grows", documented, "Or as it is now.", func(r *run) string {
		return r.updateCost(r.items(), "SET s = :s", item{":s": strings.Repeat("x", 1500)})
	}, "items 2"},
	{"capacity-update-creates-nothing", inferred, "An update that makes no item costs the least that there is.", func(r *run) string {
		return r.updateCost(r.items(), "REMOVE s", nil)
	}, "items 1"},
	{"capacity-delete", documented, "DeleteItem costs the item that was.", func(r *run) string {
		r.has(r.items(), sized("a", 2500))
		return r.deleteCost(total, r.items(), item{"id": "a"})
	}, "items 3"},
	{"capacity-delete-missing", recorded, "One unit, if there was none.", func(r *run) string {
		return r.deleteCost(indexes, r.items(), item{"id": "a"})
	}, "items 1 (Table 1)"},
	{"capacity-batchwrite", documented, "In a BatchWriteItem, each item is rounded by itself.", func(r *run) string {
		r.has(r.items(), sized("c", 2500))
		out, err := r.db.BatchWriteItem(r.t.Context(), &dynamodb.BatchWriteItemInput{ReturnConsumedCapacity: indexes, RequestItems: map[string][]types.WriteRequest{
			*r.items():  {batchPut(sized("a", 500)), batchPut(sized("b", 3500)), batchPut(item{"id": "c"})},
			*r.orders(): {batchPut(item{"pk": "a", "sk": 1, "g": "g"}), batchPut(item{"pk": "a", "sk": 2})},
		}})
		if err != nil {
			return r.consumed(err)
		}
		return r.consumed(nil, out.ConsumedCapacity...)
	}, "items 8 (Table 8), orders 3 (Table 2, by-g 1)"},
	{"capacity-batchwrite-delete-missing", recorded, "And costs one unit, if there is none.", func(r *run) string {
		out, err := r.db.BatchWriteItem(r.t.Context(), &dynamodb.BatchWriteItemInput{
			ReturnConsumedCapacity: total, RequestItems: map[string][]types.WriteRequest{*r.items(): {batchDelete(item{"id": "a"})}},
		})
		if err != nil {
			return r.consumed(err)
		}
		return r.consumed(nil, out.ConsumedCapacity...)
	}, "items 1"},
}

// withNumber puts an item that has 1 KB, if a number takes so many bytes, and one that has a byte more.
func withNumber(n string, bytes int) func(*run) string {
	return func(r *run) string {
		var costs []string
		for _, size := range []int{1024, 1025} {
			i := sized("a", size-bytes-len("n"))
			i["n"] = number(n)
			costs = append(costs, r.putCost(total, &dynamodb.PutItemInput{TableName: r.items(), Item: i.values()}))
			_ = r.deleteCost(total, r.items(), item{"id": "a"})
		}
		return strings.Join(costs, ", ")
	}
}

// putOrder writes the item of orders with the keys "a" and 1, and tells what it cost, index by index.
func (r *run) putOrder(more item) string {
	i := item{"pk": "a", "sk": 1}
	for name, v := range more {
		i[name] = v
	}
	return r.putCost(indexes, &dynamodb.PutItemInput{TableName: r.orders(), Item: i.values()})
}

// after is an update of the order that is in all indexes.
func after(expression string, values item) func(*run) string {
	return func(r *run) string {
		r.has(r.orders(), item{"pk": "a", "sk": 1, "g": "g", "h": 1, "l": "l", "x": "x", "y": "y"})
		return r.updateCost(r.orders(), expression, values)
	}
}

var indexCapacityFacts = []fact{
	{"capacity-index-none", recorded, "An index that an item is not in costs nothing, and is not told of.", func(r *run) string { return r.putOrder(nil) }, "orders 1 (Table 1)"},
	{"capacity-index-put", recorded, "One that it gets into costs a write.", func(r *run) string { return r.putOrder(item{"g": "g", "l": "l"}) }, "orders 3 (Table 1, by-g 1, by-l 1)"},
	{"capacity-index-total", recorded, "TOTAL has it, too.", func(r *run) string {
		return r.putCost(total, &dynamodb.PutItemInput{TableName: r.orders(), Item: item{"pk": "a", "sk": 1, "g": "g", "l": "l"}.values()})
	}, "orders 3"},
	{"capacity-index-size", documented, "Of what the index has of the item.", func(r *run) string {
		return r.putOrder(item{"g": "g", "h": 1, "l": "l", "x": strings.Repeat("x", 1500), "y": strings.Repeat("y", 3000)})
	}, "orders 13 (Table 5, all-h 5, by-g 1, by-l 2)"},
	{"capacity-index-same", recorded, "The same item again costs indexes nothing.", func(r *run) string {
		_ = r.putOrder(item{"g": "g", "h": 1, "l": "l"})
		return r.putOrder(item{"g": "g", "h": 1, "l": "l"})
	}, "orders 1 (Table 1)"},
	{"capacity-index-key", recorded, "Another key of an index costs two writes: one where it was, and one where it is.", after("SET g = :v", item{":v": "other"}), "orders 4 (Table 1, all-h 1, by-g 2)"},
	{"capacity-index-key-local", recorded, "Also of a local index.", after("SET l = :v", item{":v": "other"}), "orders 4 (Table 1, all-h 1, by-l 2)"},
	{"capacity-index-key-removed", recorded, "Without its key, the index loses the item, which is one write.", after("REMOVE g", nil), "orders 3 (Table 1, all-h 1, by-g 1)"},
	{"capacity-index-projected", recorded, "Another attribute costs the indexes that have it.", after("SET x = :v", item{":v": "other"}), "orders 3 (Table 1, all-h 1, by-l 1)"},
	{"capacity-index-not-projected", recorded, "And no other ones.", after("SET y = :v", item{":v": "other"}), "orders 2 (Table 1, all-h 1)"},
	{"capacity-index-delete", recorded, "A deletion costs each index that had the item.", func(r *run) string {
		_ = r.putOrder(item{"g": "g", "l": "l"})
		return r.deleteCost(indexes, r.orders(), item{"pk": "a", "sk": 1})
	}, "orders 3 (Table 1, by-g 1, by-l 1)"},
}

// transactCost is what each of some identical requests cost.
func (r *run) transactCost(times int, tell func(...types.ConsumedCapacity) string, items ...types.TransactWriteItem) string {
	in := &dynamodb.TransactWriteItemsInput{TransactItems: items, ReturnConsumedCapacity: indexes, ClientRequestToken: aws.String(rand.Text())}
	var costs []string
	for range times {
		out, err := r.db.TransactWriteItems(r.t.Context(), in)
		if err != nil {
			return r.outcome(err)
		}
		costs = append(costs, tell(out.ConsumedCapacity...))
	}
	return strings.Join(costs, ", then ")
}

func (r *run) told(all ...types.ConsumedCapacity) string { return r.consumed(nil, all...) }

// kinds says which units are told apart.
func kinds(all ...types.ConsumedCapacity) string {
	of := func(read, write *float64) string {
		switch {
		case read != nil && write != nil:
			return fmt.Sprint("read ", *read, ", write ", *write)
		case read != nil:
			return fmt.Sprint("read ", *read)
		case write != nil:
			return fmt.Sprint("write ", *write)
		default:
			return "neither"
		}
	}
	c := all[0]
	s := of(c.ReadCapacityUnits, c.WriteCapacityUnits)
	if c.Table != nil {
		s += ", in Table: " + of(c.Table.ReadCapacityUnits, c.Table.WriteCapacityUnits)
	}
	return s
}

func txDelete(table *string, k item) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{TableName: table, Key: k.values()}}
}

var transactionCapacityFacts = []fact{
	{"capacity-transact", documented, "A transaction costs its write twice.", func(r *run) string {
		return r.transactCost(1, r.told, txPut(r.items(), sized("a", 1500)), txPut(r.orders(), item{"pk": "a", "sk": 1}))
	}, "items 4 (Table 4), orders 2 (Table 2)"},
	{"capacity-transact-several", recorded, "Each of them.", func(r *run) string {
		r.has(r.items(), sized("b", 1500), item{"id": "c"})
		return r.transactCost(1, r.told, txPut(r.items(), sized("a", 1500)), txUpdate(r.items(), item{"id": "b"}, "SET n = :n", item{":n": 1}),
			txDelete(r.items(), item{"id": "c"}))
	}, "items 10 (Table 10)"},
	{"capacity-transact-check", recorded, "A ConditionCheck costs as much as a write.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		return r.transactCost(1, r.told, txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)"))
	}, "items 2 (Table 2)"},
	{"capacity-transact-check-missing", measured, "Also of an item that is not there.", func(r *run) string {
		return r.transactCost(1, r.told, txCheck(r.items(), item{"id": "a"}, "attribute_not_exists(id)"))
	}, "items 2 (Table 2)"},
	{"capacity-transact-kind", recorded, "It says that the units are for writes, which other writes do not say.", func(r *run) string {
		return r.transactCost(1, kinds, txPut(r.items(), item{"id": "a"}))
	}, "write 2, in Table: write 2"},
	{"capacity-transact-again", recorded, "With the same token it costs reads of the items.", func(r *run) string {
		return r.transactCost(2, r.told, txPut(r.items(), sized("a", 1500)))
	}, "items 4 (Table 4), then items 2 (Table 2)"},
	{"capacity-transact-again-kind", recorded, "And says so.", func(r *run) string {
		return r.transactCost(2, kinds, txPut(r.items(), sized("a", 1500)))
	}, "write 4, in Table: write 4, then read 2, in Table: read 2"},
	{"capacity-transact-cancelled", recorded, "A transaction that is cancelled tells nothing.", func(r *run) string {
		return r.transactCost(1, r.told, txCheck(r.items(), item{"id": "a"}, "attribute_exists(id)"))
	}, cancelled + "[ConditionalCheckFailed]"},
}
