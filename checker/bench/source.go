package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
)

// Source is a file of a function, which is saved again and again.
type Source struct {
	path     string
	original []byte
	saves    *int // counted over all files, so that no two saves are alike
}

// savedTail is what a save appends. The number is in a variable that init reads, so that it is in the
// binary: a file that differs in a comment would be compiled, and not linked.
const savedTail = tailBegin + `"save %d of process %d"

func init() {
	if savedByBench == "" {
		panic(savedByBench)
	}
}
`

const tailBegin = "\nvar savedByBench = "

func openSource(path string, saves *int) (*Source, error) {
	original, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	// What an earlier source of the same file has appended is not the file's own.
	original, _, _ = bytes.Cut(original, []byte(tailBegin))
	return &Source{path: path, original: original, saves: saves}, nil
}

// Save changes the file so that it must be compiled and linked again, and does what it did before.
func (s *Source) Save() error {
	*s.saves++
	// The process, because the go command keeps what it has compiled for an earlier run of bench.
	text := slices.Concat(s.original, fmt.Appendf(nil, savedTail, *s.saves, os.Getpid()))
	return os.WriteFile(s.path, text, 0o600)
}
