package embedded

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/truora/minidyn/server"
)

// table is what the checks know of a table, and what its description lacks in minidyn.
type table struct {
	keys        []key // partition key first
	definitions []types.AttributeDefinition
	created     time.Time
}

// key is one attribute of a table's primary key.
type key struct {
	name string
	kind string // S, N or B
}

func newTable(in *server.CreateTableInput, now time.Time) *table {
	t := &table{definitions: in.AttributeDefinitions, created: now}
	kinds := map[string]string{}
	for _, d := range in.AttributeDefinitions {
		kinds[aws.ToString(d.AttributeName)] = string(d.AttributeType)
	}
	for _, element := range in.KeySchema {
		name := aws.ToString(element.AttributeName)
		k := key{name: name, kind: kinds[name]}
		if element.KeyType == types.KeyTypeHash {
			t.keys = slices.Insert(t.keys, 0, k)
		} else {
			t.keys = append(t.keys, k)
		}
	}
	return t
}

func (d *dynamoDB) createTable(req *request, in *server.CreateTableInput) answer {
	name := aws.ToString(in.TableName)
	if d.tables[name] != nil {
		return tableExists(name).answer()
	}
	a := d.forward(req.operation, req.body)
	if a.status != http.StatusOK {
		return a
	}
	t := newTable(in, d.now())
	d.tables[name] = t
	return describe(a, "TableDescription", name, t, types.TableStatusActive)
}

func (d *dynamoDB) describeTable(req *request, in *server.DescribeTableInput) answer {
	name := aws.ToString(in.TableName)
	t := d.tables[name]
	if t == nil {
		return noTableNamed(name).answer()
	}
	return describe(d.forward(req.operation, req.body), "Table", name, t, types.TableStatusActive)
}

func (d *dynamoDB) deleteTable(req *request, in *server.DeleteTableInput) answer {
	name := aws.ToString(in.TableName)
	t := d.tables[name]
	if t == nil {
		return noTableNamed(name).answer()
	}
	a := d.forward(req.operation, req.body)
	delete(d.tables, name)
	return describe(a, "TableDescription", name, t, types.TableStatusDeleting)
}

// describe adds to a description what minidyn leaves out. Without TableStatus the SDK's waiters wait
// until they give up. A new table is ACTIVE at once, as with DynamoDB Local.
func describe(a answer, member, name string, t *table, status types.TableStatus) answer {
	var body map[string]map[string]any
	if a.status != http.StatusOK || json.Unmarshal(a.body, &body) != nil || body[member] == nil {
		return a
	}
	description := body[member]
	maps.DeleteFunc(description, func(_ string, v any) bool { return v == nil })
	description["TableStatus"] = status
	description["TableArn"] = "arn:aws:dynamodb:us-east-1:000000000000:table/" + name
	description["AttributeDefinitions"] = t.definitions
	description["CreationDateTime"] = float64(t.created.UnixMilli()) / 1000
	return answer{status: a.status, body: mustMarshal(body)}
}

// listTablesInput is ours because minidyn has no such operation.
type listTablesInput struct {
	ExclusiveStartTableName string
	Limit                   *int
}

type listTablesOutput struct {
	TableNames             []string
	LastEvaluatedTableName string `json:",omitempty"`
}

// maxTablesListed is AWS's page of ListTables, and the most that Limit may ask for.
const maxTablesListed = 100

func (d *dynamoDB) listTables(in *listTablesInput) answer {
	limit := maxTablesListed
	if in.Limit != nil {
		limit = *in.Limit
	}
	if limit < 1 || limit > maxTablesListed {
		return invalid("1 validation error detected: Limit must be between 1 and 100").answer() // wording not verified
	}
	names := slices.Sorted(maps.Keys(d.tables))
	after, found := slices.BinarySearch(names, in.ExclusiveStartTableName)
	if found {
		after++
	}
	out := listTablesOutput{TableNames: names[after:]}
	if len(out.TableNames) > limit {
		out.TableNames = out.TableNames[:limit]
		out.LastEvaluatedTableName = out.TableNames[limit-1]
	}
	if out.TableNames == nil {
		out.TableNames = []string{} // AWS sends the empty list
	}
	return answer{status: http.StatusOK, body: mustMarshal(out)}
}
