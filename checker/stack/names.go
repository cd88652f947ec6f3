package stack

import (
	"crypto/rand"
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

// physicalNames names everything as CloudFormation does: the stack, the logical id, and an end that is
// different each time.
func physicalNames(o Options, region string) map[string]string {
	names := map[string]string{}
	soFar := resolver{&Stack{Region: region, name: o.Name, template: o.Template, given: o.Parameters, names: names}}
	name := func(r sam.Resource, given sam.Value) {
		text, ok := given.Literal()
		if o.ExactNames && !given.IsZero() {
			resolved, err := given.Resolve(soFar)
			text, ok = resolved, err == nil
		}
		if ok && text != "" {
			names[r.LogicalID] = text
			if !o.ExactNames {
				names[r.LogicalID] += "-" + rand.Text()[:13] // checks run side by side on one backend
			}
			return
		}
		names[r.LogicalID] = o.Name + "-" + r.LogicalID + "-" + rand.Text()[:13]
	}
	for _, t := range o.Template.Tables {
		name(t.Resource, t.TableName)
	}
	for _, f := range o.Template.Functions {
		name(f.Resource, f.FunctionName)
	}
	for _, q := range o.Template.Queues {
		name(q.Resource, q.QueueName)
		if long := names[q.LogicalID]; len(long) > maxQueueName { // the end tells it from others
			const end = 14
			names[q.LogicalID] = long[:maxQueueName-end] + long[len(long)-end:]
		}
	}
	for _, b := range o.Template.Buckets {
		if given, err := b.BucketName.Resolve(soFar); err == nil && given != "" && !b.BucketName.IsZero() {
			names[b.LogicalID] = given // also elsewhere in the template it is put together from the same parts
			continue
		}
		names[b.LogicalID] = bucketName(o.Name, b.LogicalID)
	}
	for _, a := range o.Template.HTTPAPIs {
		names[a.LogicalID] = newAPIID()
	}
	for _, a := range o.Template.RestAPIs {
		names[a.LogicalID] = newAPIID()
	}
	return names
}
