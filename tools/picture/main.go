// Command picture draws what a learner reads, for the README: an SVG from a transcript that the course keeps.
//
//	go run ./picture          in tools/: writes the pictures into docs/
//	go run ./picture -check   fails if one of them is not what its transcript gives
//
// The transcripts are proven by `checker verify`, which has each of them from a run of the checker; this program adds
// the colours of a terminal, and leaves out the seconds, which a transcript has not. A picture needs nothing from
// elsewhere: no font, no script, no address.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pictures are all that there are, from the repository's root.
var pictures = []picture{
	{
		file:       "docs/run.svg",
		transcript: "checker/course/lesson09/transcripts/confirmation-in-background.txt",
		command:    "make lesson-9 check",
	},
	{
		file:       "docs/timeline.svg",
		transcript: "checker/course/lesson03/transcripts/one-failure-fails-the-batch.txt",
		command:    "make lesson-3 check",
		from:       "✗ A bad message",
		to:         "    on AWS: ",
	},
}

func main() {
	check := flag.Bool("check", false, "write nothing; fail if a picture is not up to date")
	flag.Parse()
	var problems []error
	for _, p := range pictures {
		if err := p.make("..", *check); err != nil {
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// picture is a part of a transcript, and the file that shows it.
type picture struct {
	file       string // the SVG
	transcript string
	command    string // that a learner typed
	// from is how the first line begins, and to how the last one does; all of it if they are "".
	from, to string
}

// make writes the picture, or compares it with the file that is there.
func (p picture) make(root string, check bool) error {
	transcript, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.transcript)))
	if err != nil {
		return fmt.Errorf("%s has no transcript: %w", p.file, err)
	}
	lines, err := p.lines(string(transcript))
	if err != nil {
		return fmt.Errorf("%s: %w", p.transcript, err)
	}
	drawn := draw(p.command, lines)
	path := filepath.Join(root, filepath.FromSlash(p.file))
	if !check {
		return os.WriteFile(path, drawn, 0o644)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s is not there; make pictures draws it: %w", p.file, err)
	}
	if !bytes.Equal(kept, drawn) {
		return fmt.Errorf("%s is not what %s gives; make pictures draws it anew", p.file, p.transcript)
	}
	return nil
}

// lines are those of the transcript that are shown. That a beginning is not in it is an error: the transcript has changed
// since the picture was thought of.
func (p picture) lines(transcript string) ([]string, error) {
	all := strings.Split(strings.TrimSpace(strings.ReplaceAll(transcript, "met, in N s.", "met.")), "\n")
	first, err := begins(all, p.from, 0)
	if err != nil {
		return nil, err
	}
	last := len(all) - 1
	if p.to != "" {
		if last, err = begins(all, p.to, first); err != nil {
			return nil, err
		}
	}
	return all[first : last+1], nil
}

// begins is the place of the first line from a place on that begins with a text.
func begins(lines []string, text string, from int) (int, error) {
	for n, line := range lines[from:] {
		if strings.HasPrefix(line, text) {
			return from + n, nil
		}
	}
	return 0, fmt.Errorf("no line begins with %q", text)
}
