package embedded

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/truora/minidyn/server"
)

// putItem returns what AWS returns. minidyn would answer every PutItem with the new item, whatever
// ReturnValues says, and knows no ReturnValuesOnConditionCheckFailure here. The lock is held, so
// the item read first is the one that is replaced.
func (d *dynamoDB) putItem(req *request, in *server.PutItemInput) answer {
	onSuccess := in.ReturnValues == types.ReturnValueAllOld
	onFailure := in.ReturnValuesOnConditionCheckFailure == types.ReturnValuesOnConditionCheckFailureAllOld
	var old map[string]*server.AttributeValue
	if onSuccess || onFailure {
		item, f := d.storedItem(in.TableName, in.Item)
		if f != nil {
			return f.answer()
		}
		old = item
	}

	a := d.forward(req.operation, req.body)
	if a.status == http.StatusOK {
		var out server.PutItemOutput
		if onSuccess {
			out.Attributes = old
		}
		return answer{status: http.StatusOK, body: mustMarshal(out)}
	}
	var f fault
	if onFailure && json.Unmarshal(a.body, &f) == nil && strings.HasSuffix(f.Type, "#ConditionalCheckFailedException") {
		f.status, f.Item = a.status, old
		return f.answer()
	}
	return a
}

// storedItem reads the item that has the same key; nil if there is none.
func (d *dynamoDB) storedItem(name *string, item map[string]*server.AttributeValue) (map[string]*server.AttributeValue, *fault) {
	in := server.GetItemInput{TableName: name, Key: map[string]*server.AttributeValue{}}
	for _, k := range d.tables[aws.ToString(name)].keys {
		in.Key[k.name] = item[k.name]
	}
	a := d.forward("GetItem", mustMarshal(in))
	var out server.GetItemOutput
	if err := json.Unmarshal(a.body, &out); err != nil || a.status != http.StatusOK {
		return nil, internal("reading the old item: " + string(a.body))
	}
	return out.Item, nil
}
