package check

import (
	"fmt"
	"strings"
)

// MaxKey is the longest partition key that DynamoDB takes, in bytes ("Quotas in Amazon DynamoDB").
const MaxKey = 2048

// LongID is an id that no item can have: it is longer than a key.
var LongID = strings.Repeat("k", MaxKey+1)

// RefusesLongID requires the status of an id that nobody has, or another of the 400s, for [LongID]: not one that blames the
// table.
func (r *Reply) RefusesLongID(status int) {
	if a := r.Answer(); a.Status != status && (a.Status < 400 || a.Status > 499) {
		r.Fail(Finding{
			Got:  fmt.Sprintf("%s for an id of %d bytes", a, len(LongID)),
			Want: fmt.Sprintf("status %d, or 400", status),
			Why: fmt.Sprintf("DynamoDB takes no key of more than %d bytes, and refuses the call with a ValidationException. 500 says that the table failed: "+
				"clients try again, and somebody is called at night.", MaxKey),
			Next: fmt.Sprintf("Compare len(id), which counts bytes, with %d before the table is called.", MaxKey),
		})
	}
}
