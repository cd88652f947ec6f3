package anatomy

import (
	"regexp"
	"strconv"
	"time"
)

// The environment variable that has Go's runtime print what [Inits] reads.
const (
	TraceName  = "GODEBUG"
	TraceValue = "inittrace=1"
)

var initLine = regexp.MustCompile(`^init (\S+) @[\d.]+ ms, ([\d.]+) ms clock`)

// Inits are how long the initialization of each package took, by the lines that the runtime printed. Packages without
// any have none. What main does comes after them.
func Inits(log []string) map[string]time.Duration {
	inits := map[string]time.Duration{}
	for _, line := range log {
		found := initLine.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		milliseconds, err := strconv.ParseFloat(found[2], 64)
		if err == nil {
			inits[found[1]] += time.Duration(milliseconds * float64(time.Millisecond))
		}
	}
	return inits
}
