package lesson08

import (
	"fmt"

	"example.com/serverless-patterns/checker/check"
)

// maxGrowth is how much more memory the largest scan may take than the smallest: half of what it is itself, in MB.
// What streams takes a few, and what has all of it at once takes twice this at least.
const maxGrowth = megabytes / 2

var stream = check.Check{
	ID:          "stream",
	Requirement: "A scan of 2000 × 2000 pixels, 12 MB, has its thumbnail, too, and the function never has half of it in memory; MemorySize is enough",
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
