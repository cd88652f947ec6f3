package expression

import (
	"cmp"
	"maps"
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// What can only be said with the item at hand.
const (
	badPath    = Error("The document path provided in the update expression is invalid for update")
	badOperand = Error("An operand in the update expression has an incorrect data type")
	noOperand  = Error("The provided expression refers to an attribute that does not exist in the item")
)

// Creates says whether the update makes an item that is not there: removing from nothing leaves nothing.
// A nil Update, of a request without an expression, does.
func (u *Update) Creates() bool {
	return u == nil || slices.ContainsFunc(u.actions, func(a action) bool { return a.section == "SET" || a.section == "ADD" })
}

// Apply is the item after the update. The item itself stays as it is: all that the expression reads is
// read from it, and list indexes mean its lists. On an error nothing is updated.
func (u *Update) Apply(item attribute.Item) (attribute.Item, error) {
	if u == nil {
		return item, nil
	}
	var writes []write
	var removals []path
	for _, a := range u.actions {
		v, err := a.result(item)
		switch {
		case err != nil:
			return nil, err
		case v.Kind == attribute.None:
			removals = append(removals, a.path)
		default:
			writes = append(writes, write{a.path, v})
		}
	}
	root := attribute.Value{Kind: attribute.M, Map: item}
	var err error
	// What is set behind the end of a list is appended in the order of the indexes.
	slices.SortStableFunc(writes, func(a, b write) int { return cmp.Compare(a.path.last(), b.path.last()) })
	for _, w := range writes {
		if root, err = set(root, w.path, w.value); err != nil {
			return nil, err
		}
	}
	// From the back, so that the indexes of the rest stay right.
	slices.SortStableFunc(removals, func(p, q path) int { return q.order(p) })
	for _, p := range removals {
		if _, there := p.find(item); !there {
			if err := p.checkParent(item); err != nil {
				return nil, err
			}
			continue
		}
		root = remove(root, p)
	}
	return root.Map, nil
}

type write struct {
	path  path
	value attribute.Value
}

func (p path) last() int { return p[len(p)-1].index }

// order compares paths by the first index in which they differ.
func (p path) order(q path) int {
	for i := range min(len(p), len(q)) {
		if p[i] != q[i] {
			return cmp.Compare(p[i].index, q[i].index)
		}
	}
	return 0
}

// checkParent refuses a path whose last step has nothing to go into.
func (p path) checkParent(item attribute.Item) error {
	if len(p) == 1 {
		return nil
	}
	parent, _ := p[:len(p)-1].find(item)
	if want := attribute.M; p.last() >= 0 && parent.Kind != attribute.L || p.last() < 0 && parent.Kind != want {
		return badPath
	}
	return nil
}

// result is what an action leaves at its path; no value if the attribute is to go.
func (a action) result(item attribute.Item) (attribute.Value, error) {
	switch a.section {
	case "SET":
		return a.value.compute(item)
	case "REMOVE":
		return attribute.Value{}, nil
	}
	old, there := a.path.find(item)
	operand := a.value.value
	switch {
	case !there && a.section == "ADD":
		return operand, nil
	case !there:
		return attribute.Value{}, nil
	case old.Kind != operand.Kind:
		return attribute.Value{}, badOperand
	case operand.Kind == attribute.N:
		return old.Add(operand)
	case a.section == "ADD":
		return attribute.NewSet(old.Kind, slices.Concat(old.Set, operand.Set)), nil
	}
	left := slices.DeleteFunc(slices.Clone(old.Set), func(s string) bool { return slices.Contains(operand.Set, s) })
	if len(left) == 0 {
		return attribute.Value{}, nil // there is no empty set
	}
	return attribute.Value{Kind: old.Kind, Set: left}, nil
}

// compute is the value of the right side of SET.
func (n *node) compute(item attribute.Item) (attribute.Value, error) {
	n = n.strip()
	switch n.kind {
	case valueNode:
		return n.value, nil
	case pathNode:
		v, ok := n.path.find(item)
		if !ok {
			return v, noOperand
		}
		return v, nil
	}
	if n.name == "if_not_exists" {
		// What it falls back to must be there, whether it is needed or not.
		otherwise, err := n.args[1].compute(item)
		if v, ok := n.args[0].strip().path.find(item); ok && err == nil {
			return v, nil
		}
		return otherwise, err
	}
	v, err := n.args[0].compute(item)
	if err != nil {
		return v, err
	}
	w, err := n.args[1].compute(item)
	if err != nil {
		return w, err
	}
	kind := attribute.N
	if n.name == "list_append" {
		kind = attribute.L
	}
	switch {
	case v.Kind != kind || w.Kind != kind:
		return v, badOperand
	case kind == attribute.L:
		return attribute.Value{Kind: kind, List: slices.Concat(v.List, w.List)}, nil
	case n.name == "+":
		return v.Add(w)
	default:
		return v.Subtract(w)
	}
}

// set is v with another value at the end of the path. What is on the way is copied.
func set(v attribute.Value, p path, value attribute.Value) (attribute.Value, error) {
	if len(p) == 0 {
		return value, nil
	}
	var err error
	switch s := p[0]; {
	case s.index < 0 && v.Kind == attribute.M:
		child, ok := v.Map[s.name]
		if !ok && len(p) > 1 {
			return v, badPath
		}
		copied := maps.Clone(v.Map)
		if copied == nil {
			copied = attribute.Item{}
		}
		copied[s.name], err = set(child, p[1:], value)
		return attribute.Value{Kind: attribute.M, Map: copied}, err
	case s.index >= 0 && v.Kind == attribute.L:
		copied := slices.Clone(v.List)
		if s.index >= len(copied) {
			if len(p) > 1 {
				return v, badPath
			}
			return attribute.Value{Kind: attribute.L, List: append(copied, value)}, nil
		}
		copied[s.index], err = set(copied[s.index], p[1:], value)
		return attribute.Value{Kind: attribute.L, List: copied}, err
	default:
		return v, badPath
	}
}

// remove is v without what is at the end of the path, where there is something.
func remove(v attribute.Value, p path) attribute.Value {
	s := p[0]
	if s.index < 0 {
		copied := maps.Clone(v.Map)
		if len(p) == 1 {
			delete(copied, s.name)
		} else {
			copied[s.name] = remove(copied[s.name], p[1:])
		}
		return attribute.Value{Kind: attribute.M, Map: copied}
	}
	copied := slices.Clone(v.List)
	if len(p) == 1 {
		copied = slices.Delete(copied, s.index, s.index+1)
	} else {
		copied[s.index] = remove(copied[s.index], p[1:])
	}
	return attribute.Value{Kind: attribute.L, List: copied}
}
