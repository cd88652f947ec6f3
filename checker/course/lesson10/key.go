package lesson10

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// The shortest parts in which two keys may differ, in characters: random ones have twice as many, and clocks and counters
// have fewer.
const (
	unlike       = 8
	unlikeDigits = 16
)

var ownKey = check.Check{
	ID:          "own-key",
	Requirement: "The function makes up the key: no two uploads share one, and nobody can guess it",
	Why: "A key that a client chooses can be another client's: S3 overwrites without a word, and a name with ../ or the name of a page is a gift. " +
		"A clock or a counter can be tried out, by whoever looks for other people's files.",
	Next: `Make up the key with chance alone, such as "uploads/" + rand.Text() of crypto/rand, whatever the file is called.`,
	Run: func(t *check.T) {
		f := picture()
		const inRow, atOnce = 6, 4
		var keys []string
		made := map[string][]string{} // where, by key
		by := ""
		add := func(g grant) {
			by = g.reply.By()
			keys = append(keys, g.Key)
			made[g.Key] = append(made[g.Key], g.reply.Environment)
		}
		for range inRow - 1 {
			add(ask(t, f))
		}
		t.Function(by).Renew()
		add(ask(t, f))
		for _, reply := range t.API(api).SendAtOnce(slices.Repeat([]check.Request{f.request()}, atOnce)...) {
			if g, ok := granted(t, reply); ok {
				add(g)
			}
		}
		apart, digits := closest(keys)
		finding := check.Finding{
			Did:      fmt.Sprintf("sent %d requests for an upload, the last %d of them at once", inRow+atOnce, atOnce),
			Want:     "keys that have nothing in common but a prefix",
			Evidence: []string{},
		}
		switch {
		case len(made) == 1:
			finding.Got = "the same key each time"
		case apart == 0 && elsewhere(made):
			finding.Got = "the same key twice, from two execution environments"
			finding.Why = "Lambda starts an execution environment for each request that comes while the others are busy, and another one when one is gone. " +
				"Each begins anew: a counter, or a generator with a fixed seed, makes the keys in it that the one before has made."
		case apart == 0:
			finding.Got = "the same key twice"
		case digits && apart < unlikeDigits:
			finding.Got = fmt.Sprintf("keys that differ in fewer than %d digits: a counter, or a clock", unlikeDigits)
		case apart < unlike:
			finding.Got = fmt.Sprintf("keys that differ in fewer than %d characters", unlike)
		default:
			for _, key := range keys {
				ofTheFile(t, key)
			}
			return
		}
		t.Fail(finding)
	},
}

// elsewhere tells whether no key was made up twice in one execution environment.
func elsewhere(made map[string][]string) bool {
	for _, environments := range made {
		slices.Sort(environments)
		if len(slices.Compact(environments)) < len(environments) {
			return false
		}
	}
	return true
}

// ofTheFile requires that a key has no ../ of the client's in it: all files of this lesson have a name that begins so.
func ofTheFile(t *check.T, key string) {
	if !slices.Contains(strings.Split(key, "/"), "..") {
		return
	}
	t.Fail(check.Finding{
		Did:  "sent a request for an upload of a file with the name ../cat.png",
		Got:  "a key with ../cat.png in it, as the client wrote it",
		Want: "a key of the function's alone",
		Why: "A browser takes ../ out of an address before it sends it: S3 then gets another key than was signed, and refuses the upload. " +
			"And who takes the key for a path, to copy the objects or to serve them, is led into another folder.",
		Next:     `Leave the name out of the key: "uploads/" + rand.Text(). If the name is needed later, keep it beside the key, in a table.`,
		Evidence: []string{},
	})
}

var onlyDigits = regexp.MustCompile(`^[0-9]*$`)

// closest is how long the part is in which the two most similar keys differ, and whether that is digits.
func closest(keys []string) (apart int, digits bool) {
	apart = -1
	for i, a := range keys {
		for _, b := range keys[:i] {
			middleA, middleB := middle(a, b), middle(b, a)
			if n := max(len(middleA), len(middleB)); apart < 0 || n < apart {
				apart, digits = n, onlyDigits.MatchString(middleA+middleB)
			}
		}
	}
	return apart, digits
}

// middle is a without what it has in common with b at both ends.
func middle(a, b string) string {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a
}
