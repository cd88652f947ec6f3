// Package bank reads what proves a lesson: its starter, wrong answers that people really write, and
// other right ones.
//
// A lesson keeps them beside its checks:
//
//	starter.txtar       the files that a learner begins with, and the checks that they fail
//	mistakes/NAME.txt   a wrong answer, as edits of the reference solution
//	right/NAME.txt      another right answer, likewise
//
// A mistake begins with what it is, in a sentence, and fields:
//
//	The client is made for each request.
//
//	aws: Each one then waits for a new TLS connection, and pays for the wait.
//	fails: client-once
//	reads: 20 connections
//
// aws goes on to say what comes of it there, in a sentence or two, to a learner who is not told the code; fails
// lists the checks that must fail, all of them and no others; reads is what the first finding must say. The
// edits follow, file by file, as in a txtar archive. A file with no edit in it is new:
//
//	-- get-item/main.go --
//	<<<<<<<
//	the old text, which is in the file exactly once
//	=======
//	the new text
//	>>>>>>>
package bank

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Answer is an answer to a lesson whose verdict is known.
type Answer struct {
	Name  string   // of its file
	What  string   // it is, in a sentence
	OnAWS string   // what comes of a mistake there, in a sentence or two
	Fails []string // ids of the checks that must fail; empty for a right answer
	Reads string   // what the first finding must say

	files []txtar.File
}

// Bank is all that proves a lesson.
type Bank struct {
	Starter  Answer
	Mistakes []Answer
	Right    []Answer
}

// Load reads a bank. Everything that is wrong with it is in the error.
func Load(files fs.FS) (Bank, error) {
	var b Bank
	var problems []error
	read := func(name string) Answer {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			problems = append(problems, err)
			return Answer{}
		}
		a, err := parse(strings.TrimSuffix(path.Base(name), path.Ext(name)), data)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
		return a
	}
	b.Starter = read("starter.txtar")
	for _, name := range list(files, "mistakes/*.txt") {
		a := read(name)
		if len(a.Fails) == 0 || a.Reads == "" {
			problems = append(problems, fmt.Errorf("%s: a mistake says what it fails, and what is read then", name))
		}
		b.Mistakes = append(b.Mistakes, a)
	}
	for _, name := range list(files, "right/*.txt") {
		a := read(name)
		if len(a.Fails) > 0 || a.Reads != "" {
			problems = append(problems, fmt.Errorf("%s: a right answer fails nothing", name))
		}
		b.Right = append(b.Right, a)
	}
	return b, errors.Join(problems...)
}

func list(files fs.FS, pattern string) []string {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic(err) // the patterns are in this file
	}
	return names
}

func parse(name string, data []byte) (Answer, error) {
	archive := txtar.Parse(data)
	a := Answer{Name: name, files: archive.Files}
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, ": ")
		switch {
		case ok && key == "fails":
			for id := range strings.SplitSeq(value, ",") {
				a.Fails = append(a.Fails, strings.TrimSpace(id))
			}
		case ok && key == "reads":
			a.Reads = value
		case ok && key == "aws":
			a.OnAWS = value
		case line != "":
			a.What = strings.TrimSpace(a.What + " " + line)
		}
	}
	if a.What == "" {
		return a, errors.New("it does not say what it is")
	}
	if len(a.files) == 0 {
		return a, errors.New("it has no files")
	}
	return a, nil
}

// Explanation is what a mistake is, and what comes of it.
func (a Answer) Explanation() string { return strings.TrimSpace(a.What + " " + a.OnAWS) }

// Write puts the answer into dir, which holds the reference solution already, or nothing for a starter.
func (a Answer) Write(dir string) error {
	for _, f := range a.files {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("%s: %s is outside of the lesson", a.Name, f.Name)
		}
		target := filepath.Join(dir, filepath.FromSlash(f.Name))
		text := string(f.Data)
		if strings.HasPrefix(text, oldMark) {
			reference, err := os.ReadFile(target)
			if err != nil {
				return fmt.Errorf("%s: %w", a.Name, err)
			}
			if text, err = edit(string(reference), text); err != nil {
				return fmt.Errorf("%s: %s: %w", a.Name, f.Name, err)
			}
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Files are the names and texts of an answer that has whole files, such as a starter.
func (a Answer) Files() map[string]string {
	files := make(map[string]string, len(a.files))
	for _, f := range a.files {
		files[f.Name] = string(f.Data)
	}
	return files
}

const (
	oldMark = "<<<<<<<\n"
	newMark = "=======\n"
	endMark = ">>>>>>>\n"
)

// edit replaces texts that stand in the reference exactly once.
func edit(reference, edits string) (string, error) {
	for rest := edits; strings.TrimSpace(rest) != ""; {
		var before, old, replacement string
		var ok, ok2, ok3 bool
		before, rest, ok = cutLine(rest, oldMark)
		old, rest, ok2 = cutLine(rest, newMark)
		replacement, rest, ok3 = cutLine(rest, endMark)
		if !ok || !ok2 || !ok3 || strings.TrimSpace(before) != "" {
			return "", errors.New("an edit has three marks, each on a line of its own: <<<<<<<, =======, >>>>>>>")
		}
		if n := strings.Count(reference, old); n != 1 {
			return "", fmt.Errorf("this stands in the reference %d times, not once:\n%s", n, old)
		}
		reference = strings.Replace(reference, old, replacement, 1)
	}
	return reference, nil
}

// cutLine is strings.Cut at a line.
func cutLine(text, line string) (before, after string, found bool) {
	if after, found = strings.CutPrefix(text, line); found {
		return "", after, true
	}
	before, after, found = strings.Cut(text, "\n"+line)
	return before + "\n", after, found
}

// FormatStarter writes a starter's file.
func FormatStarter(a Answer, files map[string]string) []byte {
	archive := &txtar.Archive{Comment: fmt.Appendf(nil, "%s\n", a.What)}
	if len(a.Fails) > 0 {
		archive.Comment = fmt.Appendf(archive.Comment, "\nfails: %s\n", strings.Join(a.Fails, ", "))
	}
	if a.Reads != "" {
		archive.Comment = fmt.Appendf(archive.Comment, "reads: %s\n", a.Reads)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	return txtar.Format(archive)
}

// ParseStarter reads what FormatStarter has written.
func ParseStarter(data []byte) (Answer, error) { return parse("starter", data) }
