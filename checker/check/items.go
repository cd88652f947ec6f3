package check

import (
	"fmt"
	"slices"
)

// IDs are the partition keys of the table's items, in order. Items that share one give it as often.
func (t *Table) IDs() []string {
	ids := []string{}
	for _, item := range t.Items() {
		ids = append(ids, fmt.Sprint(item[t.table.Declared.KeySchema[0].AttributeName]))
	}
	slices.Sort(ids)
	return ids
}

// Equal requires that two values are the same once they are JSON. The finding shows both.
func (t *T) Equal(want, got any) {
	if encode(normal(want)) != encode(normal(got)) {
		t.Fail(Finding{Got: cut(encode(got), maxValue), Want: cut(encode(want), maxValue), Evidence: t.Picture()})
	}
}
