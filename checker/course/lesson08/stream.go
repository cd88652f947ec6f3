package lesson08

import (
	"fmt"
	"math"

	"example.com/serverless-patterns/checker/check"
)

// maxGrowth is how much more memory the largest scan may take than the smallest: half of what it is itself, in MB.
// What streams takes a few, and what has all of it at once takes twice this at least.
const maxGrowth = megabytes / 2

var stream = check.Check{
	ID:          "stream",
	Requirement: "A scan of 2000 × 2000 pixels, 12 MB, has its thumbnail, too, however many came before it; the function never has half of it in memory, and MemorySize is enough",
	Why: "What is read as a whole has to fit as a whole, beside the copies that are made of it: somebody uploads a scan that is twice as large, and " +
		"Lambda kills the process. With a stream, MemorySize does not depend on what others upload.",
	Next: "Hand the body of GetObject on as an io.Reader, and read one row of pixels at a time into the same slice with io.ReadFull.",
	Run: func(t *check.T) {
		const key, small = "largest.ppm", "smallest.ppm"
		t.Bucket(uploads).Put(small, "image/x-portable-pixmap", smallest.content)
		t.Bucket(uploads).Put(key, "image/x-portable-pixmap", largest().content)
		f := t.Function(function)
		for round := 1; ; round++ {
			base := f.ColdStart(uploaded(t, small, smallest)).MaxMemoryUsed
			reply := f.ColdStart(uploaded(t, key, largest()))
			peak := reply.MaxMemoryUsed
			if peak-base <= maxGrowth {
				has(t, key, largest())
				leavesNothing(t)
				return
			}
			if doubtful := peak-base < megabytes; doubtful && round < rounds {
				continue
			}
			reply.Fail(check.Finding{
				Got:  fmt.Sprintf("≈%d MB of memory in use, and ≈%d MB with a scan of one pixel: more than half of the scan was there at once", peak, base),
				Want: fmt.Sprintf("at most %d MB more with the largest scan than with the smallest", maxGrowth),
			})
		}
	},
}

// leavesNothing requires that /tmp does not fill up: it has 512 MB, and is kept from one invocation to the next. A file that
// is written over, or a few that are kept, are right.
func leavesNothing(t *check.T) {
	f, s := t.Function(function), newScan(300, 200)
	var last *check.Reply
	least := int64(math.MaxInt64)
	for range 3 {
		key := t.ID("kettle") + ".ppm"
		t.Bucket(uploads).Put(key, "image/x-portable-pixmap", s.content)
		before := f.Temporary()
		last = f.Invoke(uploaded(t, key, s))
		least = min(least, f.Temporary()-before)
	}
	if least < int64(len(s.content)) {
		return
	}
	last.Fail(check.Finding{
		Did:  fmt.Sprintf("invoked %s with the events of three scans of %d × %d pixels, one after the other", function, s.width, s.height),
		Got:  fmt.Sprintf("%d bytes more in /tmp after each of them, and a scan has %d bytes", least, len(s.content)),
		Want: "a /tmp that does not fill up",
		Why: "/tmp has 512 MB, and keeps them from one invocation to the next, for as long as Lambda keeps the execution environment. With the 43rd of the largest scans " +
			"there is no space left on the device, and each one after it fails.",
		Next: "Remove what you store in /tmp when its thumbnail is made, also when that has failed: defer os.Remove(file.Name()).",
	})
}
