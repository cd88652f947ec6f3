package access

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// transactions are the parts of a transaction, and the action that each of them needs.
var transactions = map[string]string{
	"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem",
}

// tableless are operations that name no table; the resource is what DynamoDB's refusal names.
var tableless = map[string]string{
	"ListTables": "table/*", "ListBackups": "table/*", "ListExports": "table/*", "ListImports": "table/*",
	"ListContributorInsights": "table/*", "DescribeLimits": "*", "DescribeEndpoints": "*", "ListGlobalTables": "global-table/*",
}

func ofDynamoDB(operation string, body []byte, at Place) Access {
	a := Access{Operation: operation}
	if operation == "" {
		return a
	}
	var names struct {
		table, index, stream, iterator, resource, backup, target string
		statement                                                string
		key                                                      map[string]map[string]any // {"id": {"S": "kettle-1"}}
		items                                                    map[string]json.RawMessage
		parts                                                    []map[string]json.RawMessage
		statements                                               []struct{ Statement string }
	}
	decode(body, map[string]any{
		"TableName": &names.table, "IndexName": &names.index, "StreamArn": &names.stream, "ShardIterator": &names.iterator,
		"ResourceArn": &names.resource, "BackupArn": &names.backup, "TargetTableName": &names.target,
		"Key": &names.key, "Statement": &names.statement, "RequestItems": &names.items, "TransactItems": &names.parts,
		"Statements": &names.statements, "TransactStatements": &names.statements,
	})
	a.Resource, a.Key = names.table, keyText(names.key)
	action := string(dynamoDB) + ":" + operation
	suffix, listed := tableless[operation]
	switch {
	case listed && names.table == "":
		a.need(action, at.dynamoDB(suffix))
	case operation == "BatchGetItem" || operation == "BatchWriteItem":
		for _, table := range slices.Sorted(maps.Keys(names.items)) {
			a.need(action, at.table(table))
		}
	case operation == "TransactGetItems" || operation == "TransactWriteItems":
		a.transaction(names.parts, at)
	case operation == "ExecuteStatement":
		a.partiQL(names.statement, at)
	case operation == "BatchExecuteStatement" || operation == "ExecuteTransaction":
		for _, s := range names.statements {
			a.partiQL(s.Statement, at)
		}
	case names.iterator != "": // it begins with the stream's ARN
		stream, _, _ := strings.Cut(names.iterator, "|")
		a.need(action, stream)
	case operation == "ListStreams":
		a.need(action, at.table(cmp.Or(names.table, "*"))+"/stream/*")
	case names.stream != "" || names.resource != "" || names.backup != "":
		a.need(action, names.stream+names.resource+names.backup)
	case names.table == "" && names.target != "":
		a.need(action, at.table(names.target))
	case (operation == "Query" || operation == "Scan") && names.table != "" && names.index != "":
		a.need(action, at.table(names.table)+"/index/"+names.index)
	case names.table != "":
		a.need(action, at.table(names.table))
	case !slices.Contains(needTable, operation):
		a.need(action, "*")
	}
	return a
}

// keyText shows an item's key: id=kettle-1.
func keyText(key map[string]map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(key)) {
		for _, value := range key[name] {
			parts = append(parts, fmt.Sprintf("%s=%v", name, value))
		}
	}
	return strings.Join(parts, " ")
}

// needTable are operations that DynamoDB refuses before it looks at permissions when they name no table.
var needTable = []string{
	"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable", "CreateTable", "DeleteTable", "UpdateTable",
}

func (a *Access) transaction(parts []map[string]json.RawMessage, at Place) {
	for _, part := range parts {
		for _, kind := range slices.Sorted(maps.Keys(part)) {
			table := ""
			decode(part[kind], map[string]any{"TableName": &table})
			if action, ok := transactions[kind]; ok && table != "" {
				a.need(string(dynamoDB)+":"+action, at.table(table))
			}
		}
	}
}

// table is the ARN of a table that a request names; since 2024 it may be the ARN itself.
func (p Place) table(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return p.dynamoDB("table/" + name)
}

func (p Place) dynamoDB(resource string) string {
	if resource == "*" {
		return resource
	}
	return p.arn(dynamoDB, resource)
}
