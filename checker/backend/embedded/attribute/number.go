package attribute

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
)

// The range of a number, by AWS's documentation ("Naming rules and data types"): 38 significant digits,
// 1E-130 to 9.9…9E+125.
const (
	maxDigits   = 38
	maxExponent = 125
	minExponent = -130
)

const (
	tooPrecise = Error("Attempting to store more than 38 significant digits in a Number")
	overflow   = Error("Number overflow. Attempting to store a number with magnitude larger than supported range")
	underflow  = Error("Number underflow. Attempting to store a number with magnitude smaller than supported range")
)

// number is a decimal number: 0.digits × 10^exponent. Zero has no digits; other numbers have neither
// leading nor trailing zeros.
type number struct {
	negative bool
	digits   string
	exponent int
}

// Number is the value of type N that a client has written so, in normal form, or an [Error]. The text
// for what is no number is certain; those for the range are recalled.
func Number(s string) (Value, error) {
	n, err := parseNumber(s)
	if err != nil {
		return Value{}, err
	}
	return Value{Kind: N, Text: n.String()}, nil
}

// parseNumber reads a number in any of the forms that DynamoDB takes.
func parseNumber(s string) (number, error) {
	const about = "The parameter cannot be converted to a numeric value"
	if s == "" {
		return number{}, Error(about)
	}
	refused := Error(about + ": " + s)
	mantissa, exponentText, hasExponent := cutExponent(s)
	n := number{negative: strings.HasPrefix(mantissa, "-")}
	if n.negative || strings.HasPrefix(mantissa, "+") {
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !onlyDigits(whole) || !onlyDigits(fraction) || whole+fraction == "" {
		return number{}, refused
	}
	exponent := 0
	if hasExponent {
		if !onlyDigits(strings.TrimLeft(exponentText, "+-")) || strings.TrimLeft(exponentText, "+-") == "" ||
			len(exponentText)-len(strings.TrimLeft(exponentText, "+-")) > 1 {
			return number{}, refused
		}
		// An exponent that does not fit is clamped by ParseInt, which serves here.
		e, _ := strconv.ParseInt(exponentText, 10, 32)
		exponent = int(e)
	}
	all := strings.TrimLeft(whole+fraction, "0")
	n.digits = strings.TrimRight(all, "0")
	if n.digits == "" {
		return number{}, nil // zero, whatever its sign and exponent
	}
	n.exponent = exponent + len(all) - len(fraction)
	return n, n.check()
}

func cutExponent(s string) (mantissa, exponent string, found bool) {
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		return s[:at], s[at+1:], true
	}
	return s, "", false
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parsed reads what [number.String] wrote.
func parsed(s string) number {
	n, _ := parseNumber(s)
	return n
}

func (n number) check() error {
	switch {
	case len(n.digits) > maxDigits:
		return tooPrecise
	case n.digits == "":
		return nil
	case n.exponent-1 > maxExponent:
		return overflow
	case n.exponent-1 < minExponent:
		return underflow
	}
	return nil
}

// String is DynamoDB's normal form: no exponent, no zeros that say nothing.
func (n number) String() string {
	if n.digits == "" {
		return "0"
	}
	var b strings.Builder
	if n.negative {
		b.WriteByte('-')
	}
	switch {
	case n.exponent <= 0:
		b.WriteString("0.")
		b.WriteString(strings.Repeat("0", -n.exponent))
		b.WriteString(n.digits)
	case n.exponent >= len(n.digits):
		b.WriteString(n.digits)
		b.WriteString(strings.Repeat("0", n.exponent-len(n.digits)))
	default:
		b.WriteString(n.digits[:n.exponent])
		b.WriteByte('.')
		b.WriteString(n.digits[n.exponent:])
	}
	return b.String()
}

func (n number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	default:
		return 1
	}
}

func (n number) compare(m number) int {
	if c := cmp.Compare(n.sign(), m.sign()); c != 0 || n.digits == "" {
		return c
	}
	c := cmp.Or(cmp.Compare(n.exponent, m.exponent), strings.Compare(n.digits, m.digits))
	return c * n.sign()
}

// Add is v+w, and Subtract v-w, for two numbers; an [Error] if the result is out of range.
func (v Value) Add(w Value) (Value, error) { return sum(parsed(v.Text), parsed(w.Text)) }

// Subtract is v-w.
func (v Value) Subtract(w Value) (Value, error) {
	m := parsed(w.Text)
	m.negative = !m.negative
	return sum(parsed(v.Text), m)
}

func sum(n, m number) (Value, error) {
	scale := max(len(n.digits)-n.exponent, len(m.digits)-m.exponent, 0) // digits after the point
	total := new(big.Int).Add(n.integer(scale), m.integer(scale))
	result, err := parseNumber(total.String() + "E-" + strconv.Itoa(scale))
	if err != nil {
		return Value{}, err
	}
	return Value{Kind: N, Text: result.String()}, nil
}

// integer is the number times 10^scale, which the caller has made large enough.
func (n number) integer(scale int) *big.Int {
	i := new(big.Int)
	if n.digits == "" {
		return i
	}
	i.SetString(n.digits+strings.Repeat("0", scale+n.exponent-len(n.digits)), 10)
	if n.negative {
		i.Neg(i)
	}
	return i
}

// sortKey orders numbers by their bytes.
func (n number) sortKey() string {
	const offset = 1 << 10 // makes the exponent positive
	if n.digits == "" {
		return "\x80"
	}
	exponent := n.exponent + offset
	b := []byte{0x81, byte(exponent >> 8), byte(exponent)}
	b = append(b, n.digits...)
	if n.negative {
		for i := range b {
			b[i] = 0xff - b[i]
		}
		b = append(b, 0xff) // more digits make it smaller, not larger
	}
	return string(b)
}

// SortKey is text that orders values of one ordered type, by bytes, as [Value.Compare] does. Equal
// values have the same.
func (v Value) SortKey() string {
	if v.Kind == N {
		return parsed(v.Text).sortKey()
	}
	return v.Text
}
