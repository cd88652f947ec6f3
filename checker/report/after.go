package report

import "strings"

// longestDifference is how many lines of a difference are shown after a lesson is passed.
const longestDifference = 24

// After shows what there is to read once a lesson is passed: a difference from the reference, and what would break it.
func (t *Text) After(lesson int, difference string, breaks []string) {
	lines := strings.Split(strings.TrimSuffix(difference, "\n"), "\n")
	if difference != "" && len(lines) <= longestDifference {
		t.line("\nThe smallest difference to the reference (make lesson-%d diff shows them all):\n", lesson)
		for _, line := range lines {
			switch {
			case strings.HasPrefix(line, "+"):
				line = good.Render(line)
			case strings.HasPrefix(line, "-"):
				line = bad.Render(line)
			}
			t.line("    %s", line)
		}
	} else if difference != "" {
		t.line("\nmake lesson-%d diff shows how the reference does it.", lesson)
	}
	if len(breaks) > 0 {
		t.line("\nTwo changes that would break it. Which requirement sees them?")
		for _, text := range breaks {
			t.line("  - %s", indent(text, 4))
		}
	}
}
