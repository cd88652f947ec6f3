package report

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"example.com/serverless-patterns/checker/check"
)

// width is that of a line, in columns. Evidence is not wrapped: it is what was, to the letter.
const width = 80

var (
	good   = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Color("1")).Bold(true)
	dim    = lipgloss.NewStyle().Faint(true)
	strong = lipgloss.NewStyle().Bold(true)
)

// Text writes results for people, as they come. It belongs to one goroutine at a time.
type Text struct{ w io.Writer }

// NewText writes to w, with colours if w is a terminal that has them. environ, as of os.Environ, has the
// settings of the terminal.
func NewText(w io.Writer, environ []string) *Text {
	return &Text{w: colorprofile.NewWriter(w, environ)}
}

func (t *Text) line(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

// Lesson opens a lesson.
func (t *Text) Lesson(l check.Lesson, dir string) {
	t.line("\n%s  %s\n", strong.Render(fmt.Sprintf("Lesson %d: %s", l.Number, l.Title)), dim.Render(dir))
}

// Build shows why the functions could not be built, in the compiler's own words. A build that passed
// needs none.
func (t *Text) Build(b check.BuildResult) {
	if b.Verdict == check.Failed {
		t.line("%s\n\n%s\n", bad.Render("✗ It does not build."), strings.TrimRight(b.Output, "\n"))
	}
}

// Check shows the result of a check in a line.
func (t *Text) Check(r check.Result) {
	symbol := map[check.Verdict]string{
		check.Passed:  good.Render("✓ pass "),
		check.Failed:  bad.Render("✗ FAIL "),
		check.Errored: bad.Render("! ERROR"),
	}[r.Verdict]
	if r.Verdict == check.Failed && r.Severity == check.Should {
		symbol = dim.Render("~ could")
	}
	text := r.Requirement
	if r.Verdict != check.Passed {
		text += " [" + r.ID + "]"
	}
	t.line("  %s %s", symbol, indent(text, 10))
}

// Summary closes a lesson: the first finding to act on, and what comes after it.
func (t *Text) Summary(l check.LessonResult) {
	t.line("")
	if l.Error != "" {
		t.line("%s\n", bad.Render("! The lesson could not be checked. This is not your code's fault."))
		t.line("  %s\n", indent(l.Error, 2))
		return
	}
	for _, r := range l.Checks {
		if r.Verdict == check.Errored {
			t.line("%s %s\n  %s\n", bad.Render("! The check could not be run. This is not your code's fault:"), r.ID, indent(r.Error, 2))
		}
	}
	if first := l.FirstFailure(); first != nil {
		t.finding(first)
	}
	t.closing(l)
}

func (t *Text) finding(r *check.Result) {
	f := r.Finding
	t.line("%s %s\n", bad.Render("✗"), strong.Render(indent(r.Requirement, 2)))
	t.part("Sent", f.Did)
	t.part("Got", f.Got)
	t.part("Want", f.Want)
	t.line("")
	t.part("Why", f.Why)
	t.part("Next", f.Next)
	if len(f.Evidence) > 0 {
		t.line("\n  Evidence")
		for _, line := range f.Evidence {
			t.line("    %s", dim.Render(line))
		}
	}
	t.line("")
}

func (t *Text) part(name, text string) {
	t.line("  %-5s %s", name, indent(text, 8))
}

func (t *Text) closing(l check.LessonResult) {
	passed, failed, ran := 0, 0, 0
	for _, r := range l.Checks {
		switch r.Verdict {
		case check.Passed:
			passed++
			ran++
		case check.Failed:
			failed++
			ran++
		case check.Errored:
			ran++
		}
	}
	if ran == 0 {
		return
	}
	t.line("%d of %d requirements met, in %.1f s.", passed, ran, l.Seconds)
	if failed > 0 {
		t.line("%s", dim.Render(fmt.Sprintf("A hint: make lesson-%d hint", l.Number)))
	}
	if failed > 1 {
		t.line("%s", dim.Render(fmt.Sprintf("Another finding, by the name in brackets: make lesson-%d check ONLY=%s", l.Number, other(l))))
	}
	if failed == 0 && passed == ran {
		t.line("%s", good.Render("✓ All of it would work on AWS, as far as this lesson looks."))
	}
}

// other is a failed check that is not the one shown.
func other(l check.LessonResult) string {
	first := l.FirstFailure()
	for _, r := range l.Checks {
		if r.Verdict == check.Failed && r.ID != first.ID {
			return r.ID
		}
	}
	return first.ID
}

// Confirmation says on which backend the verdict was reached, and how to have it confirmed.
func (t *Text) Confirmation(d check.Document) {
	if d.Backend == "embedded" && d.Verdict == check.Passed {
		t.line("%s", dim.Render("Checked on the embedded DynamoDB. With Docker, --backend containers asks DynamoDB Local, too."))
	}
}

// indent wraps a text between words, and moves all lines but the first to the right.
func indent(text string, by int) string {
	var out strings.Builder
	column := by
	for n, word := range strings.Split(text, " ") {
		length := lipgloss.Width(word)
		switch {
		case n == 0:
		case column+1+length > width:
			out.WriteString("\n" + strings.Repeat(" ", by))
			column = by
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += length
	}
	return out.String()
}
