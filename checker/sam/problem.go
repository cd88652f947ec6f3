package sam

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a template.
type Problem struct {
	File    string
	Line    int    // counted from 1
	Column  int    // counted from 1
	Path    string // such as "Resources.GetItemFunction.Properties.Timeout"; "" for the whole file
	Message string // what is wrong, and what to do
	Limit   bool   // AWS takes it, and this package does not: it is no fault of the template
}

// String is the problem on one line, with its place in the form that editors make a link of.
func (p Problem) String() string {
	place := fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path == "" {
		return place + p.Message
	}
	return place + p.Path + ": " + p.Message
}

// Problems is everything that is wrong with a template, sorted by line. It is never empty as an error.
type Problems []Problem

var _ error = Problems(nil)

// Error is all the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Limits tells whether AWS would take the template, as far as is known here.
func (ps Problems) Limits() bool {
	return !slices.ContainsFunc(ps, func(p Problem) bool { return !p.Limit })
}

// tidy sorts, and drops what was found twice: a fault in Globals shows in every function.
func (ps Problems) tidy() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(ps)
}

// didYouMean is a clause that proposes the most similar of the names, or "" if none is similar.
func didYouMean(name string, names []string) string {
	if best := Nearest(name, names); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return ""
}

// Nearest is which of the names a typing mistake would most likely have been, or "".
func Nearest(name string, names []string) string {
	const tooMany = 1000 // more than a template may have on AWS; keeps an absurd one from taking minutes
	if len(names) > tooMany {
		return ""
	}
	best, least := "", min(3, max(1, len(name)/3))+1
	for _, candidate := range names {
		if difference := len(candidate) - len(name); difference >= least || -difference >= least {
			continue
		}
		if n := distance(strings.ToLower(name), strings.ToLower(candidate)); n < least {
			best, least = candidate, n
		}
	}
	if best == "" {
		best = within(name, names)
	}
	return best
}

// within is the only one of the names that begins or ends with this one, or that this one begins or ends with: RestApiId for
// ApiId, CorsConfiguration for Cors. It is "" if there is none, or more than one.
func within(name string, names []string) string {
	const tooShort = 4 // what shorter names are in says nothing
	within := ""
	for _, candidate := range names {
		short, long := strings.ToLower(name), strings.ToLower(candidate)
		if len(short) > len(long) {
			short, long = long, short
		}
		switch {
		case len(short) < tooShort || candidate == within, !strings.HasPrefix(long, short) && !strings.HasSuffix(long, short):
		case within != "":
			return ""
		default:
			within = candidate
		}
	}
	return within
}

// distance is how many characters have to be added, dropped, changed or swapped to turn a into b.
func distance(a, b string) int {
	const tooLong = 200 // no name of AWS's is; keeps the table small whatever the template holds
	if len(a) > tooLong || len(b) > tooLong {
		return tooLong
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		table[i][0] = i
	}
	for j := range table[0] {
		table[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := table[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			table[i][j] = min(change, table[i-1][j]+1, table[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				table[i][j] = min(table[i][j], table[i-2][j-2]+1)
			}
		}
	}
	return table[len(a)][len(b)]
}
