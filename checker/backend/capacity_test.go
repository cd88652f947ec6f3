package backend_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	total    = types.ReturnConsumedCapacityTotal
	indexes  = types.ReturnConsumedCapacityIndexes
	noWord   = types.ReturnConsumedCapacityNone
	wrongOne = types.ReturnConsumedCapacity("ALL")
)

// sized is an item of items, of so many bytes in AWS's count.
func sized(id string, bytes int) item {
	return item{"id": id, "s": strings.Repeat("x", bytes-len("id")-len(id)-len("s"))}
}

// consumed writes down what a call has cost, in short: items 0.5, or with indexes, orders 2 (Table 1, by-g 1). Tables are
// in the order of their kinds, since DynamoDB Local gives them in any.
func (r *run) consumed(err error, all ...types.ConsumedCapacity) string {
	if err != nil {
		return r.outcome(err)
	}
	if len(all) == 0 {
		return "nothing"
	}
	var costs []string
	for _, c := range all {
		cost := fmt.Sprint(r.kindOf(aws.ToString(c.TableName)), " ", *c.CapacityUnits)
		var parts []string
		if c.Table != nil {
			parts = append(parts, fmt.Sprint("Table ", *c.Table.CapacityUnits))
		}
		for _, of := range []map[string]types.Capacity{c.GlobalSecondaryIndexes, c.LocalSecondaryIndexes} {
			for _, name := range slices.Sorted(maps.Keys(of)) {
				parts = append(parts, fmt.Sprint(name, " ", *of[name].CapacityUnits))
			}
		}
		if len(parts) > 0 {
			cost += " (" + strings.Join(parts, ", ") + ")"
		}
		costs = append(costs, cost)
	}
	slices.Sort(costs)
	return strings.Join(costs, ", ")
}

// one is [run.consumed] for an answer about one table.
func (r *run) one(err error, c *types.ConsumedCapacity) string {
	if c == nil {
		return r.consumed(err)
	}
	return r.consumed(err, *c)
}

// kindOf tells a table by what run calls it.
func (r *run) kindOf(name string) string {
	for kind, of := range r.tables {
		switch {
		case of == name:
			return kind
		case strings.HasSuffix(name, ":table/"+of):
			return "the ARN of " + kind
		}
	}
	return name
}

func (r *run) getCost(level types.ReturnConsumedCapacity, in *dynamodb.GetItemInput) string {
	if in.TableName == nil {
		in.TableName = r.items()
	}
	in.ReturnConsumedCapacity = level
	out, err := r.db.GetItem(r.t.Context(), in)
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

func (r *run) putCost(level types.ReturnConsumedCapacity, in *dynamodb.PutItemInput) string {
	in.ReturnConsumedCapacity = level
	out, err := r.db.PutItem(r.t.Context(), in)
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

// updateCost is about the item "a" of items, or that of orders with the keys "a" and 1.
func (r *run) updateCost(table *string, expression string, values item) string {
	key := item{"id": "a"}
	level := total
	if r.kindOf(*table) == "orders" {
		key, level = item{"pk": "a", "sk": 1}, indexes
	}
	out, err := r.db.UpdateItem(r.t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: key.values(), UpdateExpression: &expression, ExpressionAttributeValues: values.values(), ReturnConsumedCapacity: level,
	})
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

func (r *run) deleteCost(level types.ReturnConsumedCapacity, table *string, key item) string {
	out, err := r.db.DeleteItem(r.t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: key.values(), ReturnConsumedCapacity: level})
	if err != nil {
		return r.consumed(err)
	}
	return r.one(nil, out.ConsumedCapacity)
}

// What the parameter means, whatever the operation.
var capacityFacts = []fact{
	{"capacity-total", documented, "ReturnConsumedCapacity tells what a call cost.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		return r.getCost(total, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()})
	}, "items 0.5"},
	{"capacity-indexes", documented, "INDEXES tells it of the table, and of each index, too.", func(r *run) string {
		return r.getCost(indexes, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()})
	}, "items 0.5 (Table 0.5)"},
	{"capacity-none", documented, "NONE is as if it were not there.", func(r *run) string {
		return r.getCost(noWord, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()})
	}, "nothing"},
	{"capacity-invalid", recorded, "Another value is refused.", func(r *run) string {
		return r.getCost(wrongOne, &dynamodb.GetItemInput{Key: item{"id": "a"}.values()})
	}, "ValidationException: 1 validation error detected: Value 'ALL' at 'returnConsumedCapacity' failed to satisfy constraint: " +
		"Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"},
	{"capacity-table-arn", documented, "The table is answered by its ARN, if the request has that.", func(r *run) string {
		out, err := r.db.DescribeTable(r.t.Context(), &dynamodb.DescribeTableInput{TableName: r.items()})
		if err != nil {
			return r.outcome(err)
		}
		return r.getCost(total, &dynamodb.GetItemInput{TableName: out.Table.TableArn, Key: item{"id": "a"}.values()})
	}, "the ARN of items 0.5"},
	{"capacity-condition-fails", documented, "An error tells nothing, though a write whose condition fails consumes capacity.", func(r *run) string {
		r.has(r.items(), item{"id": "a"})
		return r.putCost(total, &dynamodb.PutItemInput{TableName: r.items(), Item: item{"id": "a"}.values(), ConditionExpression: aws.String("attribute_not_exists(id)")})
	}, "ConditionalCheckFailedException: The conditional request failed"},
}
