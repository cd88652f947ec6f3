package expression

import (
	"errors"
	"fmt"
	"strconv"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

// node is an expression, or a part of one, as it was read.
type node struct {
	kind nodeKind
	// name is the operator ("<", "AND", "BETWEEN") or the function.
	name  string
	path  path
	value attribute.Value
	args  []*node
}

type nodeKind uint8

const (
	pathNode nodeKind = iota
	valueNode
	functionNode
	operatorNode
	parenthesis
)

// strip is what is inside of parentheses.
func (n *node) strip() *node {
	for n.kind == parenthesis {
		n = n.args[0]
	}
	return n
}

// parser reads one expression.
type parser struct {
	*Reader
	text      string
	all       []token
	at        int
	operators int
}

// read sets up a parser, has it read, and puts before an error what AWS does.
func read[T any](r *Reader, kind, text string, parse func(*parser) (T, error)) (T, error) {
	var none T
	about := Error("Invalid " + kind + ": ")
	switch {
	case text == "":
		return none, about + "The expression can not be empty;"
	case len(text) > maxBytes:
		return none, about + Error(fmt.Sprintf("Expression size has exceeded the maximum allowed size; expression size: %d", len(text)))
	}
	p := &parser{Reader: r, text: text, all: tokens(text)}
	result, err := parse(p)
	if err == nil && p.peek().kind != endOfText {
		err = p.unexpected()
	}
	var refused Error
	if errors.As(err, &refused) {
		return none, about + refused
	}
	return result, err
}

func (p *parser) peek() token { return p.all[p.at] }

func (p *parser) next() token {
	t := p.all[p.at]
	if t.kind != endOfText {
		p.at++
	}
	return t
}

// take goes on if the next token is the symbol.
func (p *parser) take(s string) bool {
	ok := p.peek().isSymbol(s)
	if ok {
		p.at++
	}
	return ok
}

func (p *parser) takeKeyword(keyword string) bool {
	ok := p.peek().is(keyword)
	if ok {
		p.at++
	}
	return ok
}

func (p *parser) expect(s string) error {
	if !p.take(s) {
		return p.unexpected()
	}
	return nil
}

// unexpected is AWS's words about the next token: with the text from the token before it to the one
// after it.
func (p *parser) unexpected() error {
	t := p.peek()
	from, to := 0, t.end
	if p.at > 0 {
		from = p.all[p.at-1].begin
	}
	if p.at+1 < len(p.all) {
		to = p.all[p.at+1].end
	}
	if t.kind == endOfText && p.at > 0 {
		to = p.all[p.at-1].end
	}
	return Error(fmt.Sprintf("Syntax error; token: \"%s\", near: \"%s\"", t.text, p.text[from:to]))
}

// operator counts, because AWS has a limit.
func (p *parser) operator(name string, args ...*node) (*node, error) {
	if p.operators++; p.operators > maxOperators {
		return nil, Error(fmt.Sprintf("The expression contains too many operators; operator count: %d", p.operators))
	}
	return &node{kind: operatorNode, name: name, args: args}, nil
}

// operand reads a path, a value, a function or an operand in parentheses.
func (p *parser) operand() (*node, error) {
	switch t := p.peek(); {
	case t.kind == valueHolder:
		p.at++
		return p.valueOf(t)
	case t.kind == word && p.all[p.at+1].isSymbol("(") && !t.isKeyword():
		return p.function()
	case t.kind == word, t.kind == nameHolder:
		path, err := p.path()
		return &node{kind: pathNode, path: path}, err
	default:
		return nil, p.unexpected()
	}
}

func (p *parser) valueOf(t token) (*node, error) {
	v, ok := p.values[t.text]
	if !ok {
		return nil, Error("An expression attribute value used in expression is not defined; attribute value: " + t.text)
	}
	p.usedValues[t.text] = true
	return &node{kind: valueNode, value: v}, nil
}

func (p *parser) function() (*node, error) {
	n := &node{kind: functionNode, name: p.next().text}
	p.at++ // the parenthesis
	for {
		arg, err := p.argument()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		if !p.take(",") {
			break
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if p.operators++; p.operators > maxOperators {
		return nil, Error(fmt.Sprintf("The expression contains too many operators; operator count: %d", p.operators))
	}
	return n, nil
}

// argument is an operand of a function, with or without parentheses.
func (p *parser) argument() (*node, error) {
	if !p.take("(") {
		return p.operand()
	}
	inner, err := p.argument()
	if err != nil {
		return nil, err
	}
	return p.closed(inner)
}

// closed is what was in parentheses, once the last of them is there.
func (p *parser) closed(inner *node) (*node, error) {
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if inner.kind == parenthesis {
		return nil, Error("The expression has redundant parentheses;")
	}
	return &node{kind: parenthesis, args: []*node{inner}}, nil
}

// path reads name, name.name, name[0] and so on.
func (p *parser) path() (path, error) {
	first, err := p.name()
	if err != nil {
		return nil, err
	}
	result := path{first}
	for {
		var s step
		switch {
		case p.take("."):
			s, err = p.name()
		case p.take("["):
			s, err = p.index()
		default:
			if len(result) > maxPath {
				return nil, Error(fmt.Sprintf("The document path has too many nesting levels; nesting levels: %d", len(result)))
			}
			return result, nil
		}
		if err != nil {
			return nil, err
		}
		result = append(result, s)
	}
}

func (p *parser) name() (step, error) {
	t := p.peek()
	switch {
	case t.kind == nameHolder:
		name, ok := p.names[t.text]
		if !ok {
			return step{}, Error("An expression attribute name used in the document path is not defined; attribute name: " + t.text)
		}
		p.usedNames[t.text] = true
		p.at++
		return step{name: name, index: -1}, nil
	case t.kind != word || t.isKeyword():
		return step{}, p.unexpected()
	case isReserved(t.text):
		return step{}, Error("Attribute name is a reserved keyword; reserved keyword: " + t.text)
	default:
		p.at++
		return step{name: t.text, index: -1}, nil
	}
}

func (p *parser) index() (step, error) {
	t := p.peek()
	if t.kind != digits {
		return step{}, p.unexpected()
	}
	p.at++
	index, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil {
		return step{}, Error("List index is not within the allowable range; index: [" + t.text + "]")
	}
	return step{index: int(index)}, p.expect("]")
}
