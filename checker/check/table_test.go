package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/stack"
)

func TestWhatIsInATableCanBeFound(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		items := c.Table("ItemsTable")
		put := items.Put(stack.Item{"id": "found-" + c.ID(""), "price": 19.99, "tags": []any{"a"}})
		assert.Equal(t, put, items.Find("id", put["id"]))
		assert.Nil(t, items.Find("id", "nobody"))
		assert.Contains(t, items.Items(), put)
	})
	assert.Equal(t, Passed, result.Verdict, "%v %v", result.Error, result.Finding)
}

func TestWhatTheTemplateSaysOfATableIsLookedAt(t *testing.T) {
	t.Parallel()
	declared := func(change func(*sam.Table), look func(*Table)) func(*T) {
		return func(t *T) {
			table := &sam.Table{
				Resource: sam.Resource{LogicalID: "ItemsTable", Line: 7}, BillingMode: "PAY_PER_REQUEST",
				KeySchema: []sam.KeyElement{{AttributeName: "id", KeyType: "HASH"}}, Attributes: []sam.Attribute{{Name: "id", Type: "S"}},
			}
			change(table)
			look(&Table{t: t, table: &stack.Table{Declared: table}})
		}
	}
	isID := func(t *Table) { t.KeyIs("id") }
	as := func(*sam.Table) {}
	assert.Equal(t, Passed, end(t, Check{}, declared(as, isID)).Verdict)
	assert.Equal(t, Passed, end(t, Check{}, declared(as, (*Table).IsPaidByRequest)).Verdict)
	for name, test := range map[string]struct {
		change    func(*sam.Table)
		look      func(*Table)
		got, want string
	}{
		"number": {func(t *sam.Table) { t.Attributes[0].Type = "N" }, isID, "the key id (HASH, N)", "the key id (HASH, S)"},
		"range": {func(t *sam.Table) {
			t.KeySchema = append(t.KeySchema, sam.KeyElement{AttributeName: "at", KeyType: "RANGE"})
			t.Attributes = append(t.Attributes, sam.Attribute{Name: "at", Type: "N"})
		}, isID, "the key id (HASH, S) and at (RANGE, N)", "the key id (HASH, S)"},
		"provisioned": {func(t *sam.Table) {
			t.BillingMode, t.Throughput = "PROVISIONED", &sam.Throughput{Read: 5, Write: 6}
		}, (*Table).IsPaidByRequest, "BillingMode PROVISIONED, for 5 reads and 6 writes a second", "BillingMode PAY_PER_REQUEST"},
	} {
		f := finding(t, Check{}, declared(test.change, test.look))
		assert.Equal(t, test.got, f.Got, name)
		assert.Equal(t, test.want, f.Want, name)
		assert.Equal(t, []string{"ItemsTable is in line 7 of template.yaml"}, f.Evidence, name)
	}
}
