// Package garbage has the collector do less in a program that imports it: most runs of the checker last a second and
// hold little, and the first collection would come before main, while packages are initialised. This one is early among
// them, since it knows almost none. The user's own settings hold.
package garbage

import (
	"os"
	"runtime/debug"
)

// What is collected for: more than runs need. A server that is given more is as careful as usual with it.
const (
	percent = 400
	limit   = 256 << 20 // bytes
)

func init() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
