// Package prologue is what the checker does before other packages are initialised: each run of it waits for that, and
// most last a second. It is early among them, since it knows almost none. Settings that the user has made hold.
//
// It has the collector do less, whose first collection would come before main. And it hides this machine's processes from
// a library that looks through all of them to make up a name that nobody here uses: beside 500 others, that took 36 ms of a
// start that takes 10, as GODEBUG=inittrace=1 prints.
package prologue

import (
	"os"
	"runtime/debug"
)

// What is collected for: more than runs need. A server that is given more is as careful as usual with it.
const (
	percent = 400
	limit   = 256 << 20 // bytes
)

// Package gopsutil finds processes in the directory that this variable names, and testcontainers' initialisation asks it for
// all of them. In a file it finds none, and no other name is asked for.
const (
	processes = "HOST_PROC"
	none      = os.DevNull
)

var hidden bool

func init() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
	if _, isSet := os.LookupEnv(processes); !isSet {
		hidden = os.Setenv(processes, none) == nil
	}
}

// End is what main begins with: processes can be seen again, by this program and by those that it starts.
func End() {
	if hidden {
		_ = os.Unsetenv(processes) // a variable that could be set can be removed
	}
}
