package stack

import (
	"errors"

	"example.com/serverless-patterns/checker/sam"
)

// Names tells beforehand what Deploy could make of a template, for those who deploy only a part of it.
type Names struct{ r resolver }

// NewNames looks at a template.
func NewNames(t *sam.Template) *Names {
	o := Options{Template: t, Name: "stack"}
	return &Names{resolver{&Stack{Region: regions[0], name: o.Name, template: t, names: physicalNames(o, regions[0])}}}
}

// Resolve returns an error if a value cannot be known here.
func (n *Names) Resolve(v sam.Value) error {
	_, err := v.Resolve(n.r)
	return err
}

// Policies returns an error if it cannot be told here what a function may do.
func (n *Names) Policies(f *sam.Function) error {
	only := *n.r.template
	only.Functions = []*sam.Function{f}
	if err := errors.Join(policyLimits(&only)...); err != nil {
		return err
	}
	_, err := n.r.grants(f)
	return err
}
