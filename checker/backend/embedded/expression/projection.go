package expression

import (
	"cmp"
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Projection is a projection expression.
type Projection struct {
	paths []path
}

// Projection reads a ProjectionExpression.
func (r *Reader) Projection(text string) (*Projection, error) {
	return read(r, "ProjectionExpression", text, (*parser).projection)
}

// Attributes are the names of the attributes that are asked for, each once. It may be called on nil.
func (p *Projection) Attributes() []string {
	if p == nil {
		return nil
	}
	return tops(p.paths)
}

// Updated is the projection on what an update changes, for ReturnValues.
func (u *Update) Updated() *Projection {
	if u == nil {
		return &Projection{}
	}
	return &Projection{paths: u.paths}
}

func (p *parser) projection() (*Projection, error) {
	result := &Projection{}
	for {
		path, err := p.path()
		if err != nil {
			return nil, err
		}
		result.paths = append(result.paths, path)
		if !p.take(",") {
			break
		}
	}
	if p.peek().kind != endOfText {
		return nil, p.unexpected()
	}
	return result, checkOverlaps(result.paths)
}

// Apply is the part of an item that is asked for: all of it if the Projection is nil. Parts of lists move
// together, in their order.
func (p *Projection) Apply(item attribute.Item) attribute.Item {
	if p == nil || item == nil {
		return item
	}
	part, ok := project(attribute.Value{Kind: attribute.M, Map: item}, p.paths)
	if !ok {
		return attribute.Item{}
	}
	return part.Map
}

// project is what paths lead to from v; it reports false if that is nothing.
func project(v attribute.Value, paths []path) (attribute.Value, bool) {
	part := attribute.Value{Kind: v.Kind}
	groups := bySteps(paths)
	for _, group := range groups {
		if len(group[0]) == 0 {
			return v, true
		}
		var child attribute.Value
		s, ok := group[0][0], false
		switch {
		case s.index < 0:
			child, ok = v.Map[s.name]
		case s.index < len(v.List):
			child, ok = v.List[s.index], true
		}
		if !ok {
			continue
		}
		rest := make([]path, len(group))
		for i, p := range group {
			rest[i] = p[1:]
		}
		if child, ok = project(child, rest); !ok {
			continue
		}
		if s.index >= 0 {
			part.List = append(part.List, child)
			continue
		}
		if part.Map == nil {
			part.Map = attribute.Item{}
		}
		part.Map[s.name] = child
	}
	return part, part.Map != nil || part.List != nil
}

// bySteps puts together the paths that begin with the same step, in the order of indexes.
func bySteps(paths []path) [][]path {
	var groups [][]path
	for _, p := range paths {
		at := slices.IndexFunc(groups, func(g []path) bool { return len(p) > 0 && len(g[0]) > 0 && g[0][0] == p[0] })
		if at < 0 {
			groups = append(groups, []path{p})
			continue
		}
		groups[at] = append(groups[at], p)
	}
	slices.SortStableFunc(groups, func(a, b []path) int {
		if len(a[0]) == 0 || len(b[0]) == 0 {
			return 0
		}
		return cmp.Compare(a[0][0].index, b[0][0].index)
	})
	return groups
}
