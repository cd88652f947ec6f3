package sam

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shapeError says that a function is not written as it has to be.
type shapeError struct {
	node    *yaml.Node
	message string
}

func misshapen(n *yaml.Node, format string, args ...any) *shapeError {
	return &shapeError{n, fmt.Sprintf(format, args...)}
}

// scalar is the text that CloudFormation makes of a scalar. Its YAML is 1.1, where an unquoted yes is a
// boolean.
func scalar(n *yaml.Node) string {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return n.Value
	}
	switch n.Value {
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return "true"
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return "false"
	}
	return n.Value
}

// build makes a value of a node of the expanded tree. Whether its references exist is for verify.
func build(n *yaml.Node) (Value, *shapeError) {
	switch {
	case isNull(n):
		return Value{}, misshapen(n, "has no value; give it one, or remove the line")
	case n.Kind == yaml.ScalarNode:
		return Value{kind: literal, text: scalar(n), line: n.Line}, nil
	case !isFunction(n):
		return Value{}, misshapen(n, "is %s; it must be a text, a number or a function such as !Ref", describe(n))
	}
	name, argument := n.Content[0].Value, n.Content[1]
	var v Value
	var err *shapeError
	switch name {
	case "Ref":
		v, err = buildRef(argument)
	case "Fn::GetAtt":
		v, err = buildGetAtt(argument)
	case "Fn::Sub":
		v, err = buildSub(argument)
	case "Fn::Join":
		v, err = buildJoin(argument)
	default:
		v = Value{kind: unsupported, text: name}
	}
	v.line = n.Line
	return v, err
}

func buildRef(argument *yaml.Node) (Value, *shapeError) {
	if argument.Kind != yaml.ScalarNode || argument.Value == "" {
		return Value{}, misshapen(argument, "!Ref takes the name of a parameter or resource, and this is %s", describe(argument))
	}
	return Value{kind: ref, text: argument.Value}, nil
}

func buildGetAtt(argument *yaml.Node) (Value, *shapeError) {
	text := argument.Value
	if argument.Kind == yaml.SequenceNode && len(argument.Content) >= 2 {
		names := make([]string, len(argument.Content))
		for i, item := range argument.Content {
			if item.Kind != yaml.ScalarNode {
				return Value{}, misshapen(item, "is %s; !GetAtt takes plain names here", describe(item))
			}
			names[i] = item.Value
		}
		text = strings.Join(names, ".")
	}
	id, attribute, _ := strings.Cut(text, ".")
	if id == "" || attribute == "" {
		return Value{}, misshapen(argument, "!GetAtt takes a resource and an attribute, as in !GetAtt Queue.Arn; this is %s", describe(argument))
	}
	return Value{kind: getAtt, text: id, attribute: attribute}, nil
}

func buildSub(argument *yaml.Node) (Value, *shapeError) {
	text, variables := argument, map[string]Value{}
	if argument.Kind == yaml.SequenceNode {
		if len(argument.Content) != 2 || argument.Content[1].Kind != yaml.MappingNode {
			return Value{}, misshapen(argument, "!Sub takes a text, or a list of a text and a mapping of its variables")
		}
		text = argument.Content[0]
		pairs := argument.Content[1].Content
		for i := 0; i+1 < len(pairs); i += 2 {
			v, err := build(pairs[i+1])
			if err != nil {
				return Value{}, err
			}
			variables[pairs[i].Value] = v
		}
	}
	if text.Kind != yaml.ScalarNode {
		return Value{}, misshapen(text, "!Sub takes a text, and this is %s", describe(text))
	}
	v := Value{kind: sub, text: text.Value}
	add := func(part Value) {
		part.line = text.Line
		v.parts = append(v.parts, part)
	}
	rest := text.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		if before != "" {
			add(Literal(before))
		}
		if !found {
			return v, nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return Value{}, misshapen(text, "has ${ without a } after it")
		}
		rest = tail
		if escaped, ok := strings.CutPrefix(name, "!"); ok {
			add(Literal("${" + escaped + "}"))
			continue
		}
		name = strings.TrimSpace(name)
		id, attribute, dotted := strings.Cut(name, ".")
		variable, given := variables[name]
		switch {
		case given:
			v.parts = append(v.parts, variable)
		case id == "" || dotted && attribute == "":
			return Value{}, misshapen(text, "has ${%s}; put the name of a parameter or resource between the braces, or write ${!%s} to keep the text as it is", name, name)
		case dotted:
			add(Value{kind: getAtt, text: id, attribute: attribute})
		default:
			add(Value{kind: ref, text: name})
		}
	}
}

func buildJoin(argument *yaml.Node) (Value, *shapeError) {
	const usage = `!Join takes a delimiter and a list, as in !Join ["-", [a, !Ref B]]`
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != 2 || argument.Content[0].Kind != yaml.ScalarNode {
		return Value{}, misshapen(argument, usage)
	}
	list := argument.Content[1]
	v := Value{kind: joined, text: argument.Content[0].Value}
	if isFunction(list) {
		whole, err := build(list)
		v.parts, v.attribute = []Value{whole}, wholeList
		return v, err
	}
	if list.Kind != yaml.SequenceNode {
		return Value{}, misshapen(argument, usage)
	}
	for _, item := range list.Content {
		if isNoValue(item) {
			continue
		}
		part, err := build(item)
		if err != nil {
			return Value{}, err
		}
		v.parts = append(v.parts, part)
	}
	return v, nil
}
