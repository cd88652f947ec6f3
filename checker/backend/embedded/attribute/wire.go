package attribute

import (
	"maps"
	"slices"
	"strings"
)

// Wire is a value as the protocol has it, for encoding/json to decode into.
type Wire struct {
	S    *string
	N    *string
	B    []byte
	BOOL *bool
	NULL *bool
	M    map[string]*Wire
	L    []*Wire
	SS   []string
	NS   []string
	BS   [][]byte
}

// Decode is the values that a client sent, or an [Error]: of several, always the same one. Names of
// nested attributes may not be empty; those at the top have rules of their own.
func Decode(wires map[string]*Wire) (Item, error) {
	item, _, err := decodeAll(wires)
	return item, err
}

// decodeAll also gives the name whose value is refused.
func decodeAll(wires map[string]*Wire) (Item, string, error) {
	item := make(Item, len(wires))
	for name, w := range wires {
		v, err := w.Value()
		if err != nil {
			return nil, name, firstError(wires)
		}
		item[name] = v
	}
	return item, "", nil
}

// firstError is the error at the first name in order.
func firstError(wires map[string]*Wire) error {
	for _, name := range slices.Sorted(maps.Keys(wires)) {
		if _, err := wires[name].Value(); err != nil {
			return err
		}
	}
	return nil
}

// Value is the value that a client sent, or an [Error]. The texts are those of DynamoDB Local, which has
// them from AWS, odd grammar and double spaces included.
func (w *Wire) Value() (Value, error) {
	if err := w.checkOneType(); err != nil {
		return Value{}, err
	}
	switch {
	case w.S != nil:
		return Value{Kind: S, Text: *w.S}, nil
	case w.N != nil:
		return Number(*w.N)
	case w.B != nil:
		return Value{Kind: B, Text: string(w.B)}, nil
	case w.BOOL != nil:
		return Value{Kind: BOOL, Bool: *w.BOOL}, nil
	case w.NULL != nil:
		if !*w.NULL {
			return Value{}, Error("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
		return Value{Kind: NULL}, nil
	case w.M != nil:
		m, err := Decode(w.M)
		return Value{Kind: M, Map: m}, err
	case w.L != nil:
		return w.list()
	default:
		return w.set()
	}
}

func (w *Wire) list() (Value, error) {
	v := Value{Kind: L, List: make([]Value, len(w.L))}
	for i, element := range w.L {
		var err error
		if v.List[i], err = element.Value(); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

func (w *Wire) set() (Value, error) {
	const about = "One or more parameter values were invalid: "
	var v Value
	var empty, twice Error
	switch {
	case w.SS != nil:
		v = Value{Kind: SS, Set: slices.Clone(w.SS)}
		empty = about + "An string set  may not be empty"
		twice = about + Error("Input collection ["+strings.Join(w.SS, ", ")+"] contains duplicates")
	case w.NS != nil:
		v = Value{Kind: NS}
		for _, s := range w.NS {
			n, err := Number(s)
			if err != nil {
				return Value{}, err
			}
			v.Set = append(v.Set, n.Text)
		}
		empty = about + "An number set  may not be empty"
		twice = "Input collection contains duplicates"
	default:
		v = Value{Kind: BS}
		for _, b := range w.BS {
			v.Set = append(v.Set, string(b))
		}
		empty = about + "Binary sets should not be empty"
		twice = about + "Input collection of type BS contains duplicates."
	}
	if len(v.Set) == 0 {
		return Value{}, empty
	}
	v.sort()
	for i := range v.Set[1:] {
		if v.Set[i] == v.Set[i+1] {
			return Value{}, twice
		}
	}
	return v, nil
}

func (w *Wire) checkOneType() error {
	n := 0
	if w != nil {
		for _, set := range [...]bool{
			w.B != nil, w.BOOL != nil, w.BS != nil, w.L != nil, w.M != nil,
			w.N != nil, w.NS != nil, w.NULL != nil, w.S != nil, w.SS != nil,
		} {
			if set {
				n++
			}
		}
	}
	switch n {
	case 1:
		return nil
	case 0:
		return Error("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	default:
		return Error("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	}
}
