package sam

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Circle is resources of which each waits for the next, and the last for the first: CloudFormation refuses a template with
// such ("Circular dependency between resources"). It is nil if there are none among the resources that are not typed here.
// Typed ones are left out: SAM makes several of each, which do not wait for the same.
func (t *Template) Circle() []string {
	waits := map[string][]string{}
	for _, o := range t.Others {
		waits[o.LogicalID] = append(slices.Clone(o.DependsOn), mentions(o.Properties)...)
	}
	done := map[string]bool{}
	var path, found []string
	var follow func(id string)
	follow = func(id string) {
		if k := slices.Index(path, id); k >= 0 {
			found = slices.Clone(path[k:])
			return
		}
		path = append(path, id)
		for _, next := range waits[id] {
			if !done[next] && found == nil {
				follow(next)
			}
		}
		path = path[:len(path)-1]
		done[id] = true
	}
	for _, o := range t.Others {
		if !done[o.LogicalID] && found == nil {
			follow(o.LogicalID)
		}
	}
	return found
}

// mentions are the logical ids that a tree refers to.
func mentions(n *yaml.Node) (all []string) {
	if n == nil {
		return nil
	}
	if isFunction(n) {
		if v, err := build(n); err == nil && v.unsupported() == "" {
			for _, r := range v.References() {
				all = append(all, r.LogicalID)
			}
			return all
		}
	}
	for _, inner := range n.Content {
		all = append(all, mentions(inner)...)
	}
	return all
}
