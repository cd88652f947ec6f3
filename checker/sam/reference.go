package sam

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// defaults resolves what is known before the deployment: parameters, by their defaults.
type defaults struct{ d *decoder }

var _ Resolver = defaults{}

var (
	errUnknown  = errors.New("there is no such parameter or resource")
	errDeployed = errors.New("it is known only once deployed; write the value itself, or refer to a parameter with a Default")
)

func (r defaults) Ref(id string) (string, error) {
	p, ok := r.d.parameters[id]
	switch {
	case ok && strings.HasPrefix(p.Type, "AWS::SSM::"):
		return "", errors.New("the parameter's value is in the Parameter Store; write the value itself, or use a parameter of type String or Number")
	case ok && p.HasDefault:
		return p.Default, nil
	case ok:
		return "", errors.New("the parameter has no Default; give it one")
	case !r.d.exists(id):
		return "", errUnknown
	}
	return "", errDeployed
}

func (r defaults) GetAtt(id, _ string) (string, error) {
	if !r.d.exists(id) {
		return "", errUnknown
	}
	return "", errDeployed
}

func (d *decoder) exists(id string) bool {
	return d.resources[id] != "" || d.generated[id] != "" || slices.Contains(pseudoParameters, id)
}

// verify reports functions in a tree that are written wrongly or refer to what does not exist.
func (d *decoder) verify(n *yaml.Node) {
	if isFunction(n) {
		d.verifyFunction(n)
	}
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		d.verify(inner)
	}
}

func (d *decoder) verifyFunction(n *yaml.Node) {
	name := n.Content[0].Value
	if !slices.Contains(functionNames, name) {
		// Unknown short forms were reported when the tree was expanded, which knew how they were written.
		d.problemAt(n.Content[0], d.paths[n], "%s is not a function of CloudFormation%s", shortName(name), didYouMean(shortName(name), shortNames()))
		return
	}
	if name == "Fn::Join" {
		if argument := n.Content[1]; argument.Kind == yaml.SequenceNode && len(argument.Content) == 2 {
			return // what it joins is visited in turn
		}
	}
	call, variables := n, (*yaml.Node)(nil)
	if argument := n.Content[1]; name == "Fn::Sub" && argument.Kind == yaml.SequenceNode && len(argument.Content) == 2 {
		// The variables are visited in turn, so only the text is looked at.
		variables = argument.Content[1]
		call = &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Content: []*yaml.Node{n.Content[0], argument.Content[0]}}
	}
	v, err := build(call)
	if err != nil {
		d.problem(err.node, "%s", err.message)
		return
	}
	for _, part := range append([]Value{v}, v.parts...) {
		if name := strings.TrimSuffix(part.text+"."+part.attribute, "."); child(variables, name) != nil {
			continue
		}
		switch part.kind {
		case ref:
			d.verifyRef(n, part.text)
		case getAtt:
			d.verifyGetAtt(n, part.text, part.attribute)
		}
	}
}

func (d *decoder) verifyRef(n *yaml.Node, id string) {
	if _, ok := d.parameters[id]; ok || d.exists(id) {
		return
	}
	// SAM resolves references such as Function.Version and Api.Stage itself.
	if owner, _, dotted := strings.Cut(id, "."); dotted && strings.HasPrefix(d.typeOf(owner), "AWS::Serverless::") {
		return
	}
	d.problem(n, "%q is neither a parameter nor a resource of this template%s", id, didYouMean(id, d.names()))
}

func (d *decoder) verifyGetAtt(n *yaml.Node, id, attribute string) {
	if _, ok := d.parameters[id]; ok {
		d.problem(n, "%q is a parameter and has no attributes; use !Ref %s", id, id)
		return
	}
	kind := d.typeOf(id)
	if kind == "" {
		d.problem(n, "%q is not a resource of this template%s", id, didYouMean(id, d.names()))
		return
	}
	known, typed := attributes[kind]
	if !typed || slices.Contains(known, attribute) {
		return
	}
	for _, name := range known {
		if strings.HasSuffix(name, ".") && strings.HasPrefix(attribute, name) {
			return
		}
	}
	options := strings.ReplaceAll(strings.Join(known, ", ")+",", ".,", ".*,")
	d.problem(n, "%s is of type %s and has no attribute %q, only %s%s",
		id, kind, attribute, strings.TrimSuffix(options, ","), didYouMean(attribute, known))
}

// typeOf is the type of a resource, also of one that SAM generates, or "".
func (d *decoder) typeOf(id string) string {
	if kind := d.resources[id]; kind != "" {
		return kind
	}
	return d.generated[id]
}

// names are what a reference may name, for suggestions.
func (d *decoder) names() []string {
	names := slices.Sorted(maps.Keys(d.resources))
	return append(names, append(slices.Sorted(maps.Keys(d.parameters)), pseudoParameters...)...)
}

// attributes are those of the types that are typed here; any will do for other types. One that ends in
// a dot stands for all that begin so. Stage, Deployment, Alias and Version are SAM's own.
var attributes = map[string][]string{
	"AWS::DynamoDB::Table":         {"Arn", "StreamArn"},
	"AWS::IAM::Role":               {"Arn", "RoleId"},
	"AWS::S3::Bucket":              {"Arn", "DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL", "MetadataConfiguration.", "MetadataTableConfiguration."},
	"AWS::SQS::Queue":              {"Arn", "QueueName", "QueueUrl"},
	"AWS::Serverless::Api":         {"RestApiId", "RootResourceId", "Stage", "Deployment"},
	"AWS::Serverless::Application": {"Outputs.", "StackId"},
	"AWS::Serverless::Function":    {"Arn", "Alias", "Alias.", "SnapStartResponse", "SnapStartResponse.", "Version", "Version."},
	"AWS::Serverless::HttpApi":     {"ApiEndpoint", "ApiId", "Stage"},
	"AWS::Serverless::SimpleTable": {"Arn", "StreamArn"},
}
