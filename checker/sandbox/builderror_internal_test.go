package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTroublesOfTheMachineAreNotTheCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ output, want string }{
		"linker on a full disk":   {"# example.com/a\n/usr/local/go/pkg/tool/linux_amd64/link: mapping output file failed: no space left on device\n", "no space left to write to"},
		"compiler on a full disk": {"# example.com/a\ncompile: writing output: write $WORK/b001/_pkg_.a: disk quota exceeded\n", "no space left to write to"},
		"limit on files' size":    {"go: writing action graph: write /a: file too large\n", "no space left to write to"},
		"full GOTMPDIR":           {"go: creating work dir: mkdir /a/go-tmp/go-build1: no space left on device\n", "go clean -cache"},
		"full GOCACHE":            {"/mod/a@v1.33.16/a.go:10:2: write /cache/49/49-d: no space left on device\na/main.go:17:2: write /cache/0f/0f-d: no space left on device\n", "no space left to write to"},
		"read-only GOCACHE":       {"failed to initialize build cache at /ro/x: mkdir /ro/x: read-only file system\n", "Set HOME"},
		"no HOME":                 {"build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined\n", "Set HOME"},
		"no GOPATH":               {"go: module cache not found: neither GOMODCACHE nor GOPATH is set\n", "GOMODCACHE"},
		"compiler killed":         {"# example.com/a\ngithub.com/aws/a: /usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n", "too little of it left"},
		"no memory":               {"go: fork/exec /usr/local/go/pkg/tool/linux_amd64/compile: cannot allocate memory\n", "too little of it left"},
		"no processes":            {"fork/exec /usr/local/go/pkg/tool/linux_amd64/compile: resource temporarily unavailable\n", "ulimit -u"},
		"no threads":              {"runtime: failed to create new OS thread (have 5 already; errno=11)\n", "ulimit -u"},
		"no files":                {"go: open /a/b.go: too many open files\n", "ulimit -n"},
		"proxy off":               {"go: downloading github.com/aws/a v1.0.0\nlessons/01/main.go:14:2: module lookup disabled by GOPROXY=off\n", "make setup"},
		"no network":              {"a/main.go:14:2: github.com/aws/a@v1.55.1: Get \"https://proxy.golang.org/a.zip\": dial tcp: lookup proxy.golang.org: no such host\n", "make setup"},
		"no network for go.mod":   {"go: github.com/aws/a@v1.55.1: Get \"https://proxy.golang.org/a.mod\": dial tcp 1.2.3.4:443: connect: network is unreachable\n", "make setup"},
		"a proxy that refuses":    {"a/main.go:3:2: github.com/aws/a@v1.0.0: reading https://proxy.golang.org/a.zip: 403 Forbidden\n", "make setup"},
		"old Go":                  {"go: go.mod requires go >= 1.26.0 (running go 1.21.5; GOTOOLCHAIN=local)\n", "Install a newer Go"},
		"very old Go":             {"go: errors parsing go.mod:\n/a/go.mod:3: invalid go version '1.26.0': must match format 1.23\n", "Install a newer Go"},
		"Go that is not fetched":  {"go: download go1.26.0 for linux/amd64: toolchain not available\n", "Install a newer Go"},
		"unreadable file":         {"open /a/main.go: permission denied\n", "accessible to this user"},
	} {
		assert.ErrorContains(t, troubleIn(test.output), test.want, name)
	}
}

// What the compiler quotes of the code may look like any trouble.
func TestFailuresOfTheCodeAreNoTroublesOfTheMachine(t *testing.T) {
	t.Parallel()
	for name, output := range map[string]string{
		"nothing":            "",
		"undefined":          "# example.com/a\na/main.go:3:15: undefined: undefinedThing\n",
		"a quoted disk":      "# example.com/a\na/main.go:4:13: cannot use \"x: no space left on device\" (untyped string constant) as int value: no space left on device\n",
		"a quoted network":   "a/main.go:4:13: invalid operation: \"dial tcp: lookup https://x\" + 1\n",
		"explained further":  "a/main.go:4:13: not enough arguments in call to f\n\thave ()\n\twant (string) // signal: killed\n",
		"unknown package":    "a/main.go:5:2: no required module provides package github.com/aws/b; to add it:\n\tgo get github.com/aws/b\n",
		"no such package":    "a/main.go:5:2: package fmtt is not in std (/usr/local/go/src/fmtt)\n",
		"module without it":  "a/main.go:5:2: module github.com/aws/a@v1.0.0 found, but does not contain package github.com/aws/a/b\n",
		"import cycle":       "package example.com/a\n\timports example.com/a: import cycle not allowed\n",
		"main is undeclared": "# example.com/a\nruntime.main_main·f: function main is undeclared in the main package\n",
		"line without column": "a/main.go:4: syntax error: unexpected \"permission denied\"\n" +
			"a/main.go:5: x: permission denied\n",
	} {
		assert.NoError(t, troubleIn(output), name)
	}
}

func TestAPathThatTheGoCommandCutInTheMiddleOfAName(t *testing.T) {
	t.Parallel()
	s := &located{dir: "x", root: "/home/me/course", real: "/home/me/course-out/a", place: "lessons/01-handler", overlay: "overlay.json"}
	assert.Equal(t, "x/get/main.go:3:1: no\n", s.asSeen(".-out/a/get/main.go:3:1: no\n"))
	assert.Equal(t, "# course\n.-other/get/main.go:3:1: no\n", s.asSeen("# course\n.-other/get/main.go:3:1: no\n"))
}
