package sam

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Limits that no template reaches on AWS, so that one made to be expensive is refused early.
const (
	maxBytes = 1_000_000 // CloudFormation's limit for a template in S3
	maxNodes = 100_000   // after the expansion of aliases
	maxDepth = 100
)

// read parses data into a tree without aliases, whose functions are all in their long form. It returns
// nil, and reports why, if data is not one YAML mapping.
func (d *decoder) read(data []byte) *yaml.Node {
	top := &yaml.Node{Line: 1, Column: 1}
	if len(data) > maxBytes {
		d.problem(top, "the template has %d bytes; CloudFormation takes at most %d: split it into nested applications", len(data), maxBytes)
		return nil
	}
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		d.problem(top, "the template is empty; it needs at least Transform and Resources")
		return nil
	case err != nil:
		d.syntaxError(data, err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		d.problem(&second, "a second YAML document begins here; a template is one document: remove the line ---")
		return nil
	case !errors.Is(err, io.EOF):
		d.syntaxError(data, err)
		return nil
	}
	if len(document.Content) == 0 || isNull(document.Content[0]) {
		d.problem(top, "the template is empty; it needs at least Transform and Resources")
		return nil
	}
	root := d.expand(document.Content[0], "", 0)
	if d.refused {
		return nil // what is left of it would only be reported as missing
	}
	if root.Kind != yaml.MappingNode || isFunction(root) {
		d.problem(root, "the template is %s; it must be a mapping with Transform and Resources", describe(root))
		return nil
	}
	return root
}

// expand copies a tree: aliases and merge keys become what they stand for, and !Sub becomes Fn::Sub.
// Every node of the copy is in one place only, so it has one path.
func (d *decoder) expand(n *yaml.Node, path string, depth int) *yaml.Node {
	d.nodes++
	if d.nodes > maxNodes || depth > maxDepth {
		d.tooLarge(n)
		return d.node(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}, path)
	}
	if n.Kind == yaml.AliasNode {
		return d.expand(n.Alias, path, depth+1)
	}
	if name, ok := d.shortFunction(n, path); ok {
		plain := *n
		plain.Tag, plain.Style = "", plain.Style&^yaml.TaggedStyle
		if plain.Kind == yaml.ScalarNode {
			plain.Tag = "!!str"
		}
		key := d.node(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: n.Line, Column: n.Column}, path)
		call := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
		call.Content = []*yaml.Node{key, d.expand(&plain, path, depth+1)}
		return d.node(call, path)
	}
	out := *n
	out.Content, out.Anchor = nil, ""
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			out.Content = append(out.Content, d.expand(item, join(path, strconv.Itoa(i)), depth+1))
		}
	case yaml.MappingNode:
		d.expandMapping(n, &out, path, depth)
	}
	return d.node(&out, path)
}

func (d *decoder) expandMapping(n, out *yaml.Node, path string, depth int) {
	var merged []*yaml.Node
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			d.problemAt(key, path, "a key of this mapping is %s; keys are names", describe(key))
			continue
		}
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		inner := join(path, key.Value)
		if len(n.Content) == 2 && isFunctionName(key.Value) {
			inner = path // {Ref: X} is where !Ref X is
		}
		if first := seen[key.Value]; first != nil {
			d.problemAt(key, inner, "the key was given on line %d already; keep one of the two", first.Line)
			continue
		}
		seen[key.Value] = key
		copied := *key
		copied.Anchor = ""
		out.Content = append(out.Content, d.node(&copied, inner), d.expand(value, inner, depth+1))
	}
	for _, value := range merged {
		source := d.expand(value, path, depth+1)
		mappings := []*yaml.Node{source}
		if source.Kind == yaml.SequenceNode {
			mappings = source.Content
		}
		for _, mapping := range mappings {
			if mapping.Kind != yaml.MappingNode {
				d.problemAt(value, path, "<< takes a mapping, and this is %s", describe(mapping))
				continue
			}
			for i := 0; i+1 < len(mapping.Content); i += 2 {
				// What the mapping says itself, or an earlier merge, wins.
				if key := mapping.Content[i]; seen[key.Value] == nil {
					seen[key.Value] = key
					out.Content = append(out.Content, key, mapping.Content[i+1])
				}
			}
		}
	}
}

// node notes where in the template a node is.
func (d *decoder) node(n *yaml.Node, path string) *yaml.Node {
	d.paths[n] = path
	return n
}

// tooLarge is reported once: thousands of nodes may be beyond the limit.
func (d *decoder) tooLarge(n *yaml.Node) {
	if !d.refused {
		d.refused = true
		d.problem(n, "the template is nested deeper than %d levels, or has more than %d values once its aliases are expanded", maxDepth, maxNodes)
	}
}

// join extends a path. Paths are kept short, as there is one for each node.
func join(path, key string) string {
	const longest = 400
	switch {
	case len(path) > longest:
		return path
	case len(key) > longest:
		key = key[:longest] + "…"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// describe says what kind of thing a node is, for messages.
func describe(n *yaml.Node) string {
	switch {
	case isNull(n):
		return "empty"
	case n.Kind == yaml.ScalarNode && len(n.Value) > 80:
		return strconv.Quote(n.Value[:80]) + "…"
	case n.Kind == yaml.ScalarNode:
		return strconv.Quote(n.Value)
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isFunction(n):
		return "the function " + shortName(n.Content[0].Value)
	default:
		return "a mapping"
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// child returns the value of a mapping's key, or an item of a list by its number; nil if there is none.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i+1]
			}
		}
	}
	return nil
}
