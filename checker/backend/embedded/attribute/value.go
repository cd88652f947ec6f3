// Package attribute is DynamoDB's data model: the values of attributes, their limits, their order, and
// their form in JSON.
//
// A [Value] is decoded once, from a [Wire], and is valid from then on: numbers are in DynamoDB's normal
// form, sets have no duplicates. What is refused is refused in AWS's words, as an [Error]. Values are
// never changed after they were made, so they may be shared between items, requests and goroutines; who
// needs another value makes a copy with [Value.Clone].
//
// Keys, tables and expressions are the business of the packages beside this one.
package attribute

import (
	"maps"
	"slices"
	"strings"
)

// Kind is the type of a value.
type Kind uint8

// The types of DynamoDB. The zero Kind is that of no value.
const (
	None Kind = iota
	S
	N
	B
	BOOL
	NULL
	M
	L
	SS
	NS
	BS
)

var kindNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}

// String is the type as the protocol writes it: "S", "NS".
func (k Kind) String() string { return kindNames[k] }

// IsSet says whether the type is one of the three sets.
func (k Kind) IsSet() bool { return k == SS || k == NS || k == BS }

// Element is the type of what a set has in it; None for what is no set.
func (k Kind) Element() Kind {
	switch k {
	case SS:
		return S
	case NS:
		return N
	case BS:
		return B
	default:
		return None
	}
}

// KindOf is the type that the protocol writes so, None if it has no such type.
func KindOf(name string) Kind {
	if name == "" {
		return None
	}
	return Kind(max(slices.Index(kindNames[:], name), 0))
}

// Value is the value of an attribute. The zero Value is that of an attribute that is not there.
type Value struct {
	Kind Kind
	Bool bool     // BOOL
	Text string   // S; N in normal form; the bytes of B
	Set  []string // SS, NS and BS, as Text has them, in ascending order
	List []Value  // L
	Map  Item     // M
}

// Item is a set of attributes by name: an item, a key, or the content of a map.
type Item map[string]Value

// Error says in AWS's words why a value is refused.
type Error string

func (e Error) Error() string { return string(e) }

// String is a value of type S.
func String(s string) Value { return Value{Kind: S, Text: s} }

// Equal compares as DynamoDB does: numbers by value, sets without regard to order.
func (v Value) Equal(w Value) bool {
	if v.Kind != w.Kind {
		return false
	}
	switch v.Kind {
	case S, N, B:
		return v.Text == w.Text // numbers have one normal form each
	case BOOL:
		return v.Bool == w.Bool
	case SS, NS, BS:
		return slices.Equal(v.Set, w.Set)
	case L:
		return slices.EqualFunc(v.List, w.List, Value.Equal)
	case M:
		return maps.EqualFunc(v.Map, w.Map, Value.Equal)
	default:
		return true // NULL
	}
}

// Ordered says whether the type has an order: S, N and B.
func (k Kind) Ordered() bool { return k == S || k == N || k == B }

// Compare orders two values of the same ordered type: text and binary by bytes, numbers by value.
func (v Value) Compare(w Value) int {
	if v.Kind == N {
		return parsed(v.Text).compare(parsed(w.Text))
	}
	return strings.Compare(v.Text, w.Text)
}

// Clone is a copy that shares nothing that could be changed.
func (v Value) Clone() Value {
	v.Set = slices.Clone(v.Set)
	if v.List != nil {
		list := make([]Value, len(v.List))
		for i, element := range v.List {
			list[i] = element.Clone()
		}
		v.List = list
	}
	if v.Map != nil {
		v.Map = v.Map.Clone()
	}
	return v
}

// Clone is a copy that shares nothing that could be changed.
func (i Item) Clone() Item {
	c := make(Item, len(i))
	for name, v := range i {
		c[name] = v.Clone()
	}
	return c
}

// NewSet is a set of the given elements, each in the form of Text and of one kind; the same element may
// be there more than once.
func NewSet(kind Kind, elements []string) Value {
	v := Value{Kind: kind, Set: elements}
	v.sort()
	v.Set = slices.Compact(v.Set)
	return v
}

func (v *Value) sort() {
	if v.Kind == NS {
		slices.SortFunc(v.Set, func(a, b string) int { return parsed(a).compare(parsed(b)) })
		return
	}
	slices.Sort(v.Set)
}
