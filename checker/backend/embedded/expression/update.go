package expression

import (
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// Update is an update expression.
type Update struct {
	actions []action
	paths   []path
}

// action is one clause of a section.
type action struct {
	section string // SET, REMOVE, ADD or DELETE
	path    path
	value   *node // nil for REMOVE
}

// Update reads an UpdateExpression.
func (r *Reader) Update(text string) (*Update, error) {
	return read(r, "UpdateExpression", text, (*parser).update)
}

// Attributes are the names of the attributes that are changed, each once. It may be called on nil.
func (u *Update) Attributes() []string {
	if u == nil {
		return nil
	}
	return tops(u.paths)
}

func (p *parser) update() (*Update, error) {
	u := &Update{}
	seen := map[string]bool{}
	for p.peek().kind != endOfText {
		section := strings.ToUpper(p.peek().text)
		switch section {
		case "SET", "REMOVE", "ADD", "DELETE":
		default:
			return nil, p.unexpected()
		}
		if seen[section] {
			return nil, Error(fmt.Sprintf("The %q section can only be used once in an update expression;", section))
		}
		seen[section] = true
		p.at++
		for {
			a, err := p.action(section)
			if err != nil {
				return nil, err
			}
			u.actions = append(u.actions, a)
			u.paths = append(u.paths, a.path)
			if !p.take(",") {
				break
			}
		}
	}
	for _, a := range u.actions {
		if err := a.check(); err != nil {
			return nil, err
		}
	}
	return u, checkOverlaps(u.paths)
}

func (p *parser) action(section string) (action, error) {
	target, err := p.path()
	if err != nil {
		return action{}, err
	}
	a := action{section: section, path: target}
	switch section {
	case "SET":
		if err := p.expect("="); err != nil {
			return action{}, err
		}
		a.value, err = p.setValue()
	case "ADD", "DELETE":
		t := p.peek()
		if t.kind != valueHolder {
			return action{}, p.unexpected()
		}
		p.at++
		a.value, err = p.valueOf(t)
	}
	return a, err
}

// setValue reads an operand, or two with + or - between them.
func (p *parser) setValue() (*node, error) {
	left, err := p.setOperand()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	if !p.take("+") && !p.take("-") {
		return left, nil
	}
	right, err := p.setOperand()
	if err != nil {
		return nil, err
	}
	return p.operator(t.text, left, right)
}

func (p *parser) setOperand() (*node, error) {
	if !p.take("(") {
		return p.operand()
	}
	inner, err := p.setValue()
	if err != nil {
		return nil, err
	}
	return p.closed(inner)
}

func (a action) check() error {
	switch a.section {
	case "SET":
		return checkUpdateValue(a.value)
	case "ADD":
		if k := a.value.value.Kind; k != attribute.N && !k.IsSet() {
			return wrongSectionType(a.section, k)
		}
	case "DELETE":
		if k := a.value.value.Kind; !k.IsSet() {
			return wrongSectionType(a.section, k)
		}
	}
	return nil
}

func wrongSectionType(section string, kind attribute.Kind) error {
	return Error(fmt.Sprintf("Incorrect operand type for operator or function; operator: %s, operand type: %s, "+
		"typeSet: ALLOWED_FOR_%s_OPERAND", section, longNames[kind], section))
}

var longNames = map[attribute.Kind]string{
	attribute.S: "STRING", attribute.N: "NUMBER", attribute.B: "BINARY", attribute.BOOL: "BOOLEAN", attribute.NULL: "NULL",
	attribute.M: "MAP", attribute.L: "LIST", attribute.SS: "STRING_SET", attribute.NS: "NUMBER_SET", attribute.BS: "BINARY_SET",
}

func checkUpdateValue(n *node) error {
	n = n.strip()
	if n.kind == functionNode {
		if err := checkSignature(n, true); err != nil {
			return err
		}
		if n.name == "if_not_exists" {
			if err := checkDistinct(n); err != nil {
				return err
			}
		}
	}
	for _, arg := range n.args {
		if err := checkUpdateValue(arg); err != nil {
			return err
		}
		v := arg.strip()
		if v.name == "list_append" {
			return misplaced(v)
		}
		if v.kind != valueNode {
			continue
		}
		if n.kind == operatorNode && v.value.Kind != attribute.N || n.name == "list_append" && v.value.Kind != attribute.L {
			return wrongType(n.name, v.value.Kind)
		}
	}
	return nil
}
