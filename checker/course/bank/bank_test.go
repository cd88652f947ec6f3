package bank_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/course/bank"
)

const starter = "What a learner begins with.\n\nfails: a, b\n-- f/main.go --\npackage main\n"

func files(more map[string]string) fstest.MapFS {
	all := fstest.MapFS{"starter.txtar": {Data: []byte(starter)}}
	for name, text := range more {
		if text == "" {
			delete(all, name)
			continue
		}
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func TestABankIsReadInTheOrderOfItsNames(t *testing.T) {
	t.Parallel()
	b, err := bank.Load(files(map[string]string{
		"mistakes/scan.txt":   "The whole table is read\nto find one item: all of it.\n\nfails: a,  b , c\nreads: got: a Scan\n-- f/main.go --\nx\n",
		"mistakes/global.txt": "Global.\nfails: a\nreads: x\n-- f/main.go --\nx\n",
		"mistakes/notes.md":   "not an answer",
		"right/other.txt":     "Another way.\n-- f/main.go --\nx\n-- f/more.go --\ny\n",
	}))
	require.NoError(t, err)
	assert.Equal(t, "starter", b.Starter.Name)
	assert.Equal(t, "What a learner begins with.", b.Starter.What)
	assert.Equal(t, []string{"a", "b"}, b.Starter.Fails)
	assert.Equal(t, map[string]string{"f/main.go": "package main\n"}, b.Starter.Files())
	require.Len(t, b.Mistakes, 2)
	assert.Equal(t, "global", b.Mistakes[0].Name)
	scan := b.Mistakes[1]
	assert.Equal(t, "scan", scan.Name)
	assert.Equal(t, "The whole table is read to find one item: all of it.", scan.What)
	assert.Equal(t, []string{"a", "b", "c"}, scan.Fails)
	assert.Equal(t, "got: a Scan", scan.Reads)
	require.Len(t, b.Right, 1)
	assert.Empty(t, b.Right[0].Fails)
	assert.Equal(t, map[string]string{"f/main.go": "x\n", "f/more.go": "y\n"}, b.Right[0].Files())
}

func TestEverythingThatIsWrongWithABankIsSaid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, text, want string }{
		"no starter":             {"starter.txtar", "", "open starter.txtar: file does not exist"},
		"a starter without text": {"starter.txtar", "fails: a\n-- f --\nx\n", "starter.txtar: it does not say what it is"},
		"a starter with nothing": {"starter.txtar", "Nothing.\n", "starter.txtar: it has no files"},
		"fails nothing":          {"mistakes/m.txt", "M.\nreads: x\n-- f --\nx\n", "mistakes/m.txt: a mistake says what it fails, and what is read then"},
		"reads nothing":          {"mistakes/m.txt", "M.\nfails: a\n-- f --\nx\n", "mistakes/m.txt: a mistake says what it fails, and what is read then"},
		"says nothing":           {"mistakes/m.txt", "fails: a\nreads: x\n-- f --\nx\n", "mistakes/m.txt: it does not say what it is"},
		"has no files":           {"mistakes/m.txt", "M.\nfails: a\nreads: x\n", "mistakes/m.txt: it has no files"},
		"a right one says so":    {"right/r.txt", "-- f --\nx\n", "right/r.txt: it does not say what it is"},
		"a right one has files":  {"right/r.txt", "R.\n", "right/r.txt: it has no files"},
	} {
		_, err := bank.Load(files(map[string]string{test.file: test.text}))
		require.ErrorContains(t, err, test.want, name)
	}
	_, err := bank.Load(files(map[string]string{"starter.txtar": "", "mistakes/m.txt": "M.\n", "right/r.txt": "R.\n"}))
	for _, want := range []string{"starter.txtar", "mistakes/m.txt", "right/r.txt"} {
		assert.ErrorContains(t, err, want, "all at once")
	}
}

func TestARightAnswerDeclaresNoFailures(t *testing.T) {
	t.Parallel()
	_, err := bank.Load(files(map[string]string{"right/r.txt": "R.\nfails: a\n-- f --\nx\n"}))
	assert.ErrorContains(t, err, "right/r.txt")
}

const reference = "one\ntwo\nthree\ntwo and a half\n"

// written is what comes of an answer with this file on top of the reference.
func written(t *testing.T, name, text string) (string, error) {
	t.Helper()
	b, err := bank.Load(files(map[string]string{"right/r.txt": "R.\n-- " + name + " --\n" + text}))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f.txt"), []byte(reference), 0o600))
	if err := b.Right[0].Write(dir); err != nil {
		data, readErr := os.ReadFile(filepath.Join(dir, "f.txt"))
		require.NoError(t, readErr)
		assert.Equal(t, reference, string(data), "a file whose edits fail is left alone")
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data), nil
}

func edit(old, replacement string) string {
	return "<<<<<<<\n" + old + "=======\n" + replacement + ">>>>>>>\n"
}

func TestEditsAreMadeWhereTheirTextStands(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"one":                     {edit("three\n", "3\n"), "one\ntwo\n3\ntwo and a half\n"},
		"two, with space between": {edit("one\n", "1\n") + "\n" + edit("three\n", "3\n"), "1\ntwo\n3\ntwo and a half\n"},
		"nothing instead":         {edit("three\n", ""), "one\ntwo\ntwo and a half\n"},
		"several lines":           {edit("one\ntwo\n", "1\n2\n"), "1\n2\nthree\ntwo and a half\n"},
		"an edit of an edit":      {edit("one\n", "1\n") + edit("1\n", "I\n"), "I\ntwo\nthree\ntwo and a half\n"},
	} {
		got, err := written(t, "f.txt", test.text)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, got, name)
	}
}

func TestAFileWithoutEditsIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	got, err := written(t, "new/deep/f.txt", "a\n<<<<<<<\n")
	require.NoError(t, err)
	assert.Equal(t, "a\n<<<<<<<\n", got)
}

func TestEditsThatCannotBeMadeSayWhy(t *testing.T) {
	t.Parallel()
	const marks = "an edit has three marks, each on a line of its own: <<<<<<<, =======, >>>>>>>"
	for name, test := range map[string]struct{ file, text, want string }{
		"it is not there":       {"f.txt", edit("four\n", "4\n"), "r: f.txt: this stands in the reference 0 times, not once:\nfour\n"},
		"nothing is looked for": {"f.txt", edit("", "0\n"), "times, not once"},
		"no second mark":        {"f.txt", "<<<<<<<\none\n>>>>>>>\n", marks},
		"no third mark":         {"f.txt", "<<<<<<<\none\n=======\n1\n", marks},
		"text after the edits":  {"f.txt", edit("one\n", "1\n") + "more\n", marks},
		"no such file":          {"g.txt", edit("one\n", "1\n"), "no such file or directory"},
		"outside":               {"../g.txt", "x\n", "r: ../g.txt is outside of the lesson"},
		"outside, absolute":     {"/tmp/g.txt", "x\n", "r: /tmp/g.txt is outside of the lesson"},
	} {
		_, err := written(t, test.file, test.text)
		assert.ErrorContains(t, err, test.want, name)
	}
}

func TestAnEditWhoseTextStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	b, err := bank.Load(files(map[string]string{"right/r.txt": "R.\n-- f.txt --\n" + edit("same\n", "other\n")}))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f.txt"), []byte("same\nsame\n"), 0o600))
	assert.ErrorContains(t, b.Right[0].Write(dir), "r: f.txt: this stands in the reference 2 times, not once:\nsame\n")
}

func TestTextBetweenEditsIsNotDroppedInSilence(t *testing.T) {
	t.Parallel()
	_, err := written(t, "f.txt", edit("one\n", "1\n")+"forgotten\n"+edit("three\n", "3\n"))
	assert.Error(t, err)
}

func TestAMarkIsALineOfItsOwn(t *testing.T) {
	t.Parallel()
	got, err := written(t, "f.txt", edit("three\n", "// a =======\n// b >>>>>>>\n"))
	require.NoError(t, err)
	assert.Equal(t, "one\ntwo\n// a =======\n// b >>>>>>>\ntwo and a half\n", got)
}

func TestAStarterIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	first, err := bank.ParseStarter([]byte(starter))
	require.NoError(t, err)
	texts := map[string]string{"f/main.go": "package main\n", "template.yaml": "Resources: {}\n", "a.txt": "a\n"}
	data := bank.FormatStarter(first, texts)
	again, err := bank.ParseStarter(data)
	require.NoError(t, err)
	assert.Equal(t, first.What, again.What)
	assert.Equal(t, first.Fails, again.Fails)
	assert.Equal(t, texts, again.Files())
	assert.Equal(t, string(data), string(bank.FormatStarter(again, texts)), "the same each time")
	assert.Less(t, strings.Index(string(data), "-- a.txt --"), strings.Index(string(data), "-- f/main.go --"))
}

func TestAStarterKeepsWhatIsReadAndThatItFailsNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"What.\n\nfails: a\nreads: b\n-- f --\nx\n",
		"What.\n-- f --\nx\n",
	} {
		first, err := bank.ParseStarter([]byte(text))
		require.NoError(t, err)
		again, err := bank.ParseStarter(bank.FormatStarter(first, first.Files()))
		require.NoError(t, err)
		assert.Equal(t, first, again)
	}
}
