package wire_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"
)

// A function's GetItem, from the SDK's client to the embedded backend and back.
func BenchmarkCall(b *testing.B) {
	s := listen(b)
	db := client(b, s, s.NewCaller("one", "env-1"))
	for b.Loop() {
		_, err := db.GetItem(b.Context(), &dynamodb.GetItemInput{TableName: aws.String("items"), Key: key("a")})
		require.NoError(b, err)
	}
}
