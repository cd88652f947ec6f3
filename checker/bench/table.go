package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// width is that of a line, in columns.
const width = 80

// columns are the widths of the table's columns; one column is between two of them.
var columns = [...]int{20, 7, 8, 17, 9, 14}

// writeTable shows what was measured to people.
func writeTable(w io.Writer, r Report) {
	fmt.Fprintf(w, "%s\n\n", wrapped(r.Machine.String(), width))
	line(w, "what", "base", "measured", "ratio [q1–q3]", "goal", "verdict")
	rule := make([]string, len(columns))
	for n, c := range columns {
		rule[n] = strings.Repeat("─", c)
	}
	line(w, rule...)
	for _, row := range r.Rows {
		writeRow(w, row)
	}
	fmt.Fprintf(w, "\n%s\n", wrapped("A line has medians; the ratio, or with a + the difference, is the median of the pairs, "+
		"with the quartiles. A goal between the quartiles is neither met nor missed for certain.", width))
	fmt.Fprintf(w, "\nThe base of each:\n")
	for _, row := range r.Rows {
		if row.Against != "" {
			fmt.Fprintf(w, "  %s\n      %s\n", row.What, indented(row.Against+pairs(row), 6))
		}
	}
	if len(r.Waits) > 0 {
		fmt.Fprintf(w, "\nChecks that order waits, side by side, and are left out of the rows above them:\n")
		for _, c := range r.Waits {
			fmt.Fprintf(w, "  %5.1f s  %s\n", c.Seconds, indented(c.Check+" waits for "+c.For, 11))
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(w, "\nNote: %s\n", indented(note, 6))
	}
}

func pairs(r Row) string {
	switch len(r.Pairs) {
	case 0:
		return ""
	case 1:
		return " (1 pair)"
	default:
		return fmt.Sprintf(" (%d pairs)", len(r.Pairs))
	}
}

func writeRow(w io.Writer, r Row) {
	what := strings.Split(wrapped(r.What, columns[0]), "\n")
	if r.verdict() == NotMeasured {
		why := strings.Split(wrapped("not measured: "+r.Why, width-columns[0]-1), "\n")
		for n := range max(len(what), len(why)) {
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-*s %s", columns[0], at(what, n), at(why, n)), " "))
		}
		return
	}
	line(w, what[0], r.duration(r.baseline()), r.duration(r.measured()), r.result(), r.goal(), r.judgement())
	for _, rest := range what[1:] {
		line(w, rest)
	}
}

// duration is a time with three digits, in the row's unit.
func (r Row) duration(d time.Duration) string {
	return digits(float64(d)/float64(r.Unit)) + " " + unit(r.Unit)
}

func unit(d time.Duration) string {
	if d == time.Millisecond {
		return "ms"
	}
	return "s"
}

func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// result is the median of the pairs, with their quartiles if there is more than one.
func (r Row) result() string {
	s := r.spread()
	spread := ""
	if r.Kind == Ratio {
		if len(r.Pairs) > 1 {
			spread = fmt.Sprintf(" [%.2f–%.2f]", s.Q1, s.Q3)
		}
		return fmt.Sprintf("%.2f×%s", s.Median, spread)
	}
	scale := float64(time.Second) / float64(r.Unit)
	if len(r.Pairs) > 1 {
		spread = fmt.Sprintf(" [%.2f–%.2f]", s.Q1*scale, s.Q3*scale)
	}
	return fmt.Sprintf("%+.2f%s", s.Median*scale, spread)
}

func (r Row) goal() string {
	switch {
	case r.Goal == 0:
		return "none"
	case r.Kind == Ratio:
		return fmt.Sprintf("≤ %.2f×", r.Goal)
	default:
		return fmt.Sprintf("≤ +%.2f", r.Goal*float64(time.Second)/float64(r.Unit))
	}
}

// judgement is the verdict, with how much the median is over the goal.
func (r Row) judgement() string {
	v := r.verdict()
	over := r.spread().Median/r.Goal - 1
	switch {
	case v == NoGoal:
		return ""
	case v != Missed:
		return string(v)
	case over < 1:
		return fmt.Sprintf("MISSED by %.0f%%", over*100)
	default:
		return fmt.Sprintf("MISSED, %.1f×", 1+over)
	}
}

// line writes cells into the columns.
func line(w io.Writer, cells ...string) {
	var text strings.Builder
	for n, cell := range cells {
		fmt.Fprintf(&text, "%-*s ", columns[n], cell) // fmt counts runes, and each here is as wide as a letter
	}
	fmt.Fprintln(w, strings.TrimRight(text.String(), " "))
}

func at(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return ""
}

// indented wraps a text after by columns.
func indented(text string, by int) string {
	return strings.ReplaceAll(wrapped(text, width-by), "\n", "\n"+strings.Repeat(" ", by))
}

// wrapped breaks a text between words.
func wrapped(text string, width int) string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return strings.Join(lines, "\n")
}
