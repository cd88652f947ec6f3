package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

func number(n int) attribute.Value {
	return attribute.Value{Kind: attribute.N, Text: fmt.Sprint(n)}
}

func newTable() *store.Table {
	hash, sort := store.Key{Name: "pk", Kind: attribute.S}, store.Key{Name: "sk", Kind: attribute.N}
	return store.NewTable(store.Schema{Hash: hash, Range: sort}, []*store.Index{
		{Name: "by-g", Schema: store.Schema{Hash: store.Key{Name: "g", Kind: attribute.S}}},
	})
}

func everywhere(string) int { return 0 }

func TestATableCountsItsItems(t *testing.T) {
	t.Parallel()
	table := newTable()
	item := attribute.Item{"pk": attribute.String("a"), "sk": number(1), "g": attribute.String("g")}
	table.Put(item)
	table.Put(attribute.Item{"pk": attribute.String("a"), "sk": number(1), "x": attribute.String("twice")})
	assert.Equal(t, 1, table.Count())
	at, ok := table.Position(item)
	require.True(t, ok)
	assert.Equal(t, "twice", table.Get(at).Item["x"].Text)
	assert.Equal(t, table.Get(at).Size, table.Bytes())

	index, ok := table.View("by-g")
	require.True(t, ok)
	for range index.Query(attribute.String("g"), everywhere, nil, true) {
		t.Fatal("the item that was replaced is still in the index")
	}
	table.Delete(at)
	table.Delete(at)
	assert.Zero(t, table.Count())
	assert.Zero(t, table.Bytes())
	assert.Nil(t, table.Get(at))
}

func TestAScanGoesOnBehindAnyKeyWithoutLossOrRepetition(t *testing.T) {
	t.Parallel()
	table := newTable()
	for n := range 60 {
		table.Put(attribute.Item{"pk": attribute.String(fmt.Sprint("p", n%20)), "sk": number(n), "g": attribute.String("same")})
	}
	for _, name := range []string{"", "by-g"} {
		view, ok := table.View(name)
		require.True(t, ok)
		seen := map[string]bool{}
		var last attribute.Item
		for range 60 {
			for record := range view.Scan(0, 1, last) {
				id := record.Item["pk"].Text + "/" + record.Item["sk"].Text
				assert.False(t, seen[id], "%s twice in %q", id, name)
				seen[id] = true
				last = record.Item
				break
			}
		}
		assert.Len(t, seen, 60)
		for range view.Scan(0, 1, last) {
			t.Fatal("something follows the last item")
		}
	}
}

func TestSegmentsShareTheItemsEvenly(t *testing.T) {
	t.Parallel()
	table := newTable()
	const items, segments = 1000, 4
	for n := range items {
		table.Put(attribute.Item{"pk": attribute.String(fmt.Sprint(n)), "sk": number(0)})
	}
	view, _ := table.View("")
	total := 0
	for segment := range segments {
		n := 0
		for range view.Scan(segment, segments, nil) {
			n++
		}
		assert.InDelta(t, items/segments, n, items/segments/3, "segment %d", segment)
		total += n
	}
	assert.Equal(t, items, total)
}
