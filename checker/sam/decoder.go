package sam

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// decoder is one reading of a template. It goes on after a problem, so as to report all of them.
type decoder struct {
	file     string
	problems Problems
	paths    map[*yaml.Node]string // where in the template each node was written
	nodes    int
	refused  bool // the template is too large, and that was said

	lenient bool              // what is only not supported here goes to left
	left    Problems          // what a lenient reading went on without
	values  map[string]string // of parameters, in place of their Default

	result     *Template
	parameters map[string]Parameter
	resources  map[string]string     // logical id → type, also of resources that have problems
	generated  map[string]string     // logical ids that SAM generates → type
	globals    map[string]*yaml.Node // "Function" → its properties
	impliedBy  map[string]int        // implied API → line of the first event that implies it
	routes     map[string]int        // API, method and path → line of the event
	variables  map[string]string     // REST API and path up to there → the variable of the paths that go on
}

func newDecoder(file string) *decoder {
	return &decoder{
		file:       file,
		paths:      map[*yaml.Node]string{},
		result:     &Template{File: file},
		parameters: map[string]Parameter{},
		resources:  map[string]string{},
		generated:  map[string]string{},
		globals:    map[string]*yaml.Node{},
		impliedBy:  map[string]int{},
		routes:     map[string]int{},
		variables:  map[string]string{},
	}
}

func (d *decoder) problem(n *yaml.Node, format string, args ...any) {
	d.problemAt(n, d.paths[n], format, args...)
}

// unsupported reports what AWS takes and this package does not. consequence is what it means to go on without it.
func (d *decoder) unsupported(n *yaml.Node, consequence, format string, args ...any) {
	if !d.lenient {
		d.limit(n, format, args...)
		return
	}
	d.left = append(d.left, Problem{File: d.file, Line: max(1, n.Line), Column: max(1, n.Column), Path: d.paths[n], Message: consequence})
}

// limit reports what AWS takes and this package does not, where there is no going on without it.
func (d *decoder) limit(n *yaml.Node, format string, args ...any) {
	d.problem(n, format, args...)
	d.problems[len(d.problems)-1].Limit = true
}

func (d *decoder) problemAt(n *yaml.Node, path, format string, args ...any) {
	d.problems = append(d.problems, Problem{
		File: d.file, Line: max(1, n.Line), Column: max(1, n.Column), Path: path,
		Message: fmt.Sprintf(format, args...),
	})
}

const transform = "AWS::Serverless-2016-10-31"

// template reads the sections, each after those that it depends on.
func (d *decoder) template(root *yaml.Node) {
	sections := d.object(root)
	if version := sections.get("AWSTemplateFormatVersion"); version != nil && version.Value != "2010-09-09" {
		d.problem(version, "is %s; the only version there is, is 2010-09-09", describe(version))
	}
	d.result.Description = sections.literal("Description")
	d.result.Metadata = sections.get("Metadata")
	d.transform(sections)
	for _, name := range []string{"Conditions", "Mappings", "Rules", "Hooks"} {
		if section := sections.get(name); section != nil {
			d.unsupported(sections.key(name), name+" are not evaluated", "AWS evaluates %s, and the checker does not; leave the section out here, and what refers to it", name)
		}
	}
	if section := sections.object("Parameters"); section != nil {
		for _, name := range section.keys {
			d.parameter(section, name)
		}
	}
	if section := sections.object("Globals"); section != nil {
		d.readGlobals(section)
	}
	resources := sections.get("Resources")
	switch {
	case resources == nil:
		sections.require("Resources")
	case resources.Kind != yaml.MappingNode || len(resources.Content) == 0:
		d.problem(resources, "is %s; it must be a mapping with at least one resource", describeEmpty(resources))
	default:
		d.readResources(d.object(resources))
	}
	if section := sections.object("Outputs"); section != nil {
		for _, name := range section.keys {
			d.output(section, name)
		}
	}
	// References last, when it is known what there is to refer to.
	for _, name := range []string{"Transform", "Parameters", "Globals", "Resources", "Outputs"} {
		if section := sections.get(name); section != nil {
			d.verify(section)
		}
	}
	sections.done("section")
}

func describeEmpty(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		return "empty"
	}
	return describe(n)
}

func (d *decoder) transform(sections *object) {
	names := sections.texts("Transform")
	if !sections.has("Transform") {
		d.problem(sections.node, "Transform is missing; add the line Transform: %s, which makes it a SAM template", transform)
		return
	}
	for _, name := range names {
		if name != transform {
			d.problem(sections.get("Transform"), "%q is not supported here%s", name, didYouMean(name, []string{transform}))
		}
	}
	if len(names) == 0 {
		d.problem(sections.key("Transform"), "must be %s", transform)
	}
}

func (d *decoder) parameter(section *object, name string) {
	o := section.object(name)
	if o == nil {
		d.parameters[name] = Parameter{Name: name} // so that its references are not reported too
		return
	}
	p := Parameter{Name: name, Line: section.key(name).Line, Type: o.literal("Type"), Description: o.literal("Description")}
	if o.has("Default") {
		p.Default, p.HasDefault = o.literal("Default"), true
	}
	if value, given := d.values[name]; given {
		p.Default, p.HasDefault = value, true
	}
	for _, item := range o.list("AllowedValues") {
		if item.Kind == yaml.ScalarNode {
			p.AllowedValues = append(p.AllowedValues, scalar(item))
		}
	}
	o.require("Type")
	if p.HasDefault && p.AllowedValues != nil && !slices.Contains(p.AllowedValues, p.Default) {
		d.problem(o.get("Default"), "%q is not one of the AllowedValues %q", p.Default, p.AllowedValues)
	}
	o.skip("AllowedPattern", "ConstraintDescription", "MaxLength", "MaxValue", "MinLength", "MinValue", "NoEcho")
	o.done("property of a parameter")
	d.parameters[name] = p
	d.result.Parameters = append(d.result.Parameters, p)
}

func (d *decoder) output(section *object, name string) {
	o := section.object(name)
	if o == nil {
		return
	}
	out := Output{Name: name, Line: section.key(name).Line, Value: o.value("Value"), Description: o.literal("Description")}
	o.require("Value")
	o.noCondition()
	o.skip("Export")
	o.done("property of an output")
	d.result.Outputs = append(d.result.Outputs, out)
}
