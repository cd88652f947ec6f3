package backend_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// What the embedded backend says it does not have, instead of ignoring it.
var unsupportedFacts = []fact{
	{"partiql", documented, "ExecuteStatement takes PartiQL.", func(r *run) string {
		out, err := r.db.ExecuteStatement(r.t.Context(), &dynamodb.ExecuteStatementInput{
			Statement: aws.String(`SELECT * FROM "` + *r.items() + `" WHERE id = 'a'`),
		})
		if err != nil {
			return r.outcome(err)
		}
		return showAll(out.Items)
	}, "[]"},
	{"update-table", documented, "UpdateTable adds an index to a table.", func(r *run) string {
		_, err := r.db.UpdateTable(r.t.Context(), &dynamodb.UpdateTableInput{
			TableName: r.items(), AttributeDefinitions: attributes("id", "S", "g", "S"),
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: aws.String("by-g"), KeySchema: key("g"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			}}},
		})
		return r.outcome(err)
	}, "OK"},
	{"table-arn", documented, "TableName may be an ARN.", func(r *run) string {
		out, err := r.db.DescribeTable(r.t.Context(), &dynamodb.DescribeTableInput{TableName: r.items()})
		if err != nil {
			return r.outcome(err)
		}
		return r.getItem(&dynamodb.GetItemInput{TableName: out.Table.TableArn, Key: item{"id": "a"}.values()})
	}, "Item nil"},
	{"legacy-expected", documented, "Expected is a condition of the time before expressions.", func(r *run) string {
		return r.putItem(&dynamodb.PutItemInput{Item: item{"id": "a"}.values(), Expected: map[string]types.ExpectedAttributeValue{"id": {Exists: aws.Bool(false)}}})
	}, "OK"},
	{"legacy-attribute-updates", documented, "AttributeUpdates is an update of that time.", func(r *run) string {
		return r.updateItem(&dynamodb.UpdateItemInput{AttributeUpdates: map[string]types.AttributeValueUpdate{"n": {Action: types.AttributeActionPut, Value: valueOf(1)}}, ReturnValues: types.ReturnValueAllNew})
	}, `{id: "a", n: 1}`},
	{"legacy-key-conditions", documented, "KeyConditions is a key condition of that time.", func(r *run) string {
		return r.query(&dynamodb.QueryInput{KeyConditions: map[string]types.Condition{
			"pk": {ComparisonOperator: types.ComparisonOperatorEq, AttributeValueList: []types.AttributeValue{valueOf("p")}},
		}})
	}, "[]"},
	{"legacy-attributes-to-get", documented, "AttributesToGet is a projection of that time.", func(r *run) string {
		r.has(r.items(), item{"id": "a", "n": 1, "m": 2})
		return r.getItem(&dynamodb.GetItemInput{Key: item{"id": "a"}.values(), AttributesToGet: []string{"n"}})
	}, "{n: 1}"},
	{"item-collection-metrics", documented, "ReturnItemCollectionMetrics tells the size of a partition with a local index.", func(r *run) string {
		s := r.putItem(&dynamodb.PutItemInput{
			TableName: r.orders(), Item: item{"pk": "a", "sk": 1}.values(), ReturnItemCollectionMetrics: types.ReturnItemCollectionMetricsSize,
		})
		code, _, _ := strings.Cut(s, ":")
		return code
	}, "OK"},
}

// nobody reproduces these; where a lesson needs them, package wire makes them.
var absentFacts = []absent{
	{id: "index-lags", certainty: documented, states: "A global index is behind its table for a moment, so what was just written may not be in it.",
		why: "both backends keep indexes up to date with each write"},
	{id: "stale-reads", certainty: documented, states: "Without ConsistentRead, a read may miss the last write.", why: "both backends read what was written last"},
	{id: "throttling", certainty: documented, states: "A table or partition that is asked too much answers ThrottlingException or ProvisionedThroughputExceededException.",
		why: "both backends have no limit; package wire injects throttling"},
	{id: "unprocessed-items", certainty: documented, states: "A batch may leave any of its items unprocessed.", why: "both backends do all of it; package wire injects what is left"},
	{id: "transaction-conflict", certainty: documented, states: "Transactions on the same item at the same time cancel each other with TransactionConflict.",
		why: "both backends do one after the other"},
	{id: "access", certainty: documented, states: "What the function's policies do not allow is AccessDeniedException.", why: "package wire does that in front of both"},
	{id: "table-creating", certainty: documented, states: "A new table is CREATING for some seconds.", why: "both backends make tables at once"},
	{id: "ttl-deletes", certainty: documented, states: "Items are deleted within days of their time.", why: "no test waits for days"},
	{id: "capacity-scan-partitions", certainty: documented, states: "A Scan consumes at least a read of each partition of the table, even if there is nothing in it.",
		why: "tables have no partitions here: both backends count the bytes alone"},
	{id: "partition-limits", certainty: documented, states: "A partition with local indexes has 10 GB at most.", why: "it would not fit this machine"},
}
