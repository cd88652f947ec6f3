package expression

import (
	"fmt"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Condition is a condition expression or a filter.
type Condition struct {
	root  *node
	paths []path
}

// Condition reads a condition or a filter. The kind is the name of the parameter, for errors.
func (r *Reader) Condition(kind, text string) (*Condition, error) {
	root, err := read(r, kind, text, (*parser).condition)
	if err != nil {
		return nil, err
	}
	return &Condition{root: root, paths: root.paths(nil)}, nil
}

// Attributes are the names of the attributes that the condition looks at, each once.
func (c *Condition) Attributes() []string { return tops(c.paths) }

// Holds evaluates the condition for an item; nil is one that is not there. It holds for every item if
// the Condition is nil.
func (c *Condition) Holds(item attribute.Item) bool { return c == nil || c.root.holds(item) }

func (n *node) paths(all []path) []path {
	if n.kind == pathNode {
		return append(all, n.path)
	}
	for _, arg := range n.args {
		all = arg.paths(all)
	}
	return all
}

func (p *parser) condition() (*node, error) {
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != endOfText || !isCondition(root) {
		return nil, p.unexpected()
	}
	return root, checkCondition(root)
}

// isCondition says whether a node is true or false, by its form. Whether a function is such is looked at
// later.
func isCondition(n *node) bool {
	kind := n.strip().kind
	return kind == operatorNode || kind == functionNode
}

func (p *parser) or() (*node, error) { return p.chain("OR", p.and) }

func (p *parser) and() (*node, error) { return p.chain("AND", p.not) }

// chain reads conditions with the same operator between them.
func (p *parser) chain(operator string, operand func() (*node, error)) (*node, error) {
	left, err := operand()
	for err == nil && p.peek().is(operator) {
		if !isCondition(left) {
			return nil, p.unexpected()
		}
		p.at++
		var right *node
		if right, err = operand(); err != nil {
			return nil, err
		}
		if !isCondition(right) {
			return nil, p.unexpected()
		}
		left, err = p.operator(operator, left, right)
	}
	return left, err
}

func (p *parser) not() (*node, error) {
	if !p.takeKeyword("NOT") {
		return p.comparison()
	}
	inner, err := p.not()
	if err != nil {
		return nil, err
	}
	if !isCondition(inner) {
		return nil, p.unexpected()
	}
	return p.operator("NOT", inner)
}

// comparison reads a comparison, a function, or what is in parentheses: a condition, or an operand that
// a comparison goes on with.
func (p *parser) comparison() (*node, error) {
	left, err := p.primary()
	if err != nil || left.strip().kind == operatorNode {
		return left, err
	}
	switch t := p.peek(); {
	case t.isSymbol("="), t.isSymbol("<>"), t.isSymbol("<"), t.isSymbol("<="), t.isSymbol(">"), t.isSymbol(">="):
		p.at++
		right, err := p.argument()
		if err != nil {
			return nil, err
		}
		return p.operator(t.text, left, right)
	case p.takeKeyword("BETWEEN"):
		return p.between(left)
	case p.takeKeyword("IN"):
		return p.in(left)
	case left.strip().kind == functionNode, t.isSymbol(")"):
		return left, nil
	default:
		return nil, p.unexpected()
	}
}

func (p *parser) primary() (*node, error) {
	if !p.take("(") {
		return p.operand()
	}
	inner, err := p.or()
	if err != nil {
		return nil, err
	}
	return p.closed(inner)
}

func (p *parser) between(operand *node) (*node, error) {
	low, err := p.argument()
	if err != nil {
		return nil, err
	}
	if !p.takeKeyword("AND") {
		return nil, p.unexpected()
	}
	high, err := p.argument()
	if err != nil {
		return nil, err
	}
	return p.operator("BETWEEN", operand, low, high)
}

func (p *parser) in(operand *node) (*node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	args := []*node{operand}
	for {
		arg, err := p.argument()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if !p.take(",") {
			break
		}
	}
	if n := len(args) - 1; n > maxIn {
		return nil, Error(fmt.Sprintf("The IN operator is provided with too many operands; number of operands: %d", n))
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	return p.operator("IN", args...)
}

// checkCondition looks at a condition that has the right form.
func checkCondition(n *node) error {
	n = n.strip()
	switch {
	case n.kind == functionNode && n.name == "size":
		return misplaced(n)
	case n.kind == functionNode:
		return checkFunction(n)
	case n.name == "AND" || n.name == "OR" || n.name == "NOT":
		for _, arg := range n.args {
			if err := checkCondition(arg); err != nil {
				return err
			}
		}
		return nil
	default:
		return checkComparison(n)
	}
}

func misplaced(n *node) error {
	return Error("The function is not allowed to be used this way in an expression; function: " + n.name)
}

// checkOperand looks at an operand of a comparison or a function. Only size has a value.
func checkOperand(n *node) error {
	n = n.strip()
	if n.kind != functionNode {
		return nil
	}
	if err := checkFunction(n); err != nil {
		return err
	}
	if n.name != "size" {
		return misplaced(n)
	}
	return nil
}

func checkComparison(n *node) error {
	for _, arg := range n.args {
		if err := checkOperand(arg); err != nil {
			return err
		}
		if v := arg.strip(); n.name != "=" && n.name != "<>" && n.name != "IN" && v.kind == valueNode && !v.value.Kind.Ordered() {
			return wrongType(n.name, v.value.Kind)
		}
	}
	if n.name == "BETWEEN" {
		if err := checkBounds(n.args[1].strip(), n.args[2].strip()); err != nil {
			return err
		}
	}
	return checkDistinct(n)
}

func wrongType(operator string, kind attribute.Kind) error {
	return Error(fmt.Sprintf("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", operator, kind))
}

func checkBounds(low, high *node) error {
	if low.kind != valueNode || high.kind != valueNode {
		return nil
	}
	var broken string
	switch {
	case low.value.Kind != high.value.Kind:
		broken = "same data type for lower and upper bounds"
	case low.value.Compare(high.value) > 0:
		broken = "upper bound to be greater than or equal to lower bound"
	default:
		return nil
	}
	return Error(fmt.Sprintf("The BETWEEN operator requires %s; lower bound operand: AttributeValue: {%s:%s}, "+
		"upper bound operand: AttributeValue: {%s:%s}", broken, low.value.Kind, low.value.Text, high.value.Kind, high.value.Text))
}

// checkDistinct refuses to compare a path with itself.
func checkDistinct(n *node) error {
	first := n.args[0].strip()
	for _, arg := range n.args[1:] {
		if arg := arg.strip(); first.kind == pathNode && arg.kind == pathNode && first.path.String() == arg.path.String() {
			return Error(fmt.Sprintf("The first operand must be distinct from the remaining operands for this operator or function; "+
				"operator: %s, first operand: %s", n.name, first.path))
		}
	}
	return nil
}
