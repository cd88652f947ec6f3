package expression

import (
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// KeyTerm is what a key condition asks of one attribute.
type KeyTerm struct {
	Attribute string
	Operator  string            // =, <, <=, >, >=, BETWEEN or begins_with
	Values    []attribute.Value // two for BETWEEN, else one
}

// KeyCondition reads a KeyConditionExpression: one or more terms, which all have to hold, each for an
// attribute of its own. Whether those are the key is for the caller.
func (r *Reader) KeyCondition(text string) ([]KeyTerm, error) {
	root, err := read(r, "KeyConditionExpression", text, (*parser).condition)
	if err != nil {
		return nil, err
	}
	terms, err := keyTerms(root.strip(), nil)
	if err != nil {
		return nil, err
	}
	for i, term := range terms {
		if slices.ContainsFunc(terms[:i], func(t KeyTerm) bool { return t.Attribute == term.Attribute }) {
			return nil, Error("KeyConditionExpressions must only contain one condition per key")
		}
	}
	return terms, nil
}

func keyTerms(n *node, terms []KeyTerm) ([]KeyTerm, error) {
	switch n.name {
	case "AND":
		var err error
		for _, arg := range n.args {
			if terms, err = keyTerms(arg.strip(), terms); err != nil {
				return nil, err
			}
		}
		return terms, nil
	case "=", "<", "<=", ">", ">=", "BETWEEN", "begins_with":
		term, err := keyTerm(n)
		return append(terms, term), err
	default:
		return nil, Error("Invalid operator used in KeyConditionExpression: " + n.name)
	}
}

// mirrored are the operators that mean the same with their operands exchanged.
var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func keyTerm(n *node) (KeyTerm, error) {
	term := KeyTerm{Operator: n.name}
	for i, arg := range n.args {
		switch arg = arg.strip(); {
		case arg.kind == functionNode:
			return term, Error("KeyConditionExpressions cannot contain nested operations")
		case arg.kind == valueNode:
			term.Values = append(term.Values, arg.value)
		case term.Attribute != "":
			return term, Error("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case len(arg.path) > 1:
			return term, Error("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: " + arg.path[0].name)
		default:
			term.Attribute = arg.path[0].name
			if i > 0 {
				term.Operator = mirrored[n.name]
			}
		}
	}
	if term.Attribute == "" || term.Operator == "" {
		return term, Error("Invalid condition in KeyConditionExpression: No key attribute specified") // wording not verified
	}
	return term, nil
}
