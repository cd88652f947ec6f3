package sam

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// functionNames are CloudFormation's functions in their long form. A typed field understands only the
// first four; the others may stand where a property is kept untyped.
var functionNames = []string{
	"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join",
	"Condition", "Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Contains", "Fn::EachMemberEquals",
	"Fn::EachMemberIn", "Fn::Equals", "Fn::FindInMap", "Fn::GetAZs", "Fn::GetStackOutput", "Fn::If",
	"Fn::ImportValue", "Fn::Length", "Fn::Not", "Fn::Or", "Fn::RefAll", "Fn::Select", "Fn::Split",
	"Fn::ToJsonString", "Fn::Transform", "Fn::ValueOf", "Fn::ValueOfAll",
}

const noValue = "AWS::NoValue"

// pseudoParameters are the parameters that every template has.
var pseudoParameters = []string{
	"AWS::AccountId", "AWS::NotificationARNs", noValue, "AWS::Partition", "AWS::Region",
	"AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
}

// shortFunction tells whether a node is a function by its tag, and the long name of it.
func (d *decoder) shortFunction(n *yaml.Node, path string) (name string, ok bool) {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == "!" || strings.HasPrefix(n.ShortTag(), "!!") {
		return "", false
	}
	short := strings.TrimPrefix(n.Tag, "!")
	name = "Fn::" + short
	if short == "Ref" || short == "Condition" {
		name = short
	}
	if !slices.Contains(functionNames, name) {
		d.problemAt(n, path, "%s is not a function of CloudFormation%s", n.Tag, didYouMean(n.Tag, shortNames()))
	}
	return name, true
}

func shortNames() []string {
	names := make([]string, len(functionNames))
	for i, name := range functionNames {
		names[i] = shortName(name)
	}
	return names
}

func shortName(name string) string { return "!" + strings.TrimPrefix(name, "Fn::") }

func isFunctionName(key string) bool { return key == "Ref" || strings.HasPrefix(key, "Fn::") }

// isFunction tells whether a node of the expanded tree is a function, known or not.
func isFunction(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) == 2 &&
		(isFunctionName(n.Content[0].Value) || n.Content[0].Value == "Condition" && n.Content[1].Kind == yaml.ScalarNode)
}

// isNoValue tells whether a node is !Ref AWS::NoValue, with which a property counts as not given.
func isNoValue(n *yaml.Node) bool {
	return isFunction(n) && n.Content[0].Value == "Ref" && n.Content[1].Value == noValue
}
