package store

import (
	"iter"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Table holds the items of a table.
type Table struct {
	Schema
	Indexes []*Index

	primary *tree
	indexed []*tree // one for each of Indexes
	count   int
	bytes   int
}

// Record is an item that is stored. It is never changed: a write puts another in its place.
type Record struct {
	Item attribute.Item
	// Size is what AWS counts, in bytes.
	Size int

	at Position
}

// NewTable is an empty table.
func NewTable(schema Schema, indexes []*Index) *Table {
	t := &Table{Schema: schema, Indexes: indexes, primary: newTree()}
	for range indexes {
		t.indexed = append(t.indexed, newTree())
	}
	return t
}

// Count is the number of items, and Bytes their size.
func (t *Table) Count() int { return t.count }

// Bytes is the size of all items.
func (t *Table) Bytes() int { return t.bytes }

// Get is the record of an item, nil if there is none.
func (t *Table) Get(at Position) *Record { return t.primary.get(at.Hash, entry{sort: at.Sort}) }

// Put stores an item, in place of the one with the same key. The caller does not change it any more.
func (t *Table) Put(item attribute.Item) {
	at, _ := t.Position(item)
	t.Delete(at)
	r := &Record{Item: item, Size: item.Size(), at: at}
	t.primary.put(at.Hash, entry{sort: at.Sort, record: r})
	for i, x := range t.Indexes {
		if in, ok := x.Position(item); ok {
			t.indexed[i].put(in.Hash, entry{sort: in.Sort, tie: at.String(), record: r})
		}
	}
	t.count++
	t.bytes += r.Size
}

// Delete removes an item, if it is there.
func (t *Table) Delete(at Position) {
	r := t.Get(at)
	if r == nil {
		return
	}
	t.primary.remove(at.Hash, entry{sort: at.Sort})
	for i, x := range t.Indexes {
		if in, ok := x.Position(r.Item); ok {
			t.indexed[i].remove(in.Hash, entry{sort: in.Sort, tie: at.String()})
		}
	}
	t.count--
	t.bytes -= r.Size
}

// View is a table, or one of its indexes, to be read in order.
type View struct {
	Table *Table
	Index *Index // nil for the table itself
	tree  *tree
}

// View is the table itself for an empty name, else its index; false if it has no such index.
func (t *Table) View(index string) (View, bool) {
	if index == "" {
		return View{Table: t, tree: t.primary}, true
	}
	for i, x := range t.Indexes {
		if x.Name == index {
			return View{Table: t, Index: x, tree: t.indexed[i]}, true
		}
	}
	return View{}, false
}

// Schema is the key by which the view is ordered.
func (v View) Schema() Schema {
	if v.Index == nil {
		return v.Table.Schema
	}
	return v.Index.Schema
}

// Keys are the attributes that say where in the view a record is: those of its key, and of the table's.
func (v View) Keys() []Key {
	keys := v.Schema().Keys()
	for _, k := range v.Table.Keys() {
		if !v.Schema().Has(k.Name) {
			keys = append(keys, k)
		}
	}
	return keys
}

// Project is what the view has of an item.
func (v View) Project(item attribute.Item) attribute.Item {
	if v.Index == nil {
		return item
	}
	return v.Index.Project(v.Table.Schema, item)
}

// Size is the size of a record in the view, in bytes.
func (v View) Size(r *Record) int {
	if v.Index == nil || v.Index.All {
		return r.Size
	}
	return v.Project(r.Item).Size()
}

// entry is where a key that has the attributes of [View.Keys] is.
func (v View) entry(key attribute.Item) (hash string, e *entry) {
	if key == nil {
		return "", nil
	}
	at, _ := v.Schema().Position(key)
	e = &entry{sort: at.Sort}
	if v.Index != nil {
		primary, _ := v.Table.Position(key)
		e.tie = primary.String()
	}
	return at.Hash, e
}

// Query gives the records with a partition key whose sort keys are in a range: where is negative before
// it, zero in it, and positive behind it. They begin behind a key, which has the attributes of Keys; with
// the first if that is nil.
func (v View) Query(hash attribute.Value, where func(sort string) int, after attribute.Item, forward bool) iter.Seq[*Record] {
	_, e := v.entry(after)
	return v.tree.query(hash.SortKey(), where, e, forward)
}

// Scan gives the records of a segment of several, behind a key; from the first if that is nil.
func (v View) Scan(segment, segments int, after attribute.Item) iter.Seq[*Record] {
	hash, e := v.entry(after)
	return v.tree.scan(uint64(segment), uint64(segments), hash, e)
}
