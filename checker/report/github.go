package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// GitHub writes what failed as annotations of a GitHub Actions step. lessons is where the numbered lesson directories
// are, from the repository's root: an annotation is shown at the lesson's template, as behaviour has no line.
func GitHub(w io.Writer, d check.Document, lessons string) error {
	var b strings.Builder
	annotate := func(level, lesson, title, text string) {
		fmt.Fprintf(&b, "::%s file=%s,title=%s::%s\n", level, property(lessons+"/"+lesson+"/template.yaml"), property(title), message(text))
	}
	for _, l := range d.Lessons {
		name := fmt.Sprintf("Lesson %d", l.Number)
		if l.Error != "" {
			annotate("error", l.Lesson, name+" could not be checked", l.Error)
		}
		if l.Build.Verdict == check.Failed {
			annotate("error", l.Lesson, name+" does not build", l.Build.Output)
		}
		for _, r := range l.Checks {
			switch {
			case r.Verdict == check.Errored:
				annotate("error", l.Lesson, name+": "+r.ID+" could not be run", r.Error)
			case r.Finding != nil:
				level := "error"
				if r.Severity == check.Should {
					level = "warning"
				}
				f := r.Finding
				annotate(level, l.Lesson, name+": "+r.Requirement, fmt.Sprintf("Test: %s\nGot: %s\nWant: %s\n\n%s\n%s", f.Did, f.Got, f.Want, f.Why, f.Next))
			}
		}
		fmt.Fprintf(&b, "%s %s: %s\n", name, l.Lesson, l.Verdict)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The characters that workflow commands give a meaning, as GitHub's toolkit escapes them.
var (
	messages   = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func message(text string) string  { return messages.Replace(strings.TrimRight(text, "\n")) }
func property(text string) string { return properties.Replace(text) }

// Markdown writes a summary for people: a table of the lessons, and the first finding of each that is not passed.
func Markdown(w io.Writer, d check.Document) error {
	var b strings.Builder
	b.WriteString("| Lesson | Verdict | Requirements met | Seconds |\n|---|---|---|---|\n")
	for _, l := range d.Lessons {
		met := 0
		for _, r := range l.Checks {
			if r.Verdict == check.Passed {
				met++
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %d of %d | %.1f |\n", l.Lesson, l.Verdict, met, len(l.Checks), l.Seconds)
	}
	for _, l := range d.Lessons {
		switch first := l.FirstFailure(); {
		case l.Error != "":
			fmt.Fprintf(&b, "\n### %s could not be checked\n\n%s", l.Lesson, fenced(l.Error))
		case l.Build.Verdict == check.Failed:
			fmt.Fprintf(&b, "\n### %s does not build\n\n%s", l.Lesson, fenced(l.Build.Output))
		case first != nil:
			f := first.Finding
			fmt.Fprintf(&b, "\n### %s: %s\n\n%s\n%s %s\n", l.Lesson, first.Requirement,
				fenced(fmt.Sprintf("Test  %s\nGot   %s\nWant  %s", f.Did, f.Got, f.Want)), f.Why, f.Next)
			if l.Diagnosis != nil {
				fmt.Fprintf(&b, "\nThis looks like: %s\n", l.Diagnosis.Explanation)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fenced is a block of text as it is, with a fence longer than any in it.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
