package embedded_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
)

// FuzzRequest sends anything, to a backend with a table: it answers in JSON, never with an error of its own.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][2]string{
		{"GetItem", `{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"1"}},"ProjectionExpression":"a.b[0]","ReturnConsumedCapacity":"INDEXES"}`},
		{"PutItem", `{"TableName":"items","Item":{"id":{"S":"a"},"at":{"N":"1e3"},"l":{"L":[{"M":{}}]},"s":{"NS":["1","2"]},"b":{"B":"AA=="}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"INDEXES"}`},
		{"PutItem", `{"TableName":"items","Item":{"id":{"S":"a"},"at":{"N":"1"}},"ConditionExpression":"attribute_not_exists(#i) OR size(x) BETWEEN :a AND :b","ExpressionAttributeNames":{"#i":"id"},"ExpressionAttributeValues":{":a":{"N":"1"},":b":{"N":"2"}}}`},
		{"UpdateItem", `{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"1"}},"UpdateExpression":"SET l[1] = list_append(if_not_exists(l, :l), :l) REMOVE m.k ADD n :n DELETE s :s","ExpressionAttributeValues":{":l":{"L":[]},":n":{"N":"1"},":s":{"SS":["a"]}},"ReturnValues":"UPDATED_NEW"}`},
		{"DeleteItem", `{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"-0"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`},
		{"Query", `{"TableName":"items","IndexName":"by-g","KeyConditionExpression":"g = :g AND begins_with(h, :h)","ExpressionAttributeValues":{":g":{"S":"a"},":h":{"B":"AA=="}},"Limit":1,"ExclusiveStartKey":{"g":{"S":"a"}}}`},
		{"Query", `{"TableName":"items","IndexName":"by-g","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"a"}},"ReturnConsumedCapacity":"INDEXES"}`},
		{"Scan", `{"TableName":"items","Segment":1,"TotalSegments":3,"FilterExpression":"contains(a, :a)","ExpressionAttributeValues":{":a":{"BS":["AA=="]}},"Select":"COUNT"}`},
		{"BatchGetItem", `{"RequestItems":{"items":{"Keys":[{"id":{"S":"a"},"at":{"N":"1"}}],"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}`},
		{"BatchWriteItem", `{"RequestItems":{"items":[{"PutRequest":{"Item":{"id":{"S":"a"},"at":{"N":"1"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"},"at":{"N":"1"}}}},null]}}`},
		{"BatchWriteItem", `{"RequestItems":{"items":[{"DeleteRequest":{"Key":{"id":{"S":"a"},"at":{"N":"1"}}}}]},"ReturnConsumedCapacity":"INDEXES"}`},
		{"TransactGetItems", `{"ReturnConsumedCapacity":"INDEXES","TransactItems":[{"Get":{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"1"}}}},{"Get":null}]}`},
		{"TransactWriteItems", `{"ClientRequestToken":"u","ReturnConsumedCapacity":"INDEXES","TransactItems":[{"Delete":{"TableName":"items","Key":{"id":{"S":"b"},"at":{"N":"1"}}}}]}`},
		{"TransactWriteItems", `{"ClientRequestToken":"t","TransactItems":[{"ConditionCheck":{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"1"}},"ConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{"NULL":true}}}},{"Put":{}},{"Update":{}},{"Delete":{}}]}`},
		{"CreateTable", `{"TableName":"more","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"LocalSecondaryIndexes":[{}]}`},
		{"DescribeTable", `{"TableName":"items"}`},
		{"ListTables", `{"Limit":1,"ExclusiveStartTableName":"a"}`},
		{"UpdateTimeToLive", `{"TableName":"items","TimeToLiveSpecification":{"AttributeName":"a","Enabled":true}}`},
		{"DescribeTimeToLive", `{"TableName":"items"}`},
		{"DeleteTable", `{"TableName":"nothing"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, operation, body string) {
		h := embedded.New().Handler(backend.DynamoDB)
		send := func(operation, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		require.Equal(t, http.StatusOK, send("CreateTable", fuzzedTable).Code)
		require.Equal(t, http.StatusOK, send("PutItem", fuzzedItem).Code)
		for range 2 { // the second meets what the first has left
			w := send(operation, body)
			assert.True(t, json.Valid(w.Body.Bytes()), "%s", w.Body)
			assert.NotEqual(t, http.StatusInternalServerError, w.Code, "%s", w.Body)
		}
	})
}

const (
	fuzzedTable = `{"TableName":"items","BillingMode":"PAY_PER_REQUEST",
		"KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],
		"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"},
			{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"h","AttributeType":"B"}],
		"GlobalSecondaryIndexes":[{"IndexName":"by-g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"h","KeyType":"RANGE"}],
			"Projection":{"ProjectionType":"KEYS_ONLY"}}]}`
	fuzzedItem = `{"TableName":"items","Item":{"id":{"S":"a"},"at":{"N":"1"},"g":{"S":"a"},"h":{"B":"AAE="},"n":{"N":"1"},"s":{"SS":["a","b"]},
		"l":{"L":[{"N":"1"},{"M":{"k":{"S":"v"}}}]},"m":{"M":{"k":{"L":[]}}}}}`
)
