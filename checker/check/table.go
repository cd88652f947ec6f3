package check

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/smithy-go"

	"example.com/serverless-patterns/checker/stack"
	"example.com/serverless-patterns/checker/wire"
)

// Table is a table under check.
type Table struct {
	t     *T
	table *stack.Table
}

// Name is the table's physical name.
func (t *Table) Name() string { return t.table.Name }

// Inject does what that of T does, to calls of functions that are about this table, whatever their operation.
func (t *Table) Inject(kind wire.Kind) (remove func()) {
	return t.t.injectOn(t.table.Declared.LogicalID, t.table.Name, kind)
}

// Put writes an item, as somebody else would have done, and returns it.
func (t *Table) Put(item stack.Item) stack.Item {
	err := t.table.Put(t.t.ctx, item)
	var refused smithy.APIError
	switch {
	case err == nil:
	case errors.As(err, &refused) && refused.ErrorCode() == "ValidationException":
		t.t.Fail(Finding{
			Did:  "wrote the item " + encode(item) + " to the table",
			Got:  refused.ErrorMessage(),
			Want: "a table that takes it",
			Why:  "The template decides on the table's key, and the functions and the lesson rely on it.",
			Next: "Compare KeySchema and AttributeDefinitions in the template with the lesson's README.",
		})
	default:
		t.t.fault(err)
	}
	return item
}

// PutMeanwhile writes an item, as somebody else would have done, just before a function's first call that may write and has a
// text in it, such as the item's id. What is returned ends that, and must be called.
func (t *Table) PutMeanwhile(item stack.Item, text string) (done func()) {
	var mu sync.Mutex
	var failed error // told by the goroutine that has the call
	heal := t.t.deployed().Inject(wire.Fault{Text: text, Kind: wire.Meanwhile(func() {
		err := t.table.Put(t.t.ctx, item)
		mu.Lock()
		defer mu.Unlock()
		failed = err
	})})
	return func() {
		heal()
		mu.Lock()
		defer mu.Unlock()
		if failed != nil {
			t.t.fault(failed)
		}
	}
}

// Items are all items that are in the table now.
func (t *Table) Items() []stack.Item {
	items, err := t.table.Items(t.t.ctx)
	if err != nil {
		t.t.fault(err)
	}
	return items
}

// Find is the item whose attribute has this value, or nil.
func (t *Table) Find(attribute string, value any) stack.Item {
	for _, item := range t.Items() {
		if item[attribute] == value {
			return item
		}
	}
	return nil
}

// KeyIs fails the check unless this attribute alone, a string, is the table's key.
func (t *Table) KeyIs(attribute string) {
	d := t.table.Declared
	types := map[string]string{}
	for _, a := range d.Attributes {
		types[a.Name] = a.Type
	}
	var parts []string
	for _, k := range d.KeySchema {
		parts = append(parts, fmt.Sprintf("%s (%s, %s)", k.AttributeName, k.KeyType, types[k.AttributeName]))
	}
	got, want := strings.Join(parts, " and "), fmt.Sprintf("%s (HASH, S)", attribute)
	if got != want {
		t.declared("the key "+got, "the key "+want)
	}
}

// IsPaidByRequest fails the check when capacity is provisioned for the table.
func (t *Table) IsPaidByRequest() {
	if units := t.table.Declared.Throughput; units != nil {
		t.declared(fmt.Sprintf("BillingMode PROVISIONED, for %d reads and %d writes a second", units.Read, units.Write), "BillingMode PAY_PER_REQUEST")
	}
	if mode := t.table.Declared.BillingMode; mode != "PAY_PER_REQUEST" {
		t.declared("BillingMode "+mode, "BillingMode PAY_PER_REQUEST")
	}
}

func (t *Table) declared(got, want string) {
	t.t.Fail(Finding{
		Did: "read what the template says of " + t.table.Declared.LogicalID, Got: got, Want: want,
		Evidence: []string{fmt.Sprintf("%s is in line %d of template.yaml", t.table.Declared.LogicalID, t.table.Declared.Line)},
	})
}
