package sam

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Value is a value of a template that may depend on the deployment: text, or a function of it. The zero
// Value stands for a property that is not given. Values are immutable.
type Value struct {
	kind      kind
	text      string  // literal: itself; ref and getAtt: the logical id; sub: as written; join: the delimiter
	attribute string  // getAtt
	parts     []Value // sub: pieces of text and what is put between them; join: what is joined
	line      int
}

type kind int

const (
	absent kind = iota
	literal
	ref
	getAtt
	sub
	joined
	unsupported // a function that is not understood here; text is its name
)

// Reference is one !Ref or !GetAtt in a value, or its like in a !Sub.
type Reference struct {
	LogicalID string // of a parameter, a resource, or a resource that SAM generates
	Attribute string // such as "Arn"; "" for what !Ref gives
}

// Resolver knows what the deployment made of parameters and resources.
type Resolver interface {
	// Ref returns what !Ref gives: the value of a parameter (a list with commas between), that of a
	// pseudo parameter such as "AWS::Region", or a resource's reference value such as a queue's URL.
	// AWS::NoValue is never asked for.
	Ref(logicalID string) (string, error)

	// GetAtt returns an attribute of a resource, such as "Arn".
	GetAtt(logicalID, attribute string) (string, error)
}

// Literal makes a value of a text.
func Literal(text string) Value { return Value{kind: literal, text: text} }

// IsZero tells whether the property was not given.
func (v Value) IsZero() bool { return v.kind == absent }

// Line is where the value stands in its file, counted from 1; 0 for a default.
func (v Value) Line() int { return v.line }

// Literal returns the text of a value that depends on nothing. Numbers and booleans are as
// CloudFormation would pass them: 30, true.
func (v Value) Literal() (text string, ok bool) { return v.text, v.kind == literal }

// Reference returns the one reference that the value consists of, as in !Ref Queue, !GetAtt Queue.Arn
// or !Sub "${Queue.Arn}"; ok is false for any other value and for pseudo parameters.
func (v Value) Reference() (reference Reference, ok bool) {
	switch {
	case v.kind == sub && len(v.parts) == 1:
		return v.parts[0].Reference()
	case v.kind == ref && !strings.HasPrefix(v.text, "AWS::"):
		return Reference{LogicalID: v.text}, true
	case v.kind == getAtt:
		return Reference{LogicalID: v.text, Attribute: v.attribute}, true
	}
	return Reference{}, false
}

// References returns what the value depends on, each once and in the order of the text. Pseudo
// parameters are not among it.
func (v Value) References() []Reference {
	var found []Reference
	seen := map[Reference]bool{}
	var visit func(Value)
	visit = func(v Value) {
		if r, ok := v.Reference(); ok && v.kind != sub && !seen[r] {
			seen[r] = true
			found = append(found, r)
		}
		for _, part := range v.parts {
			visit(part)
		}
	}
	visit(v)
	return found
}

// Resolve returns the text that the value becomes. The zero Value becomes "". The error is the
// resolver's, with the reference and its line in front.
func (v Value) Resolve(r Resolver) (string, error) {
	switch v.kind {
	case literal:
		return v.text, nil
	case ref:
		if v.text == noValue {
			return "", nil
		}
		text, err := r.Ref(v.text)
		return text, v.explain(err)
	case getAtt:
		text, err := r.GetAtt(v.text, v.attribute)
		return text, v.explain(err)
	case sub, joined:
		return v.resolveParts(r)
	case unsupported:
		return "", v.explain(errors.New("the function is not supported here"))
	}
	return "", nil
}

func (v Value) resolveParts(r Resolver) (string, error) {
	texts := make([]string, len(v.parts))
	for i, part := range v.parts {
		text, err := part.Resolve(r)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	if v.kind == sub {
		return strings.Join(texts, ""), nil
	}
	if v.attribute == wholeList {
		texts = splitList(texts[0])
	}
	return strings.Join(texts, v.text), nil
}

// wholeList marks a !Join of a list that is itself a reference, as in !Join ["/", !Ref Names].
const wholeList = "list"

// splitList is the items of a list as parameters hold it.
func splitList(text string) []string {
	items := strings.Split(text, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

func (v Value) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %s: %w", v.line, v, err)
}

// String shows the value as it would be written in a template, functions in their short form.
func (v Value) String() string {
	switch v.kind {
	case literal:
		return v.text
	case ref:
		return "!Ref " + v.text
	case getAtt:
		return "!GetAtt " + v.text + "." + v.attribute
	case sub:
		return "!Sub " + strconv.Quote(v.text)
	case joined:
		items := make([]string, len(v.parts))
		for i, part := range v.parts {
			items[i] = part.String()
			if part.kind == literal {
				items[i] = strconv.Quote(items[i])
			}
		}
		list := strings.Join(items, ", ")
		if v.attribute != wholeList {
			list = "[" + list + "]"
		}
		return "!Join [" + strconv.Quote(v.text) + ", " + list + "]"
	case unsupported:
		return shortName(v.text)
	}
	return ""
}

// unsupported returns the name of a function in the value that is not understood here, or "".
func (v Value) unsupported() string {
	if v.kind == unsupported {
		return v.text
	}
	for _, part := range v.parts {
		if name := part.unsupported(); name != "" {
			return name
		}
	}
	return ""
}
