package attribute_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
)

const nines = "9.9999999999999999999999999999999999999" // 38 of them

func TestNumbersAreRefusedAsByAWS(t *testing.T) {
	t.Parallel()
	const about = "The parameter cannot be converted to a numeric value"
	for n, want := range map[string]string{
		"":                                    about,
		"abc":                                 about + ": abc",
		"NaN":                                 about + ": NaN",
		"Infinity":                            about + ": Infinity",
		"0x10":                                about + ": 0x10",
		"1_000":                               about + ": 1_000",
		".":                                   about + ": .",
		"--1":                                 about + ": --1",
		"1e":                                  about + ": 1e",
		"1e+-1":                               about + ": 1e+-1",
		"1e5e5":                               about + ": 1e5e5",
		"1,5":                                 about + ": 1,5",
		nines + "9":                           "Attempting to store more than 38 significant digits in a Number",
		"1E126":                               "Number overflow. Attempting to store a number with magnitude larger than supported range",
		"1E99999999999999999999":              "Number overflow. Attempting to store a number with magnitude larger than supported range",
		"1E-131":                              "Number underflow. Attempting to store a number with magnitude smaller than supported range",
		"1E-99999999999999999999":             "Number underflow. Attempting to store a number with magnitude smaller than supported range",
		"0." + strings.Repeat("0", 130) + "1": "Number underflow. Attempting to store a number with magnitude smaller than supported range",
	} {
		_, err := attribute.Number(n)
		assert.EqualError(t, err, want, "%q", n)
	}
}

// Measured with DynamoDB Local.
func TestNumbersHaveOneNormalForm(t *testing.T) {
	t.Parallel()
	for n, want := range map[string]string{
		"0": "0", "-0.0": "0", "0e999": "0", "007": "7", "1.50": "1.5", "+1": "1", ".5": "0.5", "5.": "5", "-1.5E-3": "-0.0015",
		"1E3": "1000", "12e-1": "1.2", "1e0": "1", "100": "100", "10.01": "10.01",
		"1e125":        "1" + strings.Repeat("0", 125),
		"1e-130":       "0." + strings.Repeat("0", 129) + "1",
		nines + "E125": strings.Repeat("9", 38) + strings.Repeat("0", 88),
	} {
		v, err := attribute.Number(n)
		require.NoError(t, err, n)
		assert.Equal(t, want, v.Text, n)
	}
}

func TestNumbersAreOrderedByValueInEveryWay(t *testing.T) {
	t.Parallel()
	ascending := []string{
		"-" + nines + "E125", "-1000", "-100", "-15", "-10", "-2", "-1.51", "-1.5", "-1", "-0.1", "-0.01", "-1E-130",
		"0", "1E-130", "0.01", "0.02", "0.1", "1", "1.5", "1.51", "2", "9", "10", "15", "100", "1000", nines + "E125",
	}
	var values []attribute.Value
	for _, n := range ascending {
		v, err := attribute.Number(n)
		require.NoError(t, err)
		values = append(values, v)
	}
	assert.True(t, slices.IsSortedFunc(values, attribute.Value.Compare))
	for i := range values[1:] {
		assert.Negative(t, values[i].Compare(values[i+1]), "%s and %s", ascending[i], ascending[i+1])
		assert.Less(t, values[i].SortKey(), values[i+1].SortKey(), "%s and %s", ascending[i], ascending[i+1])
	}
}

func TestArithmeticIsExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, sum, difference string }{
		{"0.1", "0.2", "0.3", "-0.1"},
		{"1", "1", "2", "0"},
		{"1e20", "1", "100000000000000000001", "99999999999999999999"},
		{"-5", "5", "0", "-10"},
		{"0", "7", "7", "-7"},
		{"1e-130", "0", "0." + strings.Repeat("0", 129) + "1", "0." + strings.Repeat("0", 129) + "1"},
		{"1000", "1e3", "2000", "0"},
	} {
		a, _ := attribute.Number(c.a)
		b, _ := attribute.Number(c.b)
		sum, err := a.Add(b)
		require.NoError(t, err)
		assert.Equal(t, c.sum, sum.Text, "%s + %s", c.a, c.b)
		difference, err := a.Subtract(b)
		require.NoError(t, err)
		assert.Equal(t, c.difference, difference.Text, "%s - %s", c.a, c.b)
	}
	large, _ := attribute.Number("1e60")
	one, _ := attribute.Number("1")
	_, err := large.Add(one)
	assert.EqualError(t, err, "Attempting to store more than 38 significant digits in a Number")
}

func TestSize(t *testing.T) {
	t.Parallel()
	yes := true
	for name, c := range map[string]struct {
		value attribute.Wire
		want  int // with the 1 byte of the name
	}{
		"text counts bytes":  {attribute.Wire{S: aws.String("ß")}, 3},
		"binary, not base64": {attribute.Wire{B: []byte("abc")}, 4},
		"bool":               {attribute.Wire{BOOL: &yes}, 2},
		"null":               {attribute.Wire{NULL: &yes}, 2},
		"set":                {attribute.Wire{SS: []string{"ab", "c"}}, 4},
		"list":               {attribute.Wire{L: []*attribute.Wire{{S: aws.String("ab")}}}, 7},
		"map":                {attribute.Wire{M: map[string]*attribute.Wire{"k": {S: aws.String("ab")}}}, 8},
	} {
		item, err := attribute.Decode(map[string]*attribute.Wire{"x": &c.value})
		require.NoError(t, err)
		assert.Equal(t, c.want, item.Size(), name)
	}
}

// As recorded from AWS by users, by what is just not too large for an item.
func TestSizeOfNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[string]int{
		"0": 1, "1": 2, "12": 2, "123": 3, "1234": 3, "12345678901234567890123456789012345678": 20, "0042": 2, "100": 2, "1010": 3, "0.0000001": 2, "1E125": 2, "1E-100": 2,
		"1.5": 3, "15": 2, "1.200": 3, "1.234": 4, "3.14159": 5, "123456": 4, "100.5": 4, "0.15": 2, "-42": 3, "-0": 1,
	} {
		v, err := attribute.Number(n)
		require.NoError(t, err, n)
		assert.Equal(t, want, attribute.Item{"": v}.Size(), n)
	}
}

func TestJSONGoesThereAndBack(t *testing.T) {
	t.Parallel()
	const text = `{"b":{"B":"AAH/"},"bs":{"BS":["","YQ=="]},"e":{"B":""},"l":{"L":[]},"m":{"M":{}},"n":{"N":"-1.5"},"no":{"BOOL":false},` +
		`"nothing":{"NULL":true},"ns":{"NS":["-1","2","10"]},"s":{"S":"\u0001 \"\\ ß 😀 <&>"},"ss":{"SS":["","a"]},"x":{"L":[{"M":{"k":{"S":""}}}]},"yes":{"BOOL":true}}`
	var wires map[string]*attribute.Wire
	require.NoError(t, json.Unmarshal([]byte(text), &wires))
	item, err := attribute.Decode(wires)
	require.NoError(t, err)
	assert.Equal(t, text, string(item.AppendJSON(nil))) //nolint:testifylint // the order of names is part of it
	assert.True(t, item.Clone()["x"].Equal(item["x"]))
}

func TestDepthCountsTheItemItself(t *testing.T) {
	t.Parallel()
	list := attribute.Value{Kind: attribute.L, List: []attribute.Value{attribute.String("a")}}
	assert.Equal(t, 1, attribute.Item{"a": attribute.String("a")}.Depth())
	assert.Equal(t, 2, attribute.Item{"a": list}.Depth())
	assert.Equal(t, 3, attribute.Item{"a": {Kind: attribute.M, Map: attribute.Item{"b": list}}}.Depth())
}
