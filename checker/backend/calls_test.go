package backend_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The calls here are those of the SDK, in short: TableName is items unless it is set, and the outcome is
// one line.

func (r *run) get(k item) string { return r.getItem(&dynamodb.GetItemInput{Key: k.values()}) }

func (r *run) getItem(in *dynamodb.GetItemInput) string {
	if in.TableName == nil {
		in.TableName = r.items()
	}
	out, err := r.db.GetItem(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	if out.Item == nil {
		return "Item nil"
	}
	return show(out.Item)
}

func (r *run) put(i item) string { return r.putItem(&dynamodb.PutItemInput{Item: i.values()}) }

func (r *run) putTo(table *string, i item) string {
	return r.putItem(&dynamodb.PutItemInput{TableName: table, Item: i.values()})
}

func (r *run) putItem(in *dynamodb.PutItemInput) string {
	if in.TableName == nil {
		in.TableName = r.items()
	}
	out, err := r.db.PutItem(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	return r.outcome(nil, attributesOf(out.Attributes))
}

func attributesOf(i map[string]types.AttributeValue) string {
	if i == nil {
		return ""
	}
	return show(i)
}

// update changes the item "a" of items and tells what it then is.
func (r *run) update(expression string, values item) string {
	return r.updateItem(&dynamodb.UpdateItemInput{
		UpdateExpression: &expression, ExpressionAttributeValues: values.values(), ReturnValues: types.ReturnValueAllNew,
	})
}

func (r *run) updateItem(in *dynamodb.UpdateItemInput) string {
	if in.TableName == nil {
		in.TableName = r.items()
	}
	if in.Key == nil {
		in.Key = item{"id": "a"}.values()
	}
	out, err := r.db.UpdateItem(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	return r.outcome(nil, attributesOf(out.Attributes))
}

func (r *run) deleteItem(in *dynamodb.DeleteItemInput) string {
	if in.TableName == nil {
		in.TableName = r.items()
	}
	out, err := r.db.DeleteItem(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	return r.outcome(nil, attributesOf(out.Attributes))
}

// query asks orders unless the input says something else.
func (r *run) query(in *dynamodb.QueryInput) string {
	if in.TableName == nil {
		in.TableName = r.orders()
	}
	out, err := r.db.Query(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	return page(out.Items, out.Count, out.ScannedCount, out.LastEvaluatedKey)
}

func (r *run) scan(in *dynamodb.ScanInput) string {
	if in.TableName == nil {
		in.TableName = r.orders()
	}
	out, err := r.db.Scan(r.t.Context(), in)
	if err != nil {
		return r.outcome(err)
	}
	return page(out.Items, out.Count, out.ScannedCount, out.LastEvaluatedKey)
}

// page is [items] with the counts, unless they say no more, and the LastEvaluatedKey if there is one.
func page(items []map[string]types.AttributeValue, count, scanned int32, last map[string]types.AttributeValue) string {
	s := showAll(items)
	if int(count) != len(items) || scanned != count {
		s += fmt.Sprintf(" Count %d ScannedCount %d", count, scanned)
	}
	if last != nil {
		s += " LastEvaluatedKey " + show(last)
	}
	return s
}

func (r *run) transact(items ...types.TransactWriteItem) string {
	return r.transactWrite(&dynamodb.TransactWriteItemsInput{TransactItems: items})
}

func (r *run) transactWrite(in *dynamodb.TransactWriteItemsInput) string {
	_, err := r.db.TransactWriteItems(r.t.Context(), in)
	return r.outcome(err)
}

func txPut(table *string, i item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: table, Item: i.values()}}
}

func txCheck(table *string, k item, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: table, Key: k.values(), ConditionExpression: &condition}}
}

func txUpdate(table *string, k item, expression string, values item) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: table, Key: k.values(), UpdateExpression: &expression, ExpressionAttributeValues: values.values(),
	}}
}

func (r *run) batchWrite(table *string, requests ...types.WriteRequest) string {
	out, err := r.db.BatchWriteItem(r.t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*table: requests}})
	if err != nil {
		return r.outcome(err)
	}
	if len(out.UnprocessedItems) > 0 {
		return fmt.Sprintf("%d unprocessed", len(out.UnprocessedItems[*table]))
	}
	return "OK"
}

func batchPut(i item) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: i.values()}}
}

func batchDelete(k item) types.WriteRequest {
	return types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k.values()}}
}

// names are ExpressionAttributeNames.
type names = map[string]string

// conditional is a condition on an item {id: "a", …}: true, false, or the error.
func conditional(i item, condition string, values item) func(*run) string {
	return conditionalWithNames(i, condition, nil, values)
}

func conditionalWithNames(i item, condition string, n names, values item) func(*run) string {
	return func(r *run) string {
		if i != nil {
			full := item{"id": "a"}
			for name, v := range i {
				full[name] = v
			}
			r.has(r.items(), full)
		}
		switch s := r.deleteItem(&dynamodb.DeleteItemInput{
			Key: item{"id": "a"}.values(), ConditionExpression: aws.String(condition), ExpressionAttributeNames: n, ExpressionAttributeValues: values.values(),
		}); s {
		case "OK":
			return "true"
		case "ConditionalCheckFailedException: The conditional request failed":
			return "false"
		default:
			return s
		}
	}
}
