package embedded

import (
	"maps"
	"slices"

	"github.com/truora/minidyn/server"
)

// checkValues looks at each value in the order of the names, so that the same request always gets
// the same answer.
func checkValues(values attributes) *fault {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := checkValue(values[name]); f != nil {
			return f
		}
	}
	return nil
}

// checkValue looks at a value and at all that it holds.
func checkValue(v *server.AttributeValue) *fault {
	if f := checkOneType(v); f != nil {
		return f
	}
	switch {
	case v.NULL != nil && !*v.NULL:
		return invalid("One or more parameter values were invalid: " +
			"Null attribute value types must have the value of true")
	case v.N != nil:
		return checkNumber(*v.N)
	case v.SS != nil || v.NS != nil || v.BS != nil:
		return checkSet(v)
	case v.L != nil:
		for _, element := range v.L {
			if f := checkValue(element); f != nil {
				return f
			}
		}
	case v.M != nil:
		return checkValues(v.M)
	}
	return nil
}

func checkOneType(v *server.AttributeValue) *fault {
	n := 0
	if v != nil {
		for _, set := range [...]bool{
			v.B != nil, v.BOOL != nil, v.BS != nil, v.L != nil, v.M != nil,
			v.N != nil, v.NS != nil, v.NULL != nil, v.S != nil, v.SS != nil,
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
		return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	default:
		return invalid("Supplied AttributeValue has more than one datatypes set, " +
			"must contain exactly one of the supported datatypes")
	}
}
