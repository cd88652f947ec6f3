package embedded

import (
	"fmt"

	"github.com/truora/minidyn/server"
)

// checkKey is for operations that take a Key: exactly the attributes of the primary key. AWS has one
// text for every way in which it does not fit. (Certain.)
func checkKey(t *table, given attributes) *fault {
	fits := len(given) == len(t.keys)
	for _, k := range t.keys {
		fits = fits && given[k.name] != nil && kindOf(given[k.name]) == k.kind
	}
	if !fits {
		return invalid("The provided key element does not match the schema")
	}
	return checkNotEmpty(t, given)
}

// checkItemKey is for PutItem, where the key is among the other attributes. (Certain.)
func checkItemKey(t *table, item attributes) *fault {
	for _, k := range t.keys {
		v := item[k.name]
		if v == nil {
			return invalid("One or more parameter values were invalid: Missing the key " + k.name + " in the item")
		}
		if kind := kindOf(v); kind != k.kind {
			return invalid(fmt.Sprintf("One or more parameter values were invalid: "+
				"Type mismatch for key %s expected: %s actual: %s", k.name, k.kind, kind))
		}
	}
	return checkNotEmpty(t, item)
}

func checkNotEmpty(t *table, key attributes) *fault {
	for _, k := range t.keys {
		var what string
		switch v := key[k.name]; {
		case v.S != nil && *v.S == "":
			what = "string"
		case v.B != nil && len(v.B) == 0:
			what = "binary"
		default:
			continue
		}
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute " +
			"cannot contain an empty " + what + " value. Key: " + k.name)
	}
	return nil
}

// kindOf is the type of a value in the letters of the protocol; "" when it has none. The value has
// one at most, see checkValue.
func kindOf(v *server.AttributeValue) string {
	switch {
	case v.S != nil:
		return "S"
	case v.N != nil:
		return "N"
	case v.B != nil:
		return "B"
	case v.BOOL != nil:
		return "BOOL"
	case v.NULL != nil:
		return "NULL"
	case v.M != nil:
		return "M"
	case v.L != nil:
		return "L"
	case v.SS != nil:
		return "SS"
	case v.NS != nil:
		return "NS"
	case v.BS != nil:
		return "BS"
	default:
		return ""
	}
}
