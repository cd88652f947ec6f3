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
	"attribute_type":       {operands: 2},
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
			if k := arg.known(); k != attribute.None && k != attribute.S && k != attribute.B {
				return wrongType(n.name, k)
			}
		}
	case "size":
		if k := n.args[0].known(); k != attribute.None && !hasSize(k) {
			return wrongType(n.name, k)
		}
	}
	return checkDistinct(n)
}

// known is the type of an operand, None if it depends on the item.
func (n *node) known() attribute.Kind {
	switch n = n.strip(); n.kind {
	case valueNode:
		return n.value.Kind
	case functionNode:
		return attribute.N // of size, the only one that is an operand
	default:
		return attribute.None
	}
}

func checkTypeName(n *node) error {
	switch k := n.known(); {
	case k == attribute.None: // AWS names all of the types that a path might lead to
		return Error("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: " + allTypes)
	case k != attribute.S:
		return wrongType("attribute_type", k)
	case attribute.KindOf(n.value.Text) == attribute.None:
		return Error("Invalid attribute type name found; type: " + n.value.Text + ", valid types: " + allTypes)
	}
	return nil
}

const allTypes = "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"

func hasSize(k attribute.Kind) bool {
	return k == attribute.S || k == attribute.B || k == attribute.M || k == attribute.L || k.IsSet()
}
