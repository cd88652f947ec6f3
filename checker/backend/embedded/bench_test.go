package embedded_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
)

// server serves requests without a network.
func server(b *testing.B) func(operation, body string) {
	h := embedded.New().Handler(backend.DynamoDB)
	serve := func(operation, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	serve("CreateTable", `{"TableName":"items","BillingMode":"PAY_PER_REQUEST",`+
		`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],`+
		`"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"}]}`)
	for n := range 100 {
		serve("PutItem", fmt.Sprintf(`{"TableName":"items","Item":{"id":{"S":"a"},"at":{"N":"%d"},"name":{"S":"Ada"},"price":{"N":"12.5"}}}`, n))
	}
	b.ReportAllocs()
	return serve
}

func BenchmarkGetItem(b *testing.B) {
	serve := server(b)
	for b.Loop() {
		serve("GetItem", `{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"7"}}}`)
	}
}

func BenchmarkPutItem(b *testing.B) {
	serve := server(b)
	for b.Loop() {
		serve("PutItem", `{"TableName":"items","Item":{"id":{"S":"a"},"at":{"N":"7"},"name":{"S":"Ada"},"price":{"N":"12.5"}},`+
			`"ConditionExpression":"attribute_exists(id)"}`)
	}
}

func BenchmarkQuery(b *testing.B) {
	serve := server(b)
	for b.Loop() {
		serve("Query", `{"TableName":"items","KeyConditionExpression":"id = :id AND #at BETWEEN :from AND :to",`+
			`"ExpressionAttributeNames":{"#at":"at"},"ExpressionAttributeValues":{":id":{"S":"a"},":from":{"N":"10"},":to":{"N":"19"}}}`)
	}
}

func BenchmarkUpdateItem(b *testing.B) {
	serve := server(b)
	for b.Loop() {
		serve("UpdateItem", `{"TableName":"items","Key":{"id":{"S":"a"},"at":{"N":"7"}},"UpdateExpression":"SET price = price + :one",`+
			`"ExpressionAttributeValues":{":one":{"N":"1"}}}`)
	}
}
