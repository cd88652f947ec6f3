package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The size of a character of the picture, and of what is around the text, in pixels.
const (
	advance = 8.4 // of the widths of the usual fixed fonts at 14 px
	leading = 20
	margin  = 20
	bar     = 34 // with the command
)

// style are the colours of a terminal, light and dark. Each is readable on its ground: 4.5:1 and more, which a test counts.
const style = `
  .ground { fill: #ffffff; stroke: #d0d7de }
  .bar { fill: #f3f5f7 }
  text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
  .good { fill: #0b6b33 }
  .bad { fill: #a8200d; font-weight: 700 }
  .strong { font-weight: 700 }
  .dim { fill: #57606a }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181c; stroke: #454a52 }
    .bar { fill: #23272d }
    text { fill: #e8eaed }
    .good { fill: #7ee2a1 }
    .bad { fill: #ff9d8c }
    .dim { fill: #a0a8b2 }
  }
`

// draw is the picture of what a command printed.
func draw(command string, lines []string) []byte {
	width := utf8.RuneCountInString(command) + 2
	for _, text := range lines {
		width = max(width, utf8.RuneCountInString(text))
	}
	w, h := 2*margin+float64(width)*advance, bar+2*margin+(len(lines)-1)*leading+14
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" xml:space="preserve" role="img" aria-labelledby="title desc">`+"\n", w, h, w, h)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n", escaped("What "+command+" prints"))
	fmt.Fprintf(&b, "<desc id=\"desc\">%s</desc>\n", escaped(strings.Join(lines, "\n")))
	fmt.Fprintf(&b, "<style>%s</style>\n", style)
	fmt.Fprintf(&b, `<rect class="ground" x=".5" y=".5" width="%.0f" height="%d" rx="8"/>`+"\n", w-1, h-1)
	fmt.Fprintf(&b, `<path class="bar" d="M1 %d V8 a7 7 0 0 1 7 -7 H%.0f a7 7 0 0 1 7 7 V%d z"/>`+"\n", bar, w-8, bar)
	b.WriteString(row(0, 22, part{"strong", "$ " + command}))
	var before line
	for n, text := range lines {
		before = read(text, before)
		at := 0
		for _, p := range before.parts {
			b.WriteString(row(at, bar+margin+11+n*leading, p))
			at += utf8.RuneCountInString(p.text)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// part is a piece of a line in one colour; class is "" for that of plain text.
type part struct{ class, text string }

// line is a line in its colours.
type line struct {
	parts []part
	// title is whether it belongs to what a finding is about, which may go on in the next line.
	title bool
}

// read gives a line the colours that package report has for it.
func read(text string, before line) line {
	plain := func(class string) line { return line{parts: []part{{class, text}}} }
	head, rest := text, ""
	if len([]rune(text)) > 8 {
		head, rest = string([]rune(text)[:8]), string([]rune(text)[8:])
	}
	switch name, dir, found := strings.Cut(text, "  "); {
	case text == "":
		return line{}
	case strings.HasPrefix(text, "Lesson ") && found:
		return line{parts: []part{{"strong", name + "  "}, {"dim", dir}}}
	case head == "  ✓ pass":
		return line{parts: []part{{"good", head}, {"", rest}}}
	case head == "  ✗ FAIL":
		return line{parts: []part{{"bad", head}, {"", rest}}}
	case strings.HasPrefix(text, "✗ "):
		return line{parts: []part{{"bad", "✗ "}, {"strong", strings.TrimPrefix(text, "✗ ")}}, title: true}
	case before.title:
		return line{parts: plain("strong").parts, title: true}
	case strings.HasPrefix(text, "    ") && text[4] != ' ':
		return plain("dim") // evidence, and commands to go on with
	default:
		return plain("")
	}
}

// row is a part of a line as an element. The length that it is to have keeps columns apart in any fixed font.
func row(column, y int, p part) string {
	text := strings.TrimLeft(p.text, " ")
	column += utf8.RuneCountInString(p.text) - utf8.RuneCountInString(text)
	text = strings.TrimRight(text, " ")
	if text == "" {
		return ""
	}
	class := ""
	if p.class != "" {
		class = fmt.Sprintf(" class=%q", p.class)
	}
	return fmt.Sprintf("<text%s x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\">%s</text>\n", class,
		margin+float64(column)*advance, y, float64(utf8.RuneCountInString(text))*advance, escaped(text))
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
