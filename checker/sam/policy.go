package sam

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Policy is one of a function's Policies: [*PolicyTemplate], [*PolicyStatement] or [*ManagedPolicy].
type Policy interface {
	// Line is where the policy stands in the file, counted from 1.
	Line() int
}

// PolicyTemplate is one of SAM's policy templates, such as DynamoDBReadPolicy.
type PolicyTemplate struct {
	Name       string
	Parameters map[string]Value // such as TableName; never nil
	line       int
}

// PolicyStatement is a statement of an inline policy; a policy with several becomes as many.
type PolicyStatement struct {
	Effect    string   // "Allow" or "Deny"
	Actions   []string // such as "dynamodb:GetItem"
	Resources []Value  // ARNs

	// NotActions and NotResources stand in place of Actions and Resources, and mean all others.
	NotActions   []string
	NotResources []Value

	// Untyped has Condition where it is given. Such a statement does not always apply.
	Untyped map[string]*yaml.Node
	line    int
}

// ManagedPolicy is a policy that exists outside the template.
type ManagedPolicy struct {
	Policy Value // an ARN, or the name of one of AWS's
	line   int
}

var (
	_ Policy = (*PolicyTemplate)(nil)
	_ Policy = (*PolicyStatement)(nil)
	_ Policy = (*ManagedPolicy)(nil)
)

// Line implements [Policy].
func (p *PolicyTemplate) Line() int { return p.line }

// Line implements [Policy].
func (p *PolicyStatement) Line() int { return p.line }

// Line implements [Policy].
func (p *ManagedPolicy) Line() int { return p.line }

func (d *decoder) policies(o *object) []Policy {
	n := o.get("Policies")
	if n == nil {
		return nil
	}
	items := []*yaml.Node{n} // a single policy needs no list
	if n.Kind == yaml.SequenceNode {
		items = o.list("Policies")
	}
	var all []Policy
	for _, item := range items {
		switch {
		case item.Kind != yaml.MappingNode || isFunction(item):
			if v, ok := d.value(item); ok {
				all = append(all, &ManagedPolicy{v, item.Line})
			}
		case child(item, "Statement") != nil:
			all = append(all, d.policyDocument(item)...)
		default:
			all = append(all, d.policyTemplates(item)...)
		}
	}
	return all
}

func (d *decoder) policyDocument(n *yaml.Node) []Policy {
	document := d.object(n)
	document.skip("Version", "Id")
	statements := []*yaml.Node{document.get("Statement")}
	if statements[0].Kind == yaml.SequenceNode {
		statements = document.list("Statement")
	}
	document.done("property of a policy")
	var all []Policy
	for _, item := range statements {
		s := d.object(item)
		p := &PolicyStatement{
			Effect:       s.oneOf("Effect", "", "Allow", "Deny"),
			Actions:      s.texts("Action"),
			Resources:    s.values("Resource"),
			NotActions:   s.texts("NotAction"),
			NotResources: s.values("NotResource"),
			Untyped:      s.untyped("Condition"),
			line:         item.Line,
		}
		s.require("Effect")
		s.requireOne("Action", "NotAction")
		s.requireOne("Resource", "NotResource")
		for name, actions := range map[string][]string{"Action": p.Actions, "NotAction": p.NotActions} {
			for _, action := range actions {
				if action != "*" && !strings.Contains(action, ":") {
					d.problem(s.get(name), "%q is not an action; write service:Action, as in dynamodb:GetItem", action)
				}
			}
		}
		s.skip("Sid")
		s.done("property of a policy statement")
		all = append(all, p)
	}
	return all
}

func (d *decoder) policyTemplates(n *yaml.Node) []Policy {
	o := d.object(n)
	var all []Policy
	for _, name := range o.keys {
		key, value := o.key(name), o.get(name)
		wanted, known := policyTemplates[name]
		switch {
		case !known && strings.HasSuffix(name, "Policy"), !known && len(o.keys) == 1:
			d.problem(key, "%q is not a policy template of SAM%s", name, didYouMean(name, slices.Sorted(maps.Keys(policyTemplates))))
			continue
		case !known:
			d.problem(key, "is neither a policy template nor part of a policy with a Statement; indent what belongs to a template below its name")
			continue
		}
		p := &PolicyTemplate{Name: name, Parameters: map[string]Value{}, line: key.Line}
		all = append(all, p)
		if isNull(value) && wanted == "" {
			continue // people leave out the {}
		}
		if isNull(value) {
			d.problem(key, "%s needs %s; write it below, indented", name, wanted)
			continue
		}
		parameters := d.object(value)
		for _, parameter := range strings.Fields(wanted) {
			parameters.require(parameter)
			if v := parameters.value(parameter); !v.IsZero() {
				p.Parameters[parameter] = v
			}
		}
		if len(parameters.missing) == 0 {
			parameters.skip(parameters.keys...) // SAM takes more than it needs
		}
		parameters.done("parameter of " + name)
	}
	return all
}
