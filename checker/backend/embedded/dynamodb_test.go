package embedded_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
)

func TestBackend(t *testing.T) {
	t.Parallel()
	b := embedded.New()
	assert.Equal(t, "embedded", b.Name())
	assert.NotNil(t, b.Handler(backend.DynamoDB))
	assert.True(t, b.Handler("s3") == nil, "a service that it does not have") //nolint:testifylint // Nil would accept a typed nil
	assert.NoError(t, b.Close())
}

func TestTables(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	createTable(t, client, "orders")

	waiter := dynamodb.NewTableExistsWaiter(client)
	require.NoError(t, waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("items")}, time.Minute))
	d, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("items")})
	require.NoError(t, err)
	assert.Equal(t, types.TableStatusActive, d.Table.TableStatus)
	assert.Equal(t, tableInput("items").AttributeDefinitions, d.Table.AttributeDefinitions)
	assert.Equal(t, tableInput("items").KeySchema, d.Table.KeySchema)
	assert.WithinDuration(t, time.Now(), *d.Table.CreationDateTime, time.Minute)

	_, err = client.CreateTable(t.Context(), tableInput("items"))
	var inUse *types.ResourceInUseException
	require.ErrorAs(t, err, &inUse)
	assert.Equal(t, "Table already exists: items", inUse.ErrorMessage())

	page, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
	require.NoError(t, err)
	assert.Equal(t, []string{"items"}, page.TableNames)
	page, err = client.ListTables(t.Context(), &dynamodb.ListTablesInput{ExclusiveStartTableName: page.LastEvaluatedTableName})
	require.NoError(t, err)
	assert.Equal(t, []string{"orders"}, page.TableNames)
	assert.Nil(t, page.LastEvaluatedTableName)

	gone, err := client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("items")})
	require.NoError(t, err)
	assert.Equal(t, types.TableStatusDeleting, gone.TableDescription.TableStatus)
	_, err = client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("items")})
	var missing *types.ResourceNotFoundException
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "Requested resource not found: Table: items not found", missing.ErrorMessage())
}

func TestGetAndPutItem(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	stored := item{"id": str("a"), "n": num("1"), "tags": &types.AttributeValueMemberSS{Value: []string{"x"}}}

	put, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("items"), Item: stored})
	require.NoError(t, err)
	assert.Nil(t, put.Attributes, "nothing was asked for")
	id, _ := awsmiddleware.GetRequestIDMetadata(put.ResultMetadata)
	assert.Len(t, id, 52)

	hit, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: item{"id": str("a")}})
	require.NoError(t, err)
	assert.Equal(t, stored, hit.Item)

	miss, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: item{"id": str("b")}})
	require.NoError(t, err)
	assert.Nil(t, miss.Item)

	for _, old := range []item{stored, {"id": str("a")}} {
		put, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: aws.String("items"), Item: item{"id": str("a")}, ReturnValues: types.ReturnValueAllOld,
		})
		require.NoError(t, err)
		assert.Equal(t, old, put.Attributes)
	}
}

// A function whose environment variable has the table's ARN works on AWS, in whatever region and account that is.
func TestATableIsKnownByItsARN(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	arn := aws.String("arn:aws:dynamodb:eu-north-1:123456789012:table/items")
	a, b, c := item{"id": str("a")}, item{"id": str("b")}, item{"id": str("c")}

	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: arn, Item: a})
	require.NoError(t, err)
	_, err = client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{*arn: {{PutRequest: &types.PutRequest{Item: b}}}},
	})
	require.NoError(t, err)
	_, err = client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: arn, Item: c}}},
	})
	require.NoError(t, err)
	found, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: arn})
	require.NoError(t, err)
	assert.ElementsMatch(t, []item{a, b, c}, found.Items)

	_, err = client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{*arn: {Keys: []map[string]types.AttributeValue{a}}},
	})
	require.ErrorContains(t, err, "UnsupportedOperationException")
	_, err = client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("arn:aws:sqs:eu-north-1:123456789012:items"), Key: a})
	assert.ErrorContains(t, err, "Invalid table/index name")
}

func TestMissingTable(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	_, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("nope"), Key: item{"id": str("a")}})
	var missing *types.ResourceNotFoundException
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "Requested resource not found", missing.ErrorMessage())
}

func TestConditionalPut(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	in := &dynamodb.PutItemInput{
		TableName: aws.String("items"), Item: item{"id": str("a"), "v": str("first")},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	}
	_, err := client.PutItem(t.Context(), in)
	require.NoError(t, err)

	in.Item = item{"id": str("a"), "v": str("second")}
	_, err = client.PutItem(t.Context(), in)
	var failed *types.ConditionalCheckFailedException
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "The conditional request failed", failed.ErrorMessage())
	assert.Nil(t, failed.Item)

	in.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	_, err = client.PutItem(t.Context(), in)
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, item{"id": str("a"), "v": str("first")}, failed.Item)
}

func TestUnsupportedOperation(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	_, err := client.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: aws.String("SELECT * FROM items")})
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "UnsupportedOperationException", api.ErrorCode())
	assert.Equal(t, "ExecuteStatement is not supported here; use --backend containers", api.ErrorMessage())
	assert.NotContains(t, err.Error(), "exceeded maximum number of attempts", "a retry could not help")
}

func TestIgnoredParametersAreRefused(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String("items"), Item: item{"id": str("a")},
		Expected: map[string]types.ExpectedAttributeValue{"id": {Exists: aws.Bool(false)}},
	})
	require.ErrorContains(t, err, "Expected is not supported here")
	_, err = client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String("items"), Key: item{"id": str("a")}, AttributesToGet: []string{"id"},
	})
	require.ErrorContains(t, err, "AttributesToGet is not supported here")
}

func TestCancellationReasonsSurvive(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	_, err := client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("items"), Item: item{"id": str("a")}}},
		{ConditionCheck: &types.ConditionCheck{
			TableName: aws.String("items"), Key: item{"id": str("b")},
			ConditionExpression: aws.String("attribute_exists(id)"),
		}},
	}})
	var cancelled *types.TransactionCanceledException
	require.ErrorAs(t, err, &cancelled)
	require.Len(t, cancelled.CancellationReasons, 2)
	assert.Equal(t, "ConditionalCheckFailed", aws.ToString(cancelled.CancellationReasons[1].Code))
}

// The texts that a learner reads when the code would fail on AWS.
func TestValidation(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	get := func(table string, key item) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key})
			return err
		}
	}
	put := func(i item) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("items"), Item: i})
			return err
		}
	}
	const invalid = "One or more parameter values were invalid: "
	const emptyKey = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"
	for name, c := range map[string]struct {
		do   func(context.Context) error
		want string
	}{
		"table name empty":      {get("", item{"id": str("a")}), "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"get: key empty":        {get("items", item{"id": str("")}), emptyKey},
		"get: other name":       {get("items", item{"ID": str("a")}), "The provided key element does not match the schema"},
		"get: other type":       {get("items", item{"id": num("1")}), "The provided key element does not match the schema"},
		"get: too many":         {get("items", item{"id": str("a"), "b": str("a")}), "The provided key element does not match the schema"},
		"put: key empty":        {put(item{"id": str("")}), emptyKey},
		"put: key missing":      {put(item{"ID": str("a")}), invalid + "Missing the key id in the item"},
		"put: key of type N":    {put(item{"id": num("1")}), invalid + "Type mismatch for key id expected: S actual: N"},
		"put: no number":        {put(item{"id": str("a"), "n": num("abc")}), "The parameter cannot be converted to a numeric value: abc"},
		"put: no number inside": {put(item{"id": str("a"), "l": &types.AttributeValueMemberL{Value: []types.AttributeValue{num("1,5")}}}), "The parameter cannot be converted to a numeric value: 1,5"},
		"put: empty set":        {put(item{"id": str("a"), "s": &types.AttributeValueMemberSS{Value: []string{}}}), invalid + "An string set  may not be empty"},
		"put: null is false":    {put(item{"id": str("a"), "s": &types.AttributeValueMemberNULL{}}), invalid + "Null attribute value types must have the value of true"},
		"put: too large":        {put(item{"id": str("a"), "s": str(strings.Repeat("x", 400<<10))}), "Item size has exceeded the maximum allowed size"},
		"put: number in condition": {func(ctx context.Context) error {
			_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
				TableName: aws.String("items"), Item: item{"id": str("a")}, ConditionExpression: aws.String("n < :n"),
				ExpressionAttributeValues: item{":n": num("abc")},
			})
			return err
		}, "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: abc for key :n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var api smithy.APIError
			require.ErrorAs(t, c.do(t.Context()), &api)
			assert.Equal(t, "ValidationException", api.ErrorCode())
			assert.Equal(t, c.want, api.ErrorMessage())
		})
	}
}

func TestLargestItem(t *testing.T) {
	t.Parallel()
	client, _ := start(t)
	createTable(t, client, "items")
	// "id"+"a" and "s" are 4 bytes of the 400 KB.
	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String("items"), Item: item{"id": str("a"), "s": str(strings.Repeat("x", 400<<10-4))},
	})
	require.NoError(t, err)
}
