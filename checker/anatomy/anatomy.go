// Package anatomy says where the size of a function's binary and the time of its INIT come from, by package.
//
// [Code] reads the binary as it is deployed: it has no symbols, but the table by which Go's runtime finds the function of
// an address ("pclntab"), with the name and the place of every function. [Inits] reads what the runtime prints of the
// initialization of packages with GODEBUG=inittrace=1 (package runtime, "Environment Variables"). [Group] puts packages
// together that come and go together.
//
// What of all that is too much is not known here: the lessons decide.
package anatomy

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Part is a group of packages in a binary.
type Part struct {
	Name string
	Code int64         // bytes of machine code
	Init time.Duration // of its packages' variables and init functions
}

// Of puts together what [Code] and [Inits] have found, the largest part first. Equal ones, to a tenth of a megabyte, are
// in the order of their names.
func Of(code map[string]int64, inits map[string]time.Duration) []Part {
	parts := map[string]Part{}
	add := func(pkg string, code int64, took time.Duration) {
		name := Group(pkg)
		known := parts[name]
		parts[name] = Part{Name: name, Code: known.Code + code, Init: known.Init + took}
	}
	for pkg, bytes := range code {
		add(pkg, bytes, 0)
	}
	for pkg, took := range inits {
		add(pkg, 0, took)
	}
	const coarse = 1e5
	return slices.SortedFunc(maps.Values(parts), func(a, b Part) int {
		return cmp.Or(cmp.Compare((b.Code+coarse/2)/coarse, (a.Code+coarse/2)/coarse), cmp.Compare(a.Name, b.Name))
	})
}
