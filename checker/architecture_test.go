package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module  = "example.com/serverless-patterns"
	checker = module + "/checker"
)

// A layer is a directory of checker/ with all that is below it.
type layer struct {
	name string // "" is main
	// about says what the layer is for, to go on after "because it".
	about string
}

// layers are the rooms of the house, from the top: a package knows only those below it. Rooms on one
// floor do not know each other.
var layers = [][]layer{
	{
		{"", "only wires"},
		// A program of its own, that measures what is in the rooms below it.
		{"bench", "measures the checker, and is no part of it"},
	},
	{{"cli", "is the command line, with no logic that a test could want"}},
	{
		{"doctor", "looks at this machine, and proves nothing"},
		{"verify", "proves the course, on whatever machine it is"},
		{"grade", "checks what others have handed in, and proves nothing of the course"},
	},
	{
		{"course", "says what is right in a lesson, not how that is shown or run"},
		// It deploys as checks do, shows what happens in the colours of reports, and judges nothing.
		{"serve", "keeps a stack running, and knows no lessons"},
	},
	{{"report", "shows results, whatever lessons they are of"}},
	{{"watch", "checks again when files change, and shows nothing"}},
	{{"check", "is the vocabulary of checks, and knows neither lessons nor colours"}},
	{{"stack", "deploys a template, and does not know what is right or wrong"}},
	{{"sandbox", "is Lambda, and does not know who sends events to it"}},
	{{"apigateway", "puts HTTP in front of functions, and does not know what they are for"}},
	{{"eventsource", "brings messages to functions, and does not know what they are for"}},
	{{"wire", "is the AWS endpoint that functions see, and does not know the functions"}},
	{{"backend", "holds data, and does not know who asks for it"}},
	{{"sam", "reads a template, and does not know what is done with it"}},
	{
		{"downstream", "is services that functions call, and does not know what they are for"},
		{"conformance", "is the form of a table of facts for tests, and knows none"},
		{"anatomy", "takes a binary apart, and does not know what is too much"},
		{"files", "sees that files have changed, and does not know what for"},
		{"prologue", "is there before all others, and knows none of them"},
		{"scratch", "is what tests begin and end with, and knows nothing of the checker"},
	},
}

// technologies hold the data of a backend. They are one beside the other, and know only what a backend
// is.
var technologies = []string{"backend/embedded", "backend/containers", "backend/endpoint"}

// passage is the way to what is not in this process. Technologies may know it.
const passage = "backend/proxy"

// technology is which of them a package is, or is a part of; "" for none.
func technology(name string) string {
	for _, t := range technologies {
		if strings.HasPrefix(name+"/", t+"/") {
			return t
		}
	}
	return ""
}

// forbidden says why a package of the checker may not import another package, or "" if it may.
func forbidden(from, to string) string {
	if to != module && !strings.HasPrefix(to, module+"/") {
		return "" // what is not of this module is another matter
	}
	name, ok := room(from)
	if !ok {
		return fmt.Sprintf("%s is not below checker/", from)
	}
	target, ok := room(to)
	if !ok {
		return fmt.Sprintf("checker/%s must not import %s: the checker judges learners' code by what it does, and never by a look inside", name, to)
	}
	floor, own := floorOf(name)
	if floor < 0 {
		return fmt.Sprintf("checker/%s has no place in the order of packages: give it one in architecture_test.go and in the design", name)
	}
	below, _ := floorOf(target)
	switch {
	case below < 0:
		return fmt.Sprintf("checker/%s imports checker/%s, which has no place in the order of packages: give it one", name, target)
	case technology(name) != "" && target != "backend" && target != passage && technology(target) != technology(name):
		return fmt.Sprintf("checker/%s must not import checker/%s: a technology behind a backend knows what a backend is, and nothing else", name, target)
	case name == "backend" && technology(target) != "":
		return fmt.Sprintf("checker/backend must not import checker/%s: what a backend is does not depend on how one is made", target)
	case below > floor || own.name == top(target):
		return ""
	default:
		return fmt.Sprintf("checker/%s must not import checker/%s, which is not below it: checker/%s %s", name, target, own.name, own.about)
	}
}

// room is a package by its path in checker/.
func room(path string) (string, bool) {
	if path == checker {
		return "", true
	}
	return strings.CutPrefix(path, checker+"/")
}

func top(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return first
}

// floorOf is where a package is, counted from the top; -1 if it has no place.
func floorOf(name string) (int, layer) {
	for n, rooms := range layers {
		for _, l := range rooms {
			if l.name == top(name) {
				return n, l
			}
		}
	}
	return -1, layer{}
}

// foreign says why a function of a lesson or of a solution may not import a package, or "" if it may.
func foreign(from, to string) string {
	first, _, _ := strings.Cut(to, "/")
	switch {
	case strings.HasPrefix(to+"/", checker+"/"):
		return fmt.Sprintf("%s must not import %s: it is code for Lambda, and the checker is not deployed with it", from, to)
	case strings.HasPrefix(to, module+"/"):
		return fmt.Sprintf("%s must not import %s: a lesson stands by itself", from, to)
	case strings.Contains(first, ".") && !strings.HasPrefix(to, "github.com/aws/"):
		return fmt.Sprintf("%s must not import %s: functions have what a production Lambda would have, the standard library and AWS's own", from, to)
	default:
		return ""
	}
}

type pkg struct {
	ImportPath string
	Imports    []string // without those of tests
}

// list asks the go command for packages of the module, also of those that do not compile just now.
func list(t *testing.T, patterns ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json=ImportPath,Imports"}, patterns...)...)
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var all []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}

func TestAPackageKnowsOnlyThoseBelowIt(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range list(t, "./checker/...") {
		name, _ := room(p.ImportPath)
		seen[name] = true
		floor, _ := floorOf(name)
		assert.GreaterOrEqual(t, floor, 0, "checker/%s has no place in the order of packages: give it one", name)
		for _, imported := range p.Imports {
			if why := forbidden(p.ImportPath, imported); why != "" {
				assert.Fail(t, why)
			}
		}
	}
	for _, name := range []string{"", "cli", "course", "report", "check", "stack", "sandbox", "apigateway", "eventsource", "wire", "backend", "backend/embedded", "sam"} {
		assert.True(t, seen[name], "checker/%s was not looked at", name)
	}
}

func TestLessonsAndSolutionsAreCodeForLambdaAlone(t *testing.T) {
	t.Parallel()
	looked := map[string]int{}
	for _, p := range list(t, "./lessons/...", "./solutions/...") {
		looked[strings.Split(p.ImportPath, "/")[2]]++
		for _, imported := range p.Imports {
			if why := foreign(p.ImportPath, imported); why != "" {
				assert.Fail(t, why)
			}
		}
	}
	assert.Positive(t, looked["lessons"])
	assert.Positive(t, looked["solutions"])
}

func TestTheOrderOfPackagesIsARuleThatCanBeBroken(t *testing.T) {
	t.Parallel()
	for _, edge := range []struct{ from, to, why string }{
		// Down.
		{"", "cli", ""},
		{"cli", "doctor", ""},
		{"cli", "verify", ""},
		{"cli", "backend/embedded", ""},
		{"verify", "course/bank", ""},
		{"doctor", "backend/containers", ""},
		{"course", "course/lesson01", ""},
		{"course/lesson01", "check", ""},
		{"report", "check", ""},
		{"report", "watch", ""},
		{"watch", "check", ""},
		{"serve", "files", ""},
		{"check", "sandbox", ""},
		{"stack", "sam", ""},
		{"check", "downstream", ""},
		{"backend/embedded", "backend", ""},
		{"backend/embedded", "backend/embedded/expression", ""},
		{"backend/embedded/expression", "backend/embedded/attribute", ""},
		{"eventsource", "wire", ""},
		// Up, or aside.
		{"cli", "", "checker/cli must not import checker/, which is not below it"},
		{"check", "report", "checker/check must not import checker/report, which is not below it: checker/check is the vocabulary of checks"},
		{"cli", "serve", ""},
		{"serve", "report", ""},
		{"serve", "stack", ""},
		{"serve", "course", "checker/serve must not import checker/course, which is not below it: checker/serve keeps a stack running"},
		{"watch", "report", "checker/watch must not import checker/report, which is not below it: checker/watch checks again when files change"},
		{"course", "serve", "checker/course must not import checker/serve"},
		{"report", "course", "checker/report must not import checker/course"},
		{"report", "course/lesson01", "checker/report must not import checker/course/lesson01"},
		{"course/lesson01", "verify", "checker/course/lesson01 must not import checker/verify"},
		{"doctor", "verify", "checker/doctor must not import checker/verify"},
		{"verify", "doctor", "checker/verify must not import checker/doctor"},
		{"sandbox", "stack", "checker/sandbox must not import checker/stack"},
		{"sandbox", "check", "checker/sandbox must not import checker/check"},
		{"wire", "eventsource", "checker/wire must not import checker/eventsource"},
		{"eventsource", "apigateway", "checker/eventsource must not import checker/apigateway"},
		{"apigateway", "sandbox", "checker/apigateway must not import checker/sandbox"},
		{"downstream", "wire", "checker/downstream must not import checker/wire"},
		{"sam", "backend", "checker/sam must not import checker/backend"},
		{"backend", "wire", "checker/backend must not import checker/wire"},
		{"backend", "backend/embedded", "what a backend is does not depend on how one is made"},
		{"backend/embedded", "backend/containers", "a technology behind a backend knows what a backend is, and nothing else"},
		{"backend/containers", "backend/embedded", "a technology behind a backend"},
		{"backend/containers", "backend/proxy", ""},
		{"backend/endpoint", "backend/proxy", ""},
		{"backend/endpoint", "backend/containers", "a technology behind a backend"},
		{"backend/containers", "backend/embedded/attribute", "a technology behind a backend"},
		{"backend/embedded/expression", "backend/containers", "a technology behind a backend"},
		{"backend", "backend/embedded/attribute", "what a backend is does not depend on how one is made"},
		{"backend/embedded", "sam", "a technology behind a backend"},
		{"backend/embedded", "wire", "a technology behind a backend"},
		// Without a place.
		{"helpers", "sam", "checker/helpers has no place in the order of packages"},
		{"check", "helpers", "checker/helpers, which has no place in the order of packages"},
	} {
		from, to := strings.TrimSuffix(checker+"/"+edge.from, "/"), strings.TrimSuffix(checker+"/"+edge.to, "/")
		why := forbidden(from, to)
		if edge.why == "" {
			assert.Empty(t, why, "%s -> %s", edge.from, edge.to)
			continue
		}
		assert.Contains(t, why, edge.why, "%s -> %s", edge.from, edge.to)
	}
	assert.Contains(t, forbidden(checker+"/verify", module+"/solutions/01-handler/get-item"), "never by a look inside")
	assert.Empty(t, forbidden(checker+"/sam", "go.yaml.in/yaml/v3"))
	assert.Empty(t, forbidden(checker+"/sam", "strings"))
}

func TestWhatAFunctionMayImportIsARuleThatCanBeBroken(t *testing.T) {
	t.Parallel()
	const from = module + "/lessons/01-handler/get-item"
	for _, imported := range []string{
		"context", "encoding/json", "log/slog", "github.com/aws/aws-lambda-go/lambda", "github.com/aws/aws-sdk-go-v2/service/dynamodb",
		"github.com/aws/smithy-go",
	} {
		assert.Empty(t, foreign(from, imported))
	}
	for imported, why := range map[string]string{
		checker:                              "the checker is not deployed with it",
		checker + "/sam":                     "the checker is not deployed with it",
		module + "/lessons/02-other/shared":  "a lesson stands by itself",
		"github.com/stretchr/testify/assert": "the standard library and AWS's own",
		"github.com/awsome/library":          "the standard library and AWS's own",
		"golang.org/x/sync/errgroup":         "the standard library and AWS's own",
	} {
		assert.Contains(t, foreign(from, imported), why)
	}
}
