package queue

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// attribute is a message attribute. A value is a text or bytes, by the type.
type attribute struct {
	DataType    string
	StringValue *string `json:",omitempty"`
	BinaryValue []byte  `json:",omitempty"`

	StringListValues []string `json:",omitempty"`
	BinaryListValues [][]byte `json:",omitempty"`
}

// attributes are message attributes by name.
type attributes map[string]attribute

// The limits of "Amazon SQS message metadata" and "Amazon SQS message quotas".
const (
	maxAttributes    = 10
	maxAttributeName = 256 // characters, of names and of types
	maxDigits        = 38
)

var attributeName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// check is what AWS refuses. Most of its words are as LocalStack has them from AWS.
func (all attributes) check() *fault {
	if len(all) > maxAttributes {
		return invalidParameter("Number of message attributes [%d] exceeds the allowed maximum [%d].", len(all), maxAttributes)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if f := checkAttributeName(name); f != nil {
			return f
		}
		if f := all[name].check(name); f != nil {
			return f
		}
	}
	return nil
}

func checkAttributeName(name string) *fault {
	lower := strings.ToLower(name)
	switch {
	case len(name) > maxAttributeName:
		return invalidParameter("Message (user) attribute names must be shorter than 256 Bytes")
	case !attributeName.MatchString(name):
		return invalidParameter("Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ")
	case strings.HasPrefix(lower, "aws."), strings.HasPrefix(lower, "amazon."), strings.HasPrefix(name, "."), strings.HasSuffix(name, "."):
		return invalidParameter("You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. " +
			"These strings are reserved for internal use. Additionally, they cannot start or end with '.'.")
	case strings.Contains(name, ".."):
		return invalidParameter("Message (user) attribute name '%s' has two periods in succession.", name)
	}
	return nil
}

// kind is what a type is before its first period; what follows is the user's.
func (a attribute) kind() string {
	kind, _, _ := strings.Cut(a.DataType, ".")
	return kind
}

func (a attribute) check(name string) *fault {
	switch {
	case len(a.StringListValues) > 0, len(a.BinaryListValues) > 0:
		return invalidParameter("Message (user) attribute '%s' has a list of values, which are not supported.", name)
	case a.DataType == "":
		return invalidParameter("The message (user) attribute '%s' must contain a non-empty message attribute type.", name)
	case len(a.DataType) > maxAttributeName:
		return invalidParameter("Message (user) attribute types must be shorter than 256 Bytes")
	}
	kind := a.kind()
	switch kind {
	case "String", "Number":
		if a.StringValue == nil || *a.StringValue == "" || a.BinaryValue != nil {
			return emptyAttribute(name, kind)
		}
		if !allowedText(*a.StringValue) {
			return invalidParameter("%s", invalidContents().Message)
		}
		if kind == "Number" && !isNumber(*a.StringValue) {
			return invalidParameter("Can't cast the value of message (user) attribute '%s' to a number.", name)
		}
	case "Binary":
		if len(a.BinaryValue) == 0 || a.StringValue != nil {
			return emptyAttribute(name, kind)
		}
	default:
		return invalidParameter("Type for parameter MessageAttributes.Attribute_name.DataType must be prefixed with "+
			"\"String\", \"Binary\", or \"Number\", but was: %s", a.DataType)
	}
	return nil
}

func emptyAttribute(name, kind string) *fault {
	return invalidParameter("Message (user) attribute '%s' must contain a non-empty value of type '%s'.", name, kind)
}

var number = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$`)

// isNumber is about a number of at most 38 digits, between 1e-128 and 1e126.
func isNumber(s string) bool {
	if !number.MatchString(s) {
		return false
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	digits := strings.TrimLeft(strings.NewReplacer("+", "", "-", "", ".", "").Replace(mantissa), "0")
	if len(digits) > maxDigits {
		return false
	}
	f, ok := new(big.Float).SetString(s)
	if !ok {
		return false
	}
	f.Abs(f)
	return f.Sign() == 0 || f.Cmp(largest) <= 0 && f.Cmp(smallest) >= 0
}

var largest, smallest = mustParse("1e126"), mustParse("1e-128")

func mustParse(s string) *big.Float {
	f, ok := new(big.Float).SetString(s)
	if !ok {
		panic(s)
	}
	return f
}

// size counts as AWS does: names, types and values.
func (all attributes) size() (n int) {
	for name, a := range all {
		n += len(name) + len(a.DataType) + len(a.value())
	}
	return n
}

func (a attribute) value() []byte {
	if a.kind() == "Binary" {
		return a.BinaryValue
	}
	if a.StringValue == nil {
		return nil
	}
	return []byte(*a.StringValue)
}

// md5 is the digest that "Calculating the MD5 message digest for message attributes" describes: of each
// attribute, in the order of the names, name, type and value with their lengths before them, and between
// type and value what kind of value it is. It is empty if there are none.
func (all attributes) md5() string {
	if len(all) == 0 {
		return ""
	}
	const isText, isBinary = 1, 2
	h := md5.New()
	write := func(b []byte) {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
		_, _ = h.Write(b)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a := all[name]
		transport := byte(isText)
		if a.kind() == "Binary" {
			transport = isBinary
		}
		write([]byte(name))
		write([]byte(a.DataType))
		_, _ = h.Write([]byte{transport})
		write(a.value())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// filter keeps what a receiver names: a name, a prefix with ".*" after it, or All.
func (all attributes) filter(wanted []string) attributes {
	kept := attributes{}
	for name, a := range all {
		for _, w := range wanted {
			prefix, isPrefix := strings.CutSuffix(w, "*")
			if isPrefix {
				prefix = strings.TrimSuffix(prefix, ".")
			}
			if w == "All" || w == name || isPrefix && strings.HasPrefix(name, prefix) {
				kept[name] = a
			}
		}
	}
	return kept
}

func bodyMD5(body string) string {
	sum := md5.Sum([]byte(body))
	return hex.EncodeToString(sum[:])
}

// allowedText says whether a text has only the characters that messages may have.
func allowedText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}
