// Package diagnosis tells which known mistake a result looks like.
//
// It judges by behaviour, as the checks do. The [Sign] of a result is which checks have failed, and what was sent and got in
// the finding that is read first, without what differs between two runs of one answer, and without the learner's own words. Beside
// its bank, a lesson keeps the signs of its starter and of each mistake in a file, [File], which `checker verify --update`
// writes and `checker verify` compares: so nothing of the bank has to be run where a learner is.
//
// A result with the sign of exactly one mistake looks like it. Of everything else nothing is said: of a sign that two mistakes
// share, or a mistake and the starter, of a run in which a check was left out, and of two mistakes at once. No verdict
// follows from a diagnosis.
//
// [Normalize] and [Messages] are also what transcripts are compared with. Which mistakes there are, and what they come to
// on AWS, is in package bank; how it is shown, in package report.
package diagnosis

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/course/bank"
)

// File has a lesson's signs, beside its bank.
const File = "signs.txt"

// Sign is how an answer shows that it is wrong.
type Sign struct {
	Failed []string // ids of the checks, in their order
	Did    string   // what was sent in the finding that is read first, in one line
	Got    string   // what came back, likewise
}

// SignOf reads the sign of a result. There is none, and false, if nothing has failed, or a check did not run to its end.
func SignOf(r check.LessonResult) (Sign, bool) {
	first := r.FirstFailure()
	if first == nil || first.Finding == nil {
		return Sign{}, false
	}
	var s Sign
	for _, c := range r.Checks {
		switch c.Verdict {
		case check.Failed:
			s.Failed = append(s.Failed, c.ID)
		case check.Errored, check.Skipped:
			return Sign{}, false
		case check.Passed:
		}
	}
	names := Messages(r)
	s.Did = sent(names.Replace(first.Finding.Did))
	s.Got = bare(names.Replace(first.Finding.Got))
	return s, true
}

// Equal tells whether two signs are the same.
func (s Sign) Equal(other Sign) bool {
	return s.Did == other.Did && s.Got == other.Got && slices.Equal(s.Failed, other.Failed)
}

// Signs are those of a lesson's starter and mistakes, by their names.
type Signs map[string]Sign

// Read reads the signs that a lesson keeps. A lesson that keeps none has none.
func Read(files fs.FS) (Signs, error) {
	data, err := fs.ReadFile(files, File)
	if errors.Is(err, fs.ErrNotExist) {
		return Signs{}, nil
	}
	if err != nil {
		return nil, err
	}
	signs, name, texts := Signs{}, "", 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		text, indented := strings.CutPrefix(line, indentation)
		of, failed, ok := strings.Cut(line, ": ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case indented && texts == 1:
			signs[name], texts = Sign{Failed: signs[name].Failed, Did: text}, 2
		case indented && texts == 2:
			signs[name], texts = Sign{Failed: signs[name].Failed, Did: signs[name].Did, Got: text}, 3
		case !indented && ok:
			signs[of], name, texts = Sign{Failed: strings.Fields(failed)}, of, 1
		default:
			return nil, fmt.Errorf("%s: %q is no sign: `bin/checker verify --update` writes the file", File, line)
		}
	}
	return signs, nil
}

const (
	heading = `# What a learner's run looks like for each known mistake: the checks that fail, and what the first of them sent
# and got.
# bin/checker verify --update writes this file.
`
	indentation = "    "
)

// Format writes signs as [Read] reads them.
func (s Signs) Format() []byte {
	text := []byte(heading)
	for _, name := range slices.Sorted(maps.Keys(s)) {
		sign := s[name]
		text = fmt.Appendf(text, "\n%s: %s\n%s%s\n%s%s\n", name, strings.Join(sign.Failed, " "), indentation, sign.Did, indentation, sign.Got)
	}
	return text
}

// Of are the answers that have a sign, by name.
func (s Signs) Of(sign Sign) []string {
	var names []string
	for name, other := range s {
		if sign.Equal(other) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Book is what is known of a lesson's mistakes.
type Book struct {
	signs Signs
	known map[string]bank.Answer
}

// NewBook puts signs and explanations together. Signs of answers that are not among the mistakes keep others from being
// taken for them, as the starter's does.
func NewBook(signs Signs, mistakes []bank.Answer) Book {
	b := Book{signs, make(map[string]bank.Answer, len(mistakes))}
	for _, m := range mistakes {
		b.known[m.Name] = m
	}
	return b
}

// Load reads the book of a lesson.
func Load(files fs.FS) (Book, error) {
	signs, err := Read(files)
	if err != nil {
		return Book{}, err
	}
	known, err := bank.Load(files)
	if err != nil {
		return Book{}, err
	}
	return NewBook(signs, known.Mistakes), nil
}

// Diagnose tells what a result looks like; nil is like nothing that is known for sure.
func (b Book) Diagnose(r check.LessonResult) *check.Diagnosis {
	sign, ok := SignOf(r)
	if !ok {
		return nil
	}
	names := b.signs.Of(sign)
	if len(names) != 1 {
		return nil
	}
	mistake, ok := b.known[names[0]]
	if !ok {
		return nil
	}
	return &check.Diagnosis{Mistake: mistake.Name, Explanation: mistake.Explanation()}
}
