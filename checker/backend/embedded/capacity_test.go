package embedded_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What operations cost is in the conformance suite. This is what it leaves out: DynamoDB Local has the tables in any order.
func TestTheCostOfATransactionIsInTheOrderOfItsItems(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	names := []string{"zebras", "ants", "mice"}
	for _, name := range names {
		createTable(t, client, name)
	}
	var in dynamodb.TransactWriteItemsInput
	for n, name := range append(names, "zebras") {
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: &types.Put{TableName: &name, Item: item{"id": str(fmt.Sprint(n))}}})
	}
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := client.TransactWriteItems(t.Context(), &in)
	require.NoError(t, err)
	var order []string
	var units []float64
	for _, c := range out.ConsumedCapacity {
		order, units = append(order, *c.TableName), append(units, *c.CapacityUnits)
	}
	assert.Equal(t, names, order)
	assert.Equal(t, []float64{4, 2, 2}, units)
}

func TestATransactionWhoseCostIsNotKnownIsRefusedAndWritesNothing(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	indexed := tableInput("indexed")
	indexed.AttributeDefinitions = append(indexed.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String("g"), AttributeType: types.ScalarAttributeTypeS})
	indexed.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
		IndexName: aws.String("by-g"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("g"), KeyType: types.KeyTypeHash}},
	}}
	_, err := client.CreateTable(t.Context(), indexed)
	require.NoError(t, err)
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: item{"id": str("large"), "s": str(strings.Repeat("x", 1024))}})
	require.NoError(t, err)

	written := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("items"), Item: item{"id": str("a")}}}
	for what, other := range map[string]types.TransactWriteItem{
		"a transaction that changes an index": {Put: &types.Put{TableName: aws.String("indexed"), Item: item{"id": str("a"), "g": str("g")}}},
		"a ConditionCheck of an item that is larger than 1 KB": {ConditionCheck: &types.ConditionCheck{
			TableName: aws.String("items"), Key: item{"id": str("large")}, ConditionExpression: aws.String("attribute_exists(id)"),
		}},
	} {
		_, err := client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
			TransactItems: []types.TransactWriteItem{written, other}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		var api smithy.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "UnsupportedOperationException", api.ErrorCode())
		assert.Equal(t, "ReturnConsumedCapacity for "+what+" is not supported here; use --backend containers", api.ErrorMessage())
	}
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: item{"id": str("a")}})
	require.NoError(t, err)
	assert.Nil(t, out.Item)
}
