// Package store keeps the items of tables in memory, in DynamoDB's order.
//
// A [Table] has a tree for its primary key and one for each index: partitions in the order of a hash, so
// that a scan is in no order that anybody could rely on, and in them the items in the order of the sort
// key. Indexes are kept up to date with each write: DynamoDB Local does the same, and AWS, where a global
// index lags behind, hides that in most cases.
//
// The store trusts its caller: keys are there and of the right type, and only one goroutine writes while
// no other reads. What requests may ask for is checked in package embedded.
package store

import (
	"slices"
	"strconv"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Key is an attribute of a key.
type Key struct {
	Name string
	Kind attribute.Kind // S, N or B
}

// Schema is the key of a table or an index.
type Schema struct {
	Hash  Key
	Range Key // without a name if there is none
}

// Keys are the attributes of the key, the partition key first.
func (s Schema) Keys() []Key {
	if s.Range.Name == "" {
		return []Key{s.Hash}
	}
	return []Key{s.Hash, s.Range}
}

// Has says whether an attribute is part of the key.
func (s Schema) Has(name string) bool {
	return name == s.Hash.Name || name == s.Range.Name && name != ""
}

// Position is where an item is in a tree: the sort keys of its partition key and its sort key.
type Position struct{ Hash, Sort string }

// Position is where an item with the attributes of the key is, and false if it lacks one.
func (s Schema) Position(item attribute.Item) (Position, bool) {
	hash, ok := item[s.Hash.Name]
	if !ok || s.Range.Name == "" {
		return Position{Hash: hash.SortKey()}, ok
	}
	sort, ok := item[s.Range.Name]
	return Position{Hash: hash.SortKey(), Sort: sort.SortKey()}, ok
}

// String tells positions apart.
func (p Position) String() string { return strconv.Itoa(len(p.Hash)) + ":" + p.Hash + p.Sort }

// Index is a secondary index.
type Index struct {
	Schema
	Name  string
	Local bool
	// All says that the index has every attribute; else it has the keys, and those of NonKey.
	All    bool
	NonKey []string
}

// Projects says whether the index of a table has an attribute.
func (x *Index) Projects(table Schema, name string) bool {
	return x.All || x.Has(name) || table.Has(name) || slices.Contains(x.NonKey, name)
}

// Project is the part of an item that the index has.
func (x *Index) Project(table Schema, item attribute.Item) attribute.Item {
	if x.All {
		return item
	}
	part := make(attribute.Item, 4+len(x.NonKey))
	for _, name := range slices.Concat([]string{x.Hash.Name, x.Range.Name, table.Hash.Name, table.Range.Name}, x.NonKey) {
		if v, ok := item[name]; ok {
			part[name] = v
		}
	}
	return part
}
