package report

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// width is that of a line, in columns. Evidence is not wrapped: it is what was, to the letter.
const width = 80

// render styles a text line by line: lipgloss would fill up the lines to the longest one.
func render(style lipgloss.Style, text string) string {
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n] = style.Render(line)
	}
	return strings.Join(lines, "\n")
}

// indent wraps each line of a text between words, and moves all lines but the first to the right.
func indent(text string, by int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrap(line, by)...)
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", by))
}

// wrap breaks a line between words so that it fits, with by columns before it. What it begins with, as
// the tab of a stack's line, stays.
func wrap(line string, by int) []string {
	start := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	words := strings.Fields(line)
	if len(words) == 0 {
		return []string{""}
	}
	lines := []string{start + words[0]}
	for _, word := range words[1:] {
		last := &lines[len(lines)-1]
		if by+lipgloss.Width(*last)+1+lipgloss.Width(word) > width {
			lines = append(lines, word)
			continue
		}
		*last += " " + word
	}
	return lines
}
