package verify

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/aws/aws-lambda-go/events"

	"example.com/serverless-patterns/checker/course"
)

// Limits of hints.
const (
	// hintSteps is how many lead to a requirement: where to look, the concept, the shape, almost the code.
	hintSteps = 4
	// hintLines is how many lines of 80 columns a hint has at most: it is read at once, below the requirement.
	hintLines = 8
	// givenAway is how many lines of the solution, one after the other, a hint may have at most.
	givenAway = 3
)

// hintProblems is what is wrong with a lesson's hints.
func hintProblems(l course.Lesson, starter map[string]string, solution map[string]string) []string {
	begun := namesIn(starter)
	maps.Copy(begun, fieldsOfEvents())
	ended := maps.Clone(begun)
	maps.Copy(ended, namesIn(solution))
	runs := codeRuns(solution)
	var all []string
	for _, c := range l.Checks {
		complain := func(step int, format string, args ...any) {
			all = append(all, fmt.Sprintf("hint %d for %s ", step+1, c.ID)+fmt.Sprintf(format, args...))
		}
		hints := l.Hints[c.ID]
		if len(hints) != hintSteps {
			all = append(all, fmt.Sprintf("%s has %d hints, not %d", c.ID, len(hints), hintSteps))
		}
		for n, hint := range hints {
			known := ended
			if n == 0 {
				known = begun // whoever is to look there must find it
			}
			if strings.TrimSpace(hint) == "" {
				complain(n, "is empty")
			}
			if slices.Contains(hints[:n], hint) {
				complain(n, "has been given before")
			}
			if lines := strings.Count(lipgloss.Wrap(hint, 80, ""), "\n") + 1; lines > hintLines {
				complain(n, "has %d lines: more than %d are not read", lines, hintLines)
			}
			for _, name := range names(hint) {
				if !known[name] {
					complain(n, "names %s, which is not there", name)
				}
			}
			if run := given(hint, runs); run != "" {
				complain(n, "gives the solution away: %s", run)
			}
		}
	}
	return all
}

// named finds files, logical ids of a template, and identifiers that are plainly code: those with a capital within.
var named = regexp.MustCompile(`[a-z0-9-]+/[a-z0-9_-]+\.go\b|\b[a-z0-9_-]+\.(?:go|yaml)\b|\b[a-z]+[A-Z][A-Za-z0-9]*\b|\b(?:[A-Z][a-z]+)+(?:Function|Table|Queue|Bucket|Api|Group)\b`)

// names are what a text names that is to be found in a lesson.
func names(text string) []string { return named.FindAllString(text, -1) }

// namesIn are all names that files have, and their own.
func namesIn(files map[string]string) map[string]bool {
	known := map[string]bool{}
	for name, text := range files {
		known[name], known[path.Base(name)] = true, true
		for _, each := range names(text) {
			known[each] = true
		}
	}
	return known
}

// fieldsOfEvents are the names in the JSON of what functions get and answer, which evidence shows.
func fieldsOfEvents() map[string]bool {
	known := map[string]bool{}
	for _, v := range []any{
		events.APIGatewayV2HTTPRequest{}, events.APIGatewayV2HTTPResponse{}, events.APIGatewayProxyRequest{}, events.SQSMessage{},
		events.SQSEventResponse{}, events.SQSBatchItemFailure{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			known[name] = true
		}
	}
	return known
}

// codeRuns are the lines of code of each file of Go, without what is said beside them.
func codeRuns(files map[string]string) [][]string {
	var runs [][]string
	for name, text := range files {
		if path.Ext(name) != ".go" {
			continue
		}
		var run []string
		for line := range strings.Lines(text) {
			code, _, _ := strings.Cut(line, "//")
			if code = squeezed(code); strings.ContainsFunc(code, isLetter) {
				run = append(run, code)
			}
		}
		runs = append(runs, run)
	}
	return runs
}

// given are those lines of code that stand in a text one after the other, if they are too many.
func given(text string, runs [][]string) string {
	text = squeezed(text)
	for _, run := range runs {
		for n := range len(run) - givenAway {
			if lines := run[n : n+givenAway+1]; strings.Contains(text, strings.Join(lines, "")) {
				return strings.Join(lines, "; ")
			}
		}
	}
	return ""
}

// squeezed is code without what formatting changes.
func squeezed(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n;{}", r) {
			return -1
		}
		return r
	}, code)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// solutionFiles are the files of the reference solution.
func solutionFiles(l course.Lesson, place course.Place) (map[string]string, error) {
	root := os.DirFS(filepath.Join(place.Root, "solutions", l.ID))
	files := map[string]string{}
	err := fs.WalkDir(onlyCode{root}, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files[name] = string(data)
		return err
	})
	return files, err
}
