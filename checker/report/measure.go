package report

import (
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"

	"example.com/serverless-patterns/checker/check"
)

// measure shows a table of what was measured: texts to the left, figures to the right.
func (t *Text) measure(m check.Measure) {
	t.line("  %s\n", strong.Render(m.Title))
	head := make([]string, len(m.Columns))
	widths := make([]int, len(m.Columns))
	figures := make([]bool, len(m.Columns))
	for n, c := range m.Columns {
		head[n], widths[n], figures[n] = c.Name, lipgloss.Width(c.Name), true
		for _, row := range m.Rows {
			widths[n] = max(widths[n], lipgloss.Width(row[n]))
			figures[n] = figures[n] && isFigure(row[n])
		}
	}
	row := func(cells []string) string {
		var line strings.Builder
		for n, cell := range cells {
			space := strings.Repeat(" ", widths[n]-lipgloss.Width(cell))
			if figures[n] {
				line.WriteString(space + cell + "   ")
			} else {
				line.WriteString(cell + space + "   ")
			}
		}
		return strings.TrimRight(line.String(), " ")
	}
	t.line("    %s", dim.Render(row(head)))
	for _, cells := range m.Rows {
		t.line("    %s", row(cells))
	}
	if m.Note != "" {
		t.line("\n    %s", render(dim, indent(m.Note, 4)))
	}
	t.line("")
}

// isFigure tells a number, or the place of one, from a text. N is what a transcript has instead of one.
func isFigure(cell string) bool {
	first, _, _ := strings.Cut(cell, " ")
	return first == "" || first == "–" || first == "N" || unicode.IsDigit([]rune(first)[0])
}
