package attribute

import (
	"encoding/base64"
	"maps"
	"slices"
	"unicode/utf8"
)

// AppendJSON appends an item as the protocol has it, names in order.
func (i Item) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for n, name := range slices.Sorted(maps.Keys(i)) {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		b = i[name].appendJSON(b)
	}
	return append(b, '}')
}

// MarshalJSON is [Item.AppendJSON].
func (i Item) MarshalJSON() ([]byte, error) { return i.AppendJSON(nil), nil }

func (v Value) appendJSON(b []byte) []byte {
	b = append(b, `{"`...)
	b = append(b, v.Kind.String()...)
	b = append(b, `":`...)
	switch v.Kind {
	case S, N:
		b = appendString(b, v.Text)
	case B:
		b = appendBase64(b, v.Text)
	case BOOL:
		if v.Bool {
			b = append(b, "true"...)
		} else {
			b = append(b, "false"...)
		}
	case NULL:
		b = append(b, "true"...)
	case M:
		b = v.Map.AppendJSON(b)
	default:
		b = v.appendElements(b)
	}
	return append(b, '}')
}

func (v Value) appendElements(b []byte) []byte {
	b = append(b, '[')
	for n, element := range v.List {
		if n > 0 {
			b = append(b, ',')
		}
		b = element.appendJSON(b)
	}
	for n, s := range v.Set {
		if n > 0 {
			b = append(b, ',')
		}
		if v.Kind == BS {
			b = appendBase64(b, s)
		} else {
			b = appendString(b, s)
		}
	}
	return append(b, ']')
}

func appendBase64(b []byte, s string) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, []byte(s))
	return append(b, '"')
}

// appendString writes valid UTF-8, which is all that a decoder of JSON lets in.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	begin := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[begin:i]...)
		if c < ' ' {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		} else {
			b = append(b, '\\', c)
		}
		begin = i + 1
	}
	b = append(b, s[begin:]...)
	return append(b, '"')
}
