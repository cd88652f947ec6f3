package backend_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/serverless-patterns/checker/scratch"
)

func init() { scratch.FixSeed() }

// Each backend keeps the items of random writes as a map would, and its queries are what a loop over that
// map finds. What this finds becomes a fact.
func TestRandomWritesAndQueriesAreThoseOfAMap(t *testing.T) {
	t.Parallel()
	for _, technology := range exact {
		t.Run(technology.name, func(t *testing.T) {
			t.Parallel()
			r := &run{t: certain(t), db: client(t, technology.open(t)), tables: map[string]string{}}
			r.orders()
			var sequences atomic.Int64
			rapid.Check(t, func(rt *rapid.T) {
				m := &model{run: r, rt: rt, prefix: fmt.Sprintf("%d-", sequences.Add(1)), items: map[string]order{}, wholeIndexes: technology.name == "containers"}
				rt.Repeat(map[string]func(*rapid.T){
					"put": m.put, "put if absent": m.putIfAbsent, "add": m.add, "move": m.move, "delete": m.delete,
					"query": m.query, "query index": m.queryIndex, "": m.checkOne,
				})
			})
		})
	}
}

// model is what a table should have.
type model struct {
	*run
	rt     *rapid.T
	prefix string // of the partition keys, so that sequences do not meet
	// wholeIndexes reads indexes in one page: DynamoDB Local 3.3.1 now and then leaves out an item that has the same index
	// key as the last one of the page before (docs/fidelity.md).
	wholeIndexes bool
	items        map[string]order
}

// order is an item; g is empty if it is not in the index.
type order struct {
	pk, g string
	sk    int
	n     int
}

func (o order) id() string { return fmt.Sprintf("%s/%d", o.pk, o.sk) }

func (o order) item() item {
	i := item{"pk": o.pk, "sk": o.sk, "n": o.n}
	if o.g != "" {
		i["g"] = o.g
	}
	return i
}

// spellings of the same number as a key.
var spellings = []string{"%d", "%d.0", "%de0", "%d.00e0"}

func (m *model) draw(rt *rapid.T) (o order, k item) {
	o = order{
		pk: m.prefix + rapid.SampledFrom([]string{"a", "a.b", "b"}).Draw(rt, "pk"),
		sk: rapid.IntRange(-12, 12).Draw(rt, "sk"), n: rapid.IntRange(0, 5).Draw(rt, "n"),
	}
	if rapid.Bool().Draw(rt, "indexed") {
		o.g = m.prefix + rapid.SampledFrom([]string{"g", "h"}).Draw(rt, "g")
	}
	return o, item{"pk": o.pk, "sk": number(fmt.Sprintf(rapid.SampledFrom(spellings).Draw(rt, "spelling"), o.sk))}
}

func (m *model) put(rt *rapid.T) {
	o, k := m.draw(rt)
	i := o.item()
	i["sk"] = k["sk"]
	old, exists := m.items[o.id()]
	want := "OK"
	if exists {
		want = show(old.item().values())
	}
	require.Equal(rt, want, m.putItem(&dynamodb.PutItemInput{TableName: m.orders(), Item: i.values(), ReturnValues: types.ReturnValueAllOld}))
	m.items[o.id()] = o
}

func (m *model) putIfAbsent(rt *rapid.T) {
	o, _ := m.draw(rt)
	got := m.putItem(&dynamodb.PutItemInput{TableName: m.orders(), Item: o.item().values(), ConditionExpression: aws.String("attribute_not_exists(pk)")})
	if _, exists := m.items[o.id()]; exists {
		require.Equal(rt, "ConditionalCheckFailedException: The conditional request failed", got)
		return
	}
	require.Equal(rt, "OK", got)
	m.items[o.id()] = o
}

func (m *model) add(rt *rapid.T) {
	o, k := m.draw(rt)
	old, exists := m.items[o.id()]
	if !exists {
		old = order{pk: o.pk, sk: o.sk}
	}
	old.n += o.n
	m.items[o.id()] = old
	require.Equal(rt, show(old.item().values()), m.updateItem(&dynamodb.UpdateItemInput{
		TableName: m.orders(), Key: k.values(), UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: item{":n": o.n}.values(), ReturnValues: types.ReturnValueAllNew,
	}))
}

// move changes the key in the index, or takes the item out of it.
func (m *model) move(rt *rapid.T) {
	o, k := m.draw(rt)
	old, exists := m.items[o.id()]
	if !exists {
		return
	}
	in := &dynamodb.UpdateItemInput{TableName: m.orders(), Key: k.values(), UpdateExpression: aws.String("REMOVE g"), ReturnValues: types.ReturnValueAllNew}
	if o.g != "" {
		in.UpdateExpression, in.ExpressionAttributeValues = aws.String("SET g = :g"), item{":g": o.g}.values()
	}
	old.g = o.g
	m.items[o.id()] = old
	require.Equal(rt, show(old.item().values()), m.updateItem(in))
}

func (m *model) delete(rt *rapid.T) {
	o, k := m.draw(rt)
	want := "OK"
	if old, exists := m.items[o.id()]; exists {
		want = show(old.item().values())
	}
	require.Equal(rt, want, m.deleteItem(&dynamodb.DeleteItemInput{TableName: m.orders(), Key: k.values(), ReturnValues: types.ReturnValueAllOld}))
	delete(m.items, o.id())
}

func (m *model) checkOne(rt *rapid.T) {
	o, k := m.draw(rt)
	want := "Item nil"
	if stored, exists := m.items[o.id()]; exists {
		want = show(stored.item().values())
	}
	require.Equal(rt, want, m.getItem(&dynamodb.GetItemInput{TableName: m.orders(), Key: k.values()}))
}

// ranges are conditions on the sort key, with bounds :a and :b.
var ranges = map[string]func(sk, a, b int) bool{
	"":                            func(int, int, int) bool { return true },
	" AND sk = :a":                func(sk, a, _ int) bool { return sk == a },
	" AND sk < :a":                func(sk, a, _ int) bool { return sk < a },
	" AND sk <= :a":               func(sk, a, _ int) bool { return sk <= a },
	" AND sk > :a":                func(sk, a, _ int) bool { return sk > a },
	" AND sk >= :a":               func(sk, a, _ int) bool { return sk >= a },
	" AND sk BETWEEN :a AND :b":   func(sk, a, b int) bool { return a <= sk && sk <= b },
	" AND (sk BETWEEN :a AND :b)": func(sk, a, b int) bool { return a <= sk && sk <= b },
}

func (m *model) query(rt *rapid.T) {
	o, _ := m.draw(rt)
	m.compare(rt, "", "pk", o.pk, func(stored order) bool { return stored.pk == o.pk })
}

func (m *model) queryIndex(rt *rapid.T) {
	o, _ := m.draw(rt)
	g := cmp.Or(o.g, m.prefix+"g")
	m.compare(rt, "by-g", "g", g, func(stored order) bool { return stored.g == g })
}

// compare reads all pages of a random query, and finds the same in the model.
func (m *model) compare(rt *rapid.T, index, hash, of string, in func(order) bool) {
	condition := rapid.SampledFrom(slices.Sorted(keysOf(ranges))).Draw(rt, "range")
	a := rapid.IntRange(-12, 12).Draw(rt, "a")
	b := rapid.IntRange(a, 13).Draw(rt, "b")
	forward := rapid.Bool().Draw(rt, "forward")

	var want []string
	for _, stored := range m.items {
		if in(stored) && ranges[condition](stored.sk, a, b) {
			want = append(want, fmt.Sprintf("%+03d %s", stored.sk, stored.pk))
		}
	}
	values := item{":h": of}
	for holder, bound := range map[string]int{":a": a, ":b": b} {
		if strings.Contains(condition, holder) {
			values[holder] = bound
		}
	}
	query := &dynamodb.QueryInput{
		TableName: m.orders(), KeyConditionExpression: aws.String(hash + " = :h" + condition), ExpressionAttributeValues: values.values(), ScanIndexForward: &forward,
	}
	if index != "" {
		query.IndexName = &index
	}
	if n := rapid.Int32Range(0, 4).Draw(rt, "limit"); n > 0 && (index == "" || !m.wholeIndexes) {
		query.Limit = &n
	}
	var got []string
	var keys []int
	for {
		out, err := m.db.Query(m.t.Context(), query)
		require.NoError(rt, err)
		for _, i := range out.Items {
			var sk int
			_, err := fmt.Sscan(value(i["sk"]), &sk)
			require.NoError(rt, err)
			keys = append(keys, sk)
			got = append(got, fmt.Sprintf("%+03d %s", sk, strings.Trim(value(i["pk"]), `"`)))
		}
		if query.ExclusiveStartKey = out.LastEvaluatedKey; out.LastEvaluatedKey == nil {
			break
		}
	}
	require.ElementsMatch(rt, want, got)
	if !forward {
		slices.Reverse(keys)
	}
	require.True(rt, slices.IsSorted(keys), "%v", keys)
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
