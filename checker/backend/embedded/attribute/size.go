package attribute

import "strings"

// MaxItemBytes is 400 KB in AWS's count, names of attributes included.
const MaxItemBytes = 400 << 10

// MaxDepth is how many levels of maps and lists an item may have, itself included.
const MaxDepth = 32

// Size counts the bytes of an item as AWS documents it ("DynamoDB item sizes and formats"), but for numbers.
func (i Item) Size() int {
	n := 0
	for name, v := range i {
		n += len(name) + v.size()
	}
	return n
}

// containerBytes is what a list or map costs by itself; elementBytes what each of its elements does.
const (
	containerBytes = 3
	elementBytes   = 1
)

func (v Value) size() int {
	switch v.Kind {
	case S, B:
		return len(v.Text)
	case N:
		return numberSize(v.Text)
	case M:
		return containerBytes + elementBytes*len(v.Map) + v.Map.Size()
	case L:
		n := containerBytes + elementBytes*len(v.List)
		for _, element := range v.List {
			n += element.size()
		}
		return n
	case SS, BS:
		n := 0
		for _, s := range v.Set {
			n += len(s)
		}
		return n
	case NS:
		n := 0
		for _, s := range v.Set {
			n += numberSize(s)
		}
		return n
	default:
		return 1 // BOOL and NULL
	}
}

// numberSize is of a number in normal form. AWS gives a rule of thumb: one byte for two significant digits, and one
// more. Those who looked where AWS takes an item for too large found that the digits before and behind the point are
// rounded up apart, and that a sign takes another byte. DynamoDB Local counts so, too.
func numberSize(s string) int {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	switch {
	case whole == "0":
		whole, fraction = "", strings.TrimLeft(fraction, "0")
	case fraction == "":
		whole = strings.TrimRight(whole, "0")
	}
	n := 1 + (len(whole)+1)/2 + (len(fraction)+1)/2
	if negative {
		n++
	}
	return n
}

// Depth is how many levels of maps and lists an item has, itself included.
func (i Item) Depth() int {
	deepest := 0
	for _, v := range i {
		deepest = max(deepest, v.depth())
	}
	return 1 + deepest
}

func (v Value) depth() int {
	switch v.Kind {
	case M:
		return v.Map.Depth()
	case L:
		deepest := 0
		for _, element := range v.List {
			deepest = max(deepest, element.depth())
		}
		return 1 + deepest
	default:
		return 0
	}
}
