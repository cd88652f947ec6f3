// Package sam reads a SAM template as typed values.
//
// [Load] and [Parse] turn a template.yaml into a [Template]: functions, tables, queues, buckets, APIs
// and nested applications as Go structs, with Globals merged in and SAM's defaults filled in. Whatever
// depends on the deployment stays a [Value], which the deployer resolves with a [Resolver] of its own.
//
// A template that AWS would refuse, or that is not understood here, is refused with [Problems]: all of
// them at once, each with its line, its path and what to do about it. Nothing is guessed. Properties
// that SAM knows and that no field stands for are kept by name in Untyped, and resources of types that
// are not emulated locally are kept as [Other], so that the deployer can decide, and say, what it
// leaves out. Where AWS's documentation is unclear, the template is accepted: a false alarm is worse.
//
// The package parses and types, no more. Left to others are: deploying, the order of it, circular
// dependencies, what a policy allows, whether CodeUri exists, reading the template of a nested
// application, and rules that span several properties or resources and concern good practice (such as
// a visibility timeout of six times the function's timeout).
//
// Not supported are Conditions, Mappings and Rules, and functions other than Ref, Fn::GetAtt, Fn::Sub
// and Fn::Join wherever a field is typed. Numbers, booleans and the like may refer to parameters; they
// take the parameter's Default, also where a parent template would pass another value.
//
// A Template is not changed once it is returned; all of it may be read by several goroutines at once.
package sam

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// Template is a SAM template. Its slices are in the order of the file.
type Template struct {
	File        string // the name given to Load or Parse
	Description string
	Parameters  []Parameter

	Functions    []*Function
	Tables       []*Table
	Queues       []*Queue
	Buckets      []*Bucket
	HTTPAPIs     []*HTTPAPI // with ServerlessHttpApi last, if events imply it
	RestAPIs     []*RestAPI // with ServerlessRestApi last, if events imply it
	Applications []*Application
	Others       []*Other

	Outputs  []Output
	Metadata *yaml.Node // as written; nil if there is none
}

// Resource is what resources of all types have in common.
type Resource struct {
	LogicalID string
	Type      string   // such as "AWS::SQS::Queue"
	Line      int      // of the logical id, counted from 1; 0 for an API that events imply
	DependsOn []string // logical ids
	Metadata  *yaml.Node

	// Connectors are SAM's, which give permissions to other resources; nil if there are none.
	Connectors *yaml.Node

	// Untyped has the properties that AWS knows and that no field stands for, with Globals merged in.
	// Aliases are expanded and functions are in their long form, as in {"Fn::Sub": "…"}.
	Untyped map[string]*yaml.Node
}

// Parameter is a parameter of the template.
type Parameter struct {
	Name          string
	Type          string // such as "String" or "CommaDelimitedList"
	Default       string // meaningful only with HasDefault
	HasDefault    bool
	AllowedValues []string // nil if any value is allowed
	Description   string
	Line          int
}

// Output is a value that the template hands to whoever deployed it.
type Output struct {
	Name        string
	Value       Value
	Description string
	Line        int
}

// Load reads the template at path. The error is a [Problems] if the template is at fault, and that of
// the file system if it cannot be read.
func Load(path string) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the template: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a template from data; name is what problems call the file. The error is always a
// [Problems].
func Parse(name string, data []byte) (*Template, error) {
	d := newDecoder(name)
	if root := d.read(data); root != nil {
		d.template(root)
	}
	if len(d.problems) > 0 {
		return nil, d.problems.tidy()
	}
	return d.result, nil
}

// LoadLeniently reads a template that was not written for this package. What AWS takes and this package does not is left
// out, as far as the rest can do without it, and told in left. values are for parameters, in place of their Default.
// The error is as of [Load].
func LoadLeniently(path string, values map[string]string) (t *Template, left Problems, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the template: %w", err)
	}
	d := newDecoder(path)
	d.lenient, d.values = true, values
	if root := d.read(data); root != nil {
		d.template(root)
	}
	if len(d.problems) > 0 {
		return nil, nil, d.problems.tidy()
	}
	return d.result, d.left.tidy(), nil
}

// Resource returns what all resources have in common of the one with this logical id; ok tells whether
// the template has it, implied APIs included.
func (t *Template) Resource(logicalID string) (resource Resource, ok bool) {
	for _, r := range t.Resources() {
		if r.LogicalID == logicalID {
			return *r, true
		}
	}
	return Resource{}, false
}

// Resources are what all resources have in common, by type, implied APIs included.
func (t *Template) Resources() []*Resource {
	var all []*Resource
	for _, r := range t.Functions {
		all = append(all, &r.Resource)
	}
	for _, r := range t.Tables {
		all = append(all, &r.Resource)
	}
	for _, r := range t.Queues {
		all = append(all, &r.Resource)
	}
	for _, r := range t.Buckets {
		all = append(all, &r.Resource)
	}
	for _, r := range t.HTTPAPIs {
		all = append(all, &r.Resource)
	}
	for _, r := range t.RestAPIs {
		all = append(all, &r.Resource)
	}
	for _, r := range t.Applications {
		all = append(all, &r.Resource)
	}
	for _, r := range t.Others {
		all = append(all, &r.Resource)
	}
	return all
}
