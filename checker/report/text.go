package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"example.com/serverless-patterns/checker/check"
)

var (
	good   = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Color("1")).Bold(true)
	dim    = lipgloss.NewStyle().Faint(true)
	strong = lipgloss.NewStyle().Bold(true)
)

// Text writes results for people, as they come. It belongs to one goroutine at a time.
type Text struct {
	// Flags are those of `checker check` that have to be repeated to check the same again; "" when make
	// does as well.
	Flags string

	w io.Writer
}

// NewText writes to w, with colours if w is a terminal that has them. environ, as of os.Environ, has the
// settings of the terminal.
func NewText(w io.Writer, environ []string) *Text {
	out := colorprofile.NewWriter(w, environ)
	if out.Profile == colorprofile.Ascii || noColor(environ) {
		out.Profile = colorprofile.NoTTY // colorprofile would leave bold and faint
	}
	return &Text{w: out}
}

// noColor follows no-color.org: any value but the empty one counts, and before everything else.
func noColor(environ []string) bool {
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, "NO_COLOR="); ok {
			return value != ""
		}
	}
	return false
}

func (t *Text) line(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

// Lesson opens a lesson.
func (t *Text) Lesson(l check.Lesson, dir string) {
	t.line("\n%s  %s\n", strong.Render(fmt.Sprintf("Lesson %d: %s", l.Number, l.Title)), dim.Render(dir))
}

// Build shows what is wrong with the template, or why the functions could not be built, in the compiler's own
// words. A build that passed needs none.
func (t *Text) Build(b check.BuildResult) {
	if b.Verdict != check.Failed {
		return
	}
	title := "✗ It does not build."
	if b.Template {
		title = "✗ The template has problems."
	}
	t.line("%s\n\n%s\n", bad.Render(title), strings.TrimRight(b.Output, "\n"))
}

// Check shows the result of a check in a line.
func (t *Text) Check(r check.Result) {
	symbol := map[check.Verdict]string{
		check.Passed:  good.Render("✓ pass "),
		check.Failed:  bad.Render("✗ FAIL "),
		check.Errored: bad.Render("! ERROR"),
		check.Skipped: dim.Render("- skip "),
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
	for _, r := range l.Checks {
		for _, m := range r.Measures {
			t.measure(m)
		}
	}
	if first := l.FirstFailure(); first != nil {
		t.finding(first, l.Diagnosis)
	}
	t.closing(l)
}

// finding shows why a check failed, and what the whole result looks like; nil is like nothing that is known.
func (t *Text) finding(r *check.Result, like *check.Diagnosis) {
	f := r.Finding
	mark := bad.Render("✗")
	if r.Severity == check.Should {
		mark = dim.Render("~")
	}
	t.line("%s %s\n", mark, render(strong, indent(r.Requirement+" ["+r.ID+"]", 2)))
	t.part("Test", f.Did)
	t.part("Got", f.Got)
	t.part("Want", f.Want)
	t.line("")
	t.part("Why", f.Why)
	t.part("Next", f.Next)
	if like != nil {
		t.line("\n  %s", indent("This looks like: "+like.Explanation, 2))
	}
	if len(f.Evidence) > 0 {
		t.line("\n  Evidence")
		for _, line := range f.Evidence {
			t.line("    %s", dim.Render(line))
		}
	}
	t.line("")
}

func (t *Text) part(name, text string) {
	if text == "" {
		return
	}
	t.line("  %-5s %s", name, indent(text, 8))
}

func (t *Text) closing(l check.LessonResult) {
	n := map[check.Verdict]int{}
	for _, r := range l.Checks {
		n[r.Verdict]++
	}
	ran := len(l.Checks) - n[check.Skipped]
	if ran == 0 {
		return
	}
	t.line("%d of %d requirements met, in %.1f s.", n[check.Passed], ran, l.Seconds)
	t.untried(l)
	switch {
	case n[check.Failed] > 1:
		t.line("Start with the one above: others may pass with it. Each has a name in brackets.")
		t.commands(l, other(l))
	case n[check.Failed] == 1 && l.Verdict == check.Failed:
		t.commands(l, l.FirstFailure().ID)
	}
	switch {
	case l.Verdict != check.Passed || n[check.Errored]+n[check.Skipped] > 0:
	case n[check.Failed] > 0:
		t.line("%s", good.Render("✓ The lesson is passed: it would work on AWS. What failed is a recommendation."))
	default:
		t.line("%s", good.Render("✓ All of it would work on AWS, as far as this lesson looks."))
	}
	t.confirmed(l.Confirmation)
}

// untried says why checks were not tried that could have been.
func (t *Text) untried(l check.LessonResult) {
	count, reason := 0, ""
	for _, r := range l.Checks {
		if r.Reason != "" {
			count++
			reason = cmp.Or(reason, r.Reason)
		}
	}
	if count > 0 {
		t.line("%s", indent(fmt.Sprintf("%d more could not be met, and were not tried: %s.", count, reason), 0))
	}
}

// commands show how to look at one requirement alone, and how to get a hint for it.
func (t *Text) commands(l check.LessonResult, id string) {
	if t.Flags != "" {
		t.line("%s", dim.Render(fmt.Sprintf("    bin/checker check %s%d --only %s", t.Flags, l.Number, id)))
		return
	}
	t.line("%s", dim.Render(fmt.Sprintf("    make lesson-%d check ONLY=%s", l.Number, id)))
	t.line("%s", dim.Render(fmt.Sprintf("    make lesson-%d hint ONLY=%s", l.Number, l.FirstFailure().HintsFor())))
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
