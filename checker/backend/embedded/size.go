package embedded

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/truora/minidyn/server"
)

// maxItemBytes is 400 KB in AWS's count, names of attributes included.
const maxItemBytes = 400 << 10

// checkItemSize counts as AWS documents it: exact for text and binary, approximate for numbers, for
// which AWS gives only a rule of thumb. (The text is certain.)
func checkItemSize(item attributes) *fault {
	if mapSize(item) > maxItemBytes {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	return nil
}

func mapSize(m attributes) int {
	n := 0
	for name, v := range m {
		n += len(name) + valueSize(v)
	}
	return n
}

// containerBytes is what a list or map costs by itself; elementBytes what each of its elements does.
const (
	containerBytes = 3
	elementBytes   = 1
)

func valueSize(v *server.AttributeValue) int {
	switch {
	case v.S != nil:
		return len(*v.S)
	case v.N != nil:
		return numberSize(*v.N)
	case v.B != nil:
		return len(v.B)
	case v.M != nil:
		return containerBytes + elementBytes*len(v.M) + mapSize(v.M)
	case v.L != nil:
		n := containerBytes + elementBytes*len(v.L)
		for _, element := range v.L {
			n += valueSize(element)
		}
		return n
	case v.SS != nil, v.NS != nil, v.BS != nil:
		return setSize(v)
	default:
		return 1 // BOOL and NULL
	}
}

func setSize(v *server.AttributeValue) int {
	n := 0
	for _, s := range v.SS {
		n += len(aws.ToString(s))
	}
	for _, s := range v.NS {
		n += numberSize(aws.ToString(s))
	}
	for _, b := range v.BS {
		n += len(b)
	}
	return n
}

// numberSize is one byte for two significant digits, and one more; a sign takes another.
func numberSize(s string) int {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	digits := strings.Trim(strings.Replace(strings.TrimLeft(mantissa, "+-"), ".", "", 1), "0")
	n := (len(digits)+1)/2 + 1
	if strings.HasPrefix(mantissa, "-") {
		n++
	}
	return n
}
