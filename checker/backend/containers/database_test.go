package containers

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
)

func TestStacksUseADatabaseForAWhile(t *testing.T) {
	names := map[string]bool{}
	for range 3 * stacksOfDatabase {
		names[nextDatabase()] = true
	}
	assert.GreaterOrEqual(t, len(names), 3)
	assert.LessOrEqual(t, len(names), 6, "a stack in three began one")
	for name := range names {
		assert.Regexp(t, "^[a-zA-Z0-9]+$", name, "what DynamoDB Local takes for an access key")
	}
}

func TestADatabaseIsMadeOnceHoweverManyAskForItAtOnce(t *testing.T) {
	f := newFleet(t)
	whole := f.mustOpen(t)
	for range 5 {
		stacks.Add(stacksOfDatabase) // a new one
		part := &Backend{dynamoDB: whole.dynamoDB, database: nextDatabase()}
		db := sdk(t, part)
		var made errgroup.Group
		const tables = 8
		for n := range tables {
			made.Go(func() error { return newTable(t.Context(), db, fmt.Sprintf("table-%d", n)) })
		}
		require.NoError(t, made.Wait())
		got, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		require.NoError(t, err)
		assert.Len(t, got.TableNames, tables)
	}
}

func TestAPartHasTablesOfItsOwn(t *testing.T) {
	f := newFleet(t)
	whole := f.mustOpen(t)
	tables := func(b backend.Backend) []string {
		got, err := sdk(t, b).ListTables(t.Context(), &dynamodb.ListTablesInput{})
		require.NoError(t, err)
		return got.TableNames
	}
	part, ok := whole.Part().(*Backend)
	require.True(t, ok)
	createTable(t, sdk(t, part), "apart")
	assert.Equal(t, []string{"apart"}, tables(part))
	assert.Empty(t, tables(whole))

	stacks.Add(stacksOfDatabase)
	assert.Empty(t, tables(whole.Part()), "a later stack has to do with tables of long ago")
	assert.NoError(t, whole.Err())
}
