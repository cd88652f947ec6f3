package report

import (
	"path/filepath"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/watch"
)

// Lines writes what a watched lesson comes to, one run below the other, for a pipe, a dumb terminal, or a screen
// reader: nothing is ever drawn again.
type Lines struct {
	text   *Text
	lesson check.Lesson
	dir    string

	run, results int // that have been written
	built        bool
}

// NewLines writes with text. dir is the lesson's directory as the user would type it.
func NewLines(text *Text, l check.Lesson, dir string) *Lines {
	return &Lines{text: text, lesson: l, dir: dir}
}

// Tell writes what is new in a state.
func (l *Lines) Tell(s watch.State) {
	if s.Run != l.run {
		l.run, l.results, l.built = s.Run, 0, false
		if len(s.Changed) > 0 {
			l.text.line("\n%s was saved.", printable(filepath.Base(s.Changed[0])))
		}
		l.text.Lesson(l.lesson, l.dir)
	}
	if s.Build != nil && !l.built {
		l.built = true
		l.text.Build(*s.Build)
	}
	if !s.Ended() {
		for ; l.results < len(s.Results); l.results++ {
			l.text.Check(s.Results[l.results])
		}
		return
	}
	l.text.Summary(*s.Result)
	if !s.Passed() {
		l.text.line("Save a file of the lesson, and it is checked again. Ctrl-C ends this.")
	}
}
