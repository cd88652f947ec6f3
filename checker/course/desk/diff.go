package desk

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// around is how many lines of a file are shown around a difference.
const around = 3

// Diff is how the learner's files differ from the reference, as a unified diff from the one to the other. It is "" if
// they do not.
func (d *Desk) Diff() (string, error) {
	var out strings.Builder
	err := d.compare(func(f udiff.UnifiedDiff) { out.WriteString(f.String()) })
	return out.String(), err
}

// Smallest is the smallest of the differences that change more than comments, imports and empty lines, as a unified diff with
// one place; "" if there is none.
func (d *Desk) Smallest() (string, error) {
	var smallest udiff.UnifiedDiff
	least := 0
	err := d.compare(func(f udiff.UnifiedDiff) {
		for _, h := range f.Hunks {
			if n := changed(h); n > 0 && (least == 0 || n < least) {
				smallest, least = udiff.UnifiedDiff{From: f.From, To: f.To, Hunks: []*udiff.Hunk{h}}, n
			}
		}
	})
	if least == 0 {
		return "", err
	}
	return smallest.String(), err
}

// compare visits the files that differ, in the order of their names.
func (d *Desk) compare(visit func(udiff.UnifiedDiff)) error {
	mine, err := d.Mine()
	if err != nil {
		return err
	}
	reference, err := d.Reference()
	if err != nil {
		return err
	}
	names := maps.Clone(mine)
	maps.Copy(names, reference)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		from, to := "lessons/"+d.lesson.ID+"/"+name, "solutions/"+d.lesson.ID+"/"+name
		for _, side := range []struct {
			label *string
			files Files
		}{{&from, mine}, {&to, reference}} {
			if _, ok := side.files[name]; !ok {
				*side.label = "/dev/null" // as diff -N and git say it
			}
		}
		f, err := udiff.ToUnifiedDiff(from, to, mine[name], udiff.Lines(mine[name], reference[name]), around)
		if err != nil {
			return fmt.Errorf("cannot compare %s: %w", name, err)
		}
		if len(f.Hunks) > 0 {
			visit(f)
		}
	}
	return nil
}

// imported is a line of a Go import declaration.
var imported = regexp.MustCompile(`^(import \(|\)|(import )?([\w.]+ )?"[^"]+")$`)

// remark is a comment at the end of a line of Go or YAML.
var remark = regexp.MustCompile(`\s+(//|#)\s.*$`)

// changed counts the lines of a hunk that are changed, if any of them does something else now. An import does nothing that its
// use does not show, and a line does what it did if only the comment behind it is another.
func changed(h *udiff.Hunk) int {
	n, difference := 0, map[string]int{}
	for _, l := range h.Lines {
		if l.Kind == udiff.Equal {
			continue
		}
		n++
		text := remark.ReplaceAllString(strings.TrimSpace(l.Content), "")
		if text == "" || strings.HasPrefix(text, "//") || strings.HasPrefix(text, "#") || imported.MatchString(text) {
			continue
		}
		if l.Kind == udiff.Insert {
			difference[text]++
		} else {
			difference[text]--
		}
	}
	for _, times := range difference {
		if times != 0 {
			return n
		}
	}
	return 0
}
