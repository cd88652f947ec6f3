package expression

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// holds evaluates a condition. What is not there, or of another type, makes a comparison false, and
// therefore <> and NOT true.
func (n *node) holds(item attribute.Item) bool {
	switch n.name {
	case "AND":
		return n.args[0].holds(item) && n.args[1].holds(item)
	case "OR":
		return n.args[0].holds(item) || n.args[1].holds(item)
	case "NOT":
		return !n.args[0].holds(item)
	case "":
		return n.args[0].holds(item) // parentheses
	case "attribute_exists":
		_, ok := n.args[0].evaluate(item)
		return ok
	case "attribute_not_exists":
		_, ok := n.args[0].evaluate(item)
		return !ok
	}
	var operands [3]attribute.Value // as many as anything but IN has
	values := operands[:0]
	for _, arg := range n.args {
		v, ok := arg.evaluate(item)
		if !ok && (n.name != "IN" || len(values) == 0) {
			return n.name == "<>"
		}
		values = append(values, v)
	}
	if n.name == "IN" {
		return slices.ContainsFunc(values[1:], values[0].Equal)
	}
	return compare(n.name, values[0], values[1:])
}

func compare(operator string, v attribute.Value, others []attribute.Value) bool {
	w := others[0]
	switch operator {
	case "=":
		return v.Equal(w)
	case "<>":
		return !v.Equal(w)
	case "<", "<=", ">", ">=":
		return ordered(v, w) && satisfies(operator, v.Compare(w))
	case "BETWEEN":
		return ordered(v, w) && ordered(v, others[1]) && v.Compare(w) >= 0 && v.Compare(others[1]) <= 0
	case "attribute_type":
		return v.Kind.String() == w.Text
	case "begins_with":
		return v.Kind == w.Kind && v.Kind != attribute.N && v.Kind.Ordered() && strings.HasPrefix(v.Text, w.Text)
	default:
		return contains(v, w)
	}
}

func ordered(v, w attribute.Value) bool { return v.Kind == w.Kind && v.Kind.Ordered() }

func satisfies(operator string, order int) bool {
	switch operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

// contains looks for text in text, bytes in binary, and an element in a set or list.
func contains(v, w attribute.Value) bool {
	switch {
	case v.Kind.IsSet():
		return v.Kind.Element() == w.Kind && slices.Contains(v.Set, w.Text)
	case v.Kind == attribute.L:
		return slices.ContainsFunc(v.List, w.Equal)
	default:
		return v.Kind == w.Kind && (v.Kind == attribute.S || v.Kind == attribute.B) && strings.Contains(v.Text, w.Text)
	}
}

// evaluate is the value of an operand; it reports false if there is none.
func (n *node) evaluate(item attribute.Item) (attribute.Value, bool) {
	switch n = n.strip(); n.kind {
	case valueNode:
		return n.value, true
	case pathNode:
		return n.path.find(item)
	default: // size, which is the only function with a value
		v, ok := n.args[0].evaluate(item)
		if !ok || !hasSize(v.Kind) {
			return attribute.Value{}, false
		}
		return attribute.Value{Kind: attribute.N, Text: strconv.Itoa(size(v))}, true
	}
}

// size is what the function size counts: characters (as Java does), bytes or elements.
func size(v attribute.Value) int {
	switch v.Kind {
	case attribute.S:
		n := 0
		for _, r := range v.Text {
			n += utf16.RuneLen(r)
		}
		return n
	case attribute.B:
		return len(v.Text)
	default:
		return len(v.Set) + len(v.List) + len(v.Map)
	}
}
