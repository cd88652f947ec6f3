// Package expression reads and evaluates DynamoDB's expressions: conditions and filters, key conditions,
// updates and projections.
//
// A request's expressions share one set of placeholders, so they are read through one [Reader], which at
// the end knows what was defined and not used:
//
//	r, err := expression.NewReader(names, values)
//	condition, err := r.Condition("ConditionExpression", "attribute_not_exists(#id)")
//	err = r.Unused()
//	condition.Holds(item)
//
// Everything that can be said against an expression by itself is said when it is read; evaluating a
// condition or a projection cannot fail, and an update fails only by what is in the item. The grammar, the
// limits and the texts of errors are those of the developer guide ("Condition and filter expressions,
// operators, and functions", "Update expressions", "Service, account, and table quotas") and of DynamoDB
// Local, which is AWS's own work.
//
// What was read may be used by several goroutines at once; a Reader may not. What a table's keys forbid
// is for the caller, who knows the table: see the Attributes methods.
package expression

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Error says in AWS's words why an expression is refused.
type Error string

func (e Error) Error() string { return string(e) }

// The limits of an expression.
const (
	maxBytes     = 4096
	maxOperators = 300
	maxIn        = 100
	maxPath      = attribute.MaxDepth
)

// Reader reads the expressions of one request.
type Reader struct {
	names      map[string]string
	values     attribute.Item
	usedNames  map[string]bool
	usedValues map[string]bool
}

// NewReader checks the placeholders. Names and values are nil where the request has none; that they are
// there without being needed is checked by [Reader.Unused].
func NewReader(names map[string]string, values map[string]*attribute.Wire) (*Reader, error) {
	r := &Reader{names: names}
	if names != nil {
		if err := checkNames(names); err != nil {
			return nil, err
		}
		r.usedNames = map[string]bool{}
	}
	if values != nil {
		if err := r.readValues(values); err != nil {
			return nil, err
		}
		r.usedValues = map[string]bool{}
	}
	return r, nil
}

func checkNames(names map[string]string) error {
	const about = "ExpressionAttributeNames"
	if len(names) == 0 {
		return Error(about + " must not be empty")
	}
	for _, key := range slices.Sorted(maps.Keys(names)) {
		if !isHolder(key, '#') {
			return Error(fmt.Sprintf("%s contains invalid key: Syntax error; key: %q", about, key))
		}
		if names[key] == "" {
			return Error(about + " contains invalid value: Empty attribute name for key " + key)
		}
	}
	return nil
}

func (r *Reader) readValues(wires map[string]*attribute.Wire) error {
	const about = "ExpressionAttributeValues"
	if len(wires) == 0 {
		return Error(about + " must not be empty")
	}
	r.values = make(attribute.Item, len(wires))
	for _, key := range slices.Sorted(maps.Keys(wires)) {
		if !isHolder(key, ':') {
			return Error(fmt.Sprintf("%s contains invalid key: Syntax error; key: %q", about, key))
		}
		v, err := wires[key].Value()
		if err != nil {
			return Error(about + " contains invalid value: " + err.Error() + " for key " + key)
		}
		r.values[key] = v
	}
	return nil
}

func isHolder(s string, sign byte) bool {
	return len(s) > 1 && s[0] == sign && len(prefix(s, 1, afterLetters)) == len(s)
}

// Unused refuses placeholders that no expression has used.
func (r *Reader) Unused() error {
	if unused := missing(r.names, r.usedNames); unused != "" {
		return Error("Value provided in ExpressionAttributeNames unused in expressions: keys: {" + unused + "}")
	}
	if unused := missing(r.values, r.usedValues); unused != "" {
		return Error("Value provided in ExpressionAttributeValues unused in expressions: keys: {" + unused + "}")
	}
	return nil
}

func missing[V any](defined map[string]V, used map[string]bool) string {
	if len(defined) == len(used) {
		return ""
	}
	var unused []string
	for _, key := range slices.Sorted(maps.Keys(defined)) {
		if !used[key] {
			unused = append(unused, key)
		}
	}
	return strings.Join(unused, ", ")
}

// step is one step of a path: into a map by name, or into a list by index.
type step struct {
	name  string
	index int // -1 for a name
}

func (s step) String() string {
	if s.index >= 0 {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	return s.name
}

// path leads to an attribute, or to a part of one.
type path []step

// String is a path as AWS's errors have it: [a, [0], b].
func (p path) String() string {
	var steps []string
	for _, s := range p {
		steps = append(steps, s.String())
	}
	return "[" + strings.Join(steps, ", ") + "]"
}

// find is the value at the end of a path; it reports false if there is none.
func (p path) find(item attribute.Item) (attribute.Value, bool) {
	v, ok := item[p[0].name]
	for _, s := range p[1:] {
		switch {
		case !ok:
			return v, false
		case s.index < 0:
			v, ok = v.Map[s.name] // a value that is no map has none
		case s.index < len(v.List):
			v = v.List[s.index]
		default:
			return attribute.Value{}, false
		}
	}
	return v, ok
}

// checkOverlaps refuses paths that could not all be followed at once.
func checkOverlaps(paths []path) error {
	for i, q := range paths {
		for _, p := range paths[:i] {
			if err := overlap(p, q); err != nil {
				return err
			}
		}
	}
	return nil
}

func overlap(p, q path) error {
	for i := range min(len(p), len(q)) {
		if p[i] == q[i] {
			continue
		}
		if (p[i].index < 0) != (q[i].index < 0) {
			return Error(fmt.Sprintf("Two document paths conflict with each other; "+
				"must remove or rewrite one of these paths; path one: %s, path two: %s", p, q))
		}
		return nil
	}
	return Error(fmt.Sprintf("Two document paths overlap with each other; "+
		"must remove or rewrite one of these paths; path one: %s, path two: %s", p, q))
}

// tops are the names of the attributes that paths begin with, each once.
func tops(paths []path) []string {
	var names []string
	for _, p := range paths {
		if !slices.Contains(names, p[0].name) {
			names = append(names, p[0].name)
		}
	}
	return names
}
