package embedded

import (
	"regexp"
	"strconv"
	"strings"
)

// The range of a number, by AWS's documentation: 38 significant digits, 1E-130 to 9.9…9E+125.
const (
	maxDigits   = 38
	maxExponent = 125
	minExponent = -130
)

var numberForm = regexp.MustCompile(`^[+-]?(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$`)

// checkNumber refuses an N that DynamoDB could not store exactly. The text for what is no number is
// certain; those for the range are recalled.
func checkNumber(n string) *fault {
	if n == "" {
		return invalid("The parameter cannot be converted to a numeric value")
	}
	m := numberForm.FindStringSubmatch(n)
	if m == nil {
		return invalid("The parameter cannot be converted to a numeric value: " + n)
	}
	whole, fraction := m[1], m[2]+m[3]
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return nil // zero, whatever its exponent
	}
	if len(strings.TrimRight(digits, "0")) > maxDigits {
		return invalid("Attempting to store more than 38 significant digits in a Number")
	}
	exponent := 0
	if m[4] != "" {
		// An exponent that does not fit is clamped by ParseInt, which serves here.
		e, _ := strconv.ParseInt(m[4], 10, 32)
		exponent = int(e)
	}
	switch magnitude := exponent + len(digits) - len(fraction) - 1; {
	case magnitude > maxExponent:
		return invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case magnitude < minExponent:
		return invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	}
	return nil
}
