package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"example.com/serverless-patterns/checker/apigateway"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/wire"
)

// Live writes what happens on a stack that is kept running, as it happens. Each event is written at once and as a
// whole, by whichever goroutine it comes from.
type Live struct {
	mu  sync.Mutex
	w   io.Writer
	now func() time.Time
	cut bool // long lines of logs: on a terminal they hide all others
}

// longest is how much of a line of a function's log a terminal shows, in characters.
const longest = 400

// NewLive writes to w, with colours as [NewText] does.
func NewLive(w io.Writer, environ []string) *Live {
	out := NewText(w, environ).w
	return &Live{w: out, now: time.Now, cut: isTerminal(out)}
}

func isTerminal(w io.Writer) bool {
	out, ok := w.(*colorprofile.Writer)
	return ok && out.Profile != colorprofile.NoTTY
}

// block is one event.
type block struct{ bytes.Buffer }

func (b *block) line(indent int, style lipgloss.Style, format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			b.WriteByte('\n')
			continue
		}
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", indent), style.Render(strings.ReplaceAll(line, "\t", "  ")))
	}
}

func (l *Live) write(b *block) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.w.Write(b.Bytes()) // whoever gave the writer knows
}

func (l *Live) stamp() string { return l.now().Format("15:04:05") }

var plain = lipgloss.NewStyle()

// Title opens a list of what there is.
func (l *Live) Title(text, more string) {
	b := &block{}
	fmt.Fprintf(b, "\n%s  %s\n", strong.Render(text), dim.Render(more))
	l.write(b)
}

// Section is one part of the list of what there is: rows of columns below a heading.
func (l *Live) Section(heading string, rows ...[]string) {
	if len(rows) == 0 {
		return
	}
	b := &block{}
	fmt.Fprintf(b, "\n  %s\n", strong.Render(heading))
	var widths []int
	for _, row := range rows {
		for n, text := range row {
			if n == len(widths) {
				widths = append(widths, 0)
			}
			if n < len(row)-1 {
				widths[n] = max(widths[n], lipgloss.Width(text))
			}
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for n, text := range row {
			line.WriteString(text)
			if n < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[n]-lipgloss.Width(text)+2))
			}
		}
		b.line(4, plain, "%s", line.String())
	}
	l.write(b)
}

// Say writes a sentence, after an empty line.
func (l *Live) Say(format string, args ...any) {
	b := &block{}
	b.WriteByte('\n')
	b.line(0, plain, format, args...)
	l.write(b)
}

// Event is a line with the time, about the stack itself.
func (l *Live) Event(format string, args ...any) {
	b := &block{}
	b.line(0, plain, "%s %s", l.stamp(), printable(fmt.Sprintf(format, args...)))
	l.write(b)
}

// Detail is one more line of the event before it.
func (l *Live) Detail(format string, args ...any) {
	b := &block{}
	b.line(4, plain, "%s", printable(fmt.Sprintf(format, args...)))
	l.write(b)
}

// Failure is an event that went wrong, with what the compiler or the template's reader says of it.
func (l *Live) Failure(what, output string) {
	b := &block{}
	b.line(0, bad, "%s ✗ %s", l.stamp(), what)
	if output = strings.TrimRight(output, "\n"); output != "" {
		fmt.Fprintf(b, "\n%s\n\n", output)
	}
	l.write(b)
}

// Exchange is a request to an API, with the invocation and the AWS calls that it led to.
func (l *Live) Exchange(x apigateway.Exchange, i *sandbox.Invocation, calls []wire.Call) {
	b := &block{}
	status, style := fmt.Sprint(x.Status), good
	switch {
	case x.Status == 0:
		status, style = "no response", bad
	case x.Status >= 500:
		style = bad
	case x.Status >= 400:
		style = strong
	}
	fmt.Fprintf(b, "%s %s %s in %s", l.stamp(), strong.Render(printable(x.Method+" "+x.Target)), style.Render(status), duration(x.Duration))
	if x.Function != "" {
		fmt.Fprintf(b, "  %s%s", x.Function, coldStart(i))
	}
	b.WriteByte('\n')
	if x.Reason != "" {
		b.line(4, bad, "API Gateway: %s", x.Reason)
	}
	if x.Fault != nil {
		b.line(4, bad, "this machine: %v", x.Fault)
	}
	if i == nil && x.Function != "" && x.Status != 0 && x.Fault == nil && !x.Decided {
		b.line(4, dim, "the function goes on")
	}
	b.invocation(i, calls, l.cut)
	l.write(b)
}

// Invocation is one that no API has made, or that went on after its request had been answered: why says which.
func (l *Live) Invocation(function, why string, i *sandbox.Invocation, calls []wire.Call) {
	b := &block{}
	style, outcome := good, string(i.Outcome)
	if i.FunctionError != "" {
		style = bad
	}
	fmt.Fprintf(b, "%s %s %s  %s%s\n", l.stamp(), strong.Render(why), style.Render(outcome), function, coldStart(i))
	b.invocation(i, calls, l.cut)
	l.write(b)
}

func coldStart(i *sandbox.Invocation) string {
	switch {
	case i == nil || !i.ColdStart:
		return ""
	case i.InitDuration > 0:
		return fmt.Sprintf(" (cold start, INIT %s)", duration(i.InitDuration))
	}
	return " (cold start)"
}

func (b *block) invocation(i *sandbox.Invocation, calls []wire.Call, cut bool) {
	if i == nil {
		return
	}
	memory := fmt.Sprintf("%d MB", i.MemorySize)
	if i.MaxMemoryUsed > 0 {
		memory = fmt.Sprintf("%d of %d MB", i.MaxMemoryUsed, i.MemorySize)
	}
	b.line(4, dim, "ran for %s, billed %d ms, %s", duration(i.Duration), i.BilledDuration().Milliseconds(), memory)
	if i.FunctionError != "" {
		e := i.Error()
		b.line(4, bad, "%s: %s", e.Type, printable(e.Message))
	}
	for _, c := range calls {
		style := dim
		if c.ErrorCode != "" || c.Status == 0 {
			style = bad
		}
		b.line(4, style, "%s in %s", printable(c.String()), duration(c.Duration))
	}
	for _, line := range i.Log {
		text := []rune(printable(line))
		if more := len(text) - longest; cut && more > 0 {
			b.line(4, plain, "| %s… (%d more characters)", string(text[:longest]), more)
			continue
		}
		b.line(4, plain, "| %s", string(text))
	}
}

// printable takes out what would move the cursor, or worse: logs and paths are anybody's text.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '�'
		}
		return r
	}, text)
}

// duration is a time as people read it: 3.2 ms, 1.50 s.
func duration(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
