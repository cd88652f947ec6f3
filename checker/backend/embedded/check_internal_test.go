package embedded

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/truora/minidyn/server"
)

func TestCheckNumber(t *testing.T) {
	t.Parallel()
	const range38 = "9.9999999999999999999999999999999999999"
	for n, want := range map[string]string{
		"0": "", "-0.0": "", "0e999": "", "007": "", "1.50": "", "+1": "", ".5": "", "5.": "", "-1.5E-3": "",
		range38 + "E125":                      "",
		"1E-130":                              "",
		"1" + strings.Repeat("0", 125):        "",
		"0." + strings.Repeat("0", 129) + "1": "",
		"":                                    "The parameter cannot be converted to a numeric value",
		"abc":                                 "The parameter cannot be converted to a numeric value: abc",
		"NaN":                                 "The parameter cannot be converted to a numeric value: NaN",
		"Infinity":                            "The parameter cannot be converted to a numeric value: Infinity",
		"0x10":                                "The parameter cannot be converted to a numeric value: 0x10",
		"1_000":                               "The parameter cannot be converted to a numeric value: 1_000",
		".":                                   "The parameter cannot be converted to a numeric value: .",
		" 1":                                  "The parameter cannot be converted to a numeric value:  1", //nolint:gocritic // the space is the point
		range38 + "9":                         "Attempting to store more than 38 significant digits in a Number",
		"1E126":                               "Number overflow. Attempting to store a number with magnitude larger than supported range",
		"1E99999999999999999999":              "Number overflow. Attempting to store a number with magnitude larger than supported range",
		"1E-131":                              "Number underflow. Attempting to store a number with magnitude smaller than supported range",
		"1E-99999999999999999999":             "Number underflow. Attempting to store a number with magnitude smaller than supported range",
		"0." + strings.Repeat("0", 130) + "1": "Number underflow. Attempting to store a number with magnitude smaller than supported range",
	} {
		got := ""
		if f := checkNumber(n); f != nil {
			got = f.Message
		}
		assert.Equal(t, want, got, "%q", n)
	}
}

func TestMapSize(t *testing.T) {
	t.Parallel()
	value := func(v server.AttributeValue) *server.AttributeValue { return &v }
	yes := true
	for name, c := range map[string]struct {
		value *server.AttributeValue
		want  int // with the 1 byte of the name
	}{
		"text counts bytes":  {value(server.AttributeValue{S: aws.String("ß")}), 3},
		"binary, not base64": {value(server.AttributeValue{B: []byte("abc")}), 4},
		"number":             {value(server.AttributeValue{N: aws.String("123")}), 4},
		"negative number":    {value(server.AttributeValue{N: aws.String("-123")}), 5},
		"outer zeros":        {value(server.AttributeValue{N: aws.String("0.0500e7")}), 3},
		"bool":               {value(server.AttributeValue{BOOL: &yes}), 2},
		"null":               {value(server.AttributeValue{NULL: &yes}), 2},
		"set":                {value(server.AttributeValue{SS: aws.StringSlice([]string{"ab", "c"})}), 4},
		"list":               {value(server.AttributeValue{L: []*server.AttributeValue{{S: aws.String("ab")}}}), 7},
		"map":                {value(server.AttributeValue{M: attributes{"k": {S: aws.String("ab")}}}), 8},
	} {
		assert.Equal(t, c.want, mapSize(attributes{"x": c.value}), name)
	}
}
