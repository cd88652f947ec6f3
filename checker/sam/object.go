package sam

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object reads the properties of a mapping. It remembers the names that it was asked for, so that done
// can report the others: what is understood is written down once, where it is read.
type object struct {
	*decoder
	node    *yaml.Node
	keys    []string // as written
	fields  map[string]field
	known   []string
	missing []string // required, and not given
	broken  bool     // it is no mapping, and that was said
}

type field struct{ key, value *yaml.Node }

// object opens a mapping; anything else is a problem, and reads as an empty mapping.
func (d *decoder) object(n *yaml.Node) *object {
	o := &object{decoder: d, node: n, fields: map[string]field{}}
	if n.Kind != yaml.MappingNode || isFunction(n) {
		d.problem(n, "is %s; it must be a mapping", describe(n))
		o.broken = true
		return o
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isNoValue(value) {
			o.known = append(o.known, key.Value) // as if the line were not there
			continue
		}
		o.keys = append(o.keys, key.Value)
		o.fields[key.Value] = field{key, value}
	}
	return o
}

// get returns the node of a property, or nil.
func (o *object) get(name string) *yaml.Node {
	o.known = append(o.known, name)
	return o.fields[name].value
}

func (o *object) has(name string) bool       { return o.get(name) != nil }
func (o *object) key(name string) *yaml.Node { return o.fields[name].key }
func (o *object) skip(names ...string)       { o.known = append(o.known, names...) }
func (o *object) text(name string) string    { return o.textOr(name, "") }
func (o *object) boolean(name string) bool   { return o.booleanOr(name, false) }
func (o *object) value(name string) Value    { return o.valueOr(name, Value{}) }

// require notes properties that have to be given, for done to report.
func (o *object) require(names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.missing = append(o.missing, name)
		}
	}
}

// requireOne notes that one of two properties has to be given, the first for choice, and not both.
func (o *object) requireOne(name, instead string) {
	switch {
	case !o.has(instead):
		o.require(name)
	case o.has(name):
		o.problem(o.key(instead), "%s and %s exclude each other; keep one", name, instead)
	}
}

// done reports what nobody asked for, and what is required and missing. what says what a name would
// have to be.
func (o *object) done(what string) {
	for _, name := range o.keys {
		if !slices.Contains(o.known, name) {
			o.problem(o.key(name), "%q is not %s%s", name, article(what), didYouMean(name, o.known))
			// A mistyped name is one problem, not two.
			o.missing = slices.DeleteFunc(o.missing, func(m string) bool { return m == Nearest(name, o.known) })
		}
	}
	if o.broken {
		return
	}
	for _, name := range o.missing {
		o.problem(o.node, "%s is missing; add it", name)
	}
}

// article puts a or an before a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// untyped keeps the properties of these names that are given.
func (o *object) untyped(names ...string) map[string]*yaml.Node {
	var kept map[string]*yaml.Node
	for _, name := range names {
		if n := o.get(name); n != nil {
			if kept == nil {
				kept = map[string]*yaml.Node{}
			}
			kept[name] = n
		}
	}
	return kept
}

// object returns a property that is a mapping, or nil.
func (o *object) object(name string) *object {
	n := o.get(name)
	if n == nil {
		return nil
	}
	if inner := o.decoder.object(n); !inner.broken {
		return inner
	}
	return nil
}

// list returns the items of a property that is a list.
func (o *object) list(name string) []*yaml.Node {
	n := o.get(name)
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode:
		o.problem(n, "is %s; it must be a list", describe(n))
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.Content), isNoValue)
}

// literal returns a text that no function may stand for.
func (o *object) literal(name string) string {
	n := o.get(name)
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || isNull(n) {
		o.problem(n, "is %s; it must be plain text", describe(n))
		return ""
	}
	return scalar(n)
}

// value makes a value of a node; ok is false after a problem.
func (d *decoder) value(n *yaml.Node) (v Value, ok bool) {
	v, err := build(n)
	if err != nil {
		d.problem(err.node, "%s", err.message)
		return Value{}, false
	}
	if name := v.unsupported(); name != "" {
		if !slices.Contains(functionNames, name) {
			return Value{}, false // verify reports it
		}
		d.limit(n, "AWS evaluates %s, and the checker does not; use !Ref, !GetAtt, !Sub or !Join here", shortName(name))
		return Value{}, false
	}
	return v, true
}

func (o *object) valueOr(name string, missing Value) Value {
	n := o.get(name)
	if n == nil {
		return missing
	}
	v, _ := o.decoder.value(n)
	return v
}

// values returns a list; a single value stands for a list of one, or for a parameter that is a list.
func (o *object) values(name string) []Value {
	n := o.get(name)
	if n == nil {
		return nil
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = o.list(name)
	}
	var all []Value
	for _, item := range items {
		if v, ok := o.decoder.value(item); ok {
			all = append(all, v)
		}
	}
	return all
}

// valueMap returns a mapping of names to values, never nil.
func (o *object) valueMap(name string) map[string]Value {
	all := map[string]Value{}
	if inner := o.object(name); inner != nil {
		for _, key := range inner.keys {
			all[key] = inner.value(key)
		}
	}
	return all
}
