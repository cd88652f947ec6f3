package expression

import (
	"fmt"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// signature is what is known of a function by its name.
type signature struct {
	operands  int
	inUpdates bool // else it is one of conditions
	needsPath bool // the first operand has to be a path
}

var functions = map[string]signature{
	"attribute_exists":     {operands: 1, needsPath: true},
	"attribute_not_exists": {operands: 1, needsPath: true},
	"attribute_type":       {operands: 2, needsPath: true},
	"begins_with":          {operands: 2},
	"contains":             {operands: 2},
	"size":                 {operands: 1},
	"if_not_exists":        {operands: 2, inUpdates: true, needsPath: true},
	"list_append":          {operands: 2, inUpdates: true},
}

// checkSignature looks at what all functions have in common.
func checkSignature(n *node, inUpdate bool) error {
	s, ok := functions[n.name]
	switch {
	case !ok:
		return Error("Invalid function name; function: " + n.name)
	case s.inUpdates && !inUpdate:
		return Error("The function is not allowed in a condition expression; function: " + n.name)
	case !s.inUpdates && inUpdate:
		return Error("The function is not allowed in an update expression; function: " + n.name)
	case len(n.args) != s.operands:
		return Error(fmt.Sprintf("Incorrect number of operands for operator or function; "+
			"operator or function: %s, number of operands: %d", n.name, len(n.args)))
	case s.needsPath && n.args[0].strip().kind != pathNode:
		return Error("Operator or function requires a document path; operator or function: " + n.name)
	}
	return nil
}

// checkFunction looks at a function of a condition.
func checkFunction(n *node) error {
	if err := checkSignature(n, false); err != nil {
		return err
	}
	for _, arg := range n.args {
		if err := checkOperand(arg); err != nil {
			return err
		}
	}
	switch n.name {
	case "attribute_type":
		return checkTypeName(n.args[1].strip())
	case "begins_with":
		for _, arg := range n.args {
			if v := arg.strip(); v.kind == valueNode && v.value.Kind != attribute.S && v.value.Kind != attribute.B {
				return wrongType(n.name, v.value.Kind)
			}
		}
	case "size":
		if v := n.args[0].strip(); v.kind == valueNode && v.value.Kind != attribute.S && !hasSize(v.value.Kind) {
			return wrongType(n.name, v.value.Kind)
		}
	}
	return checkDistinct(n)
}

func checkTypeName(n *node) error {
	switch {
	case n.kind != valueNode: // AWS names all of the types that a path might lead to
		return Error("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: " + allTypes)
	case n.value.Kind != attribute.S:
		return wrongType("attribute_type", n.value.Kind)
	case attribute.KindOf(n.value.Text) == attribute.None:
		return Error("Invalid attribute type name found; type: " + n.value.Text + ", valid types: " + allTypes)
	}
	return nil
}

const allTypes = "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"

func hasSize(k attribute.Kind) bool {
	return k == attribute.S || k == attribute.B || k == attribute.M || k == attribute.L || k.IsSet()
}
