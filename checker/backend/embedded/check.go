package embedded

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/truora/minidyn/server"
)

type attributes = map[string]*server.AttributeValue

// check is what AWS would refuse and minidyn accepts, in AWS's order: the request by itself, then
// the table, then the request against the table. The caller holds the lock.
func (d *dynamoDB) check(input any) *fault {
	if name, ok := tableName(input); ok {
		if f := checkTableName(name); f != nil {
			return f
		}
	}
	switch in := input.(type) {
	case *server.GetItemInput:
		return d.checkGetItem(in)
	case *server.PutItemInput:
		return d.checkPutItem(in)
	case *server.UpdateItemInput:
		return d.checkKeyed(in.TableName, in.Key, in.ExpressionAttributeValues)
	case *server.DeleteItemInput:
		return d.checkKeyed(in.TableName, in.Key, in.ExpressionAttributeValues)
	case *server.QueryInput:
		return d.checkTableExists(in.TableName)
	case *server.ScanInput:
		return d.checkTableExists(in.TableName)
	default:
		return nil
	}
}

func (d *dynamoDB) checkGetItem(in *server.GetItemInput) *fault {
	if f := checkIgnoredByGetItem(in); f != nil {
		return f
	}
	return d.checkKeyed(in.TableName, in.Key, nil)
}

func (d *dynamoDB) checkPutItem(in *server.PutItemInput) *fault {
	if f := checkIgnoredByPutItem(in); f != nil {
		return f
	}
	if f := checkValues(in.Item); f != nil {
		return f
	}
	if f := checkExpressionValues(in.ExpressionAttributeValues); f != nil {
		return f
	}
	if f := checkItemSize(in.Item); f != nil {
		return f
	}
	if f := d.checkTableExists(in.TableName); f != nil {
		return f
	}
	return checkItemKey(d.tables[aws.ToString(in.TableName)], in.Item)
}

func (d *dynamoDB) checkKeyed(name *string, key, expression attributes) *fault {
	if f := checkValues(key); f != nil {
		return f
	}
	if f := checkExpressionValues(expression); f != nil {
		return f
	}
	if f := d.checkTableExists(name); f != nil {
		return f
	}
	return checkKey(d.tables[aws.ToString(name)], key)
}

func (d *dynamoDB) checkTableExists(name *string) *fault {
	if d.tables[aws.ToString(name)] == nil {
		return noTable()
	}
	return nil
}

// checkExpressionValues is [checkValues], with the words that AWS puts around it.
func checkExpressionValues(values attributes) *fault {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := checkValue(values[name]); f != nil {
			return invalid("ExpressionAttributeValues contains invalid value: " +
				f.Message + " for key " + name)
		}
	}
	return nil
}
