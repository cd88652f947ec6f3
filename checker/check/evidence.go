package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"example.com/serverless-patterns/checker/sandbox"
)

// What is shown of long things, so that a finding stays on a screen. The JSON result has the same.
const (
	maxValue = 300 // characters of a payload
	maxLine  = 400 // characters of a log line
	maxText  = 120 // characters of one string within a structured log line
	maxLines = 8   // log lines
	maxCalls = 8
)

// Evidence is what is known of the invocation: its calls, and what it logged. Before that is what an API
// has made of the request.
func (r *Reply) Evidence() []string {
	evidence := r.evidence()
	if r.front != nil && r.front.atOnce && r.RequestID != "" {
		for n, line := range evidence { // which of several got this id differs from run to run
			evidence[n] = strings.ReplaceAll(line, r.RequestID, "…")
		}
	}
	return evidence
}

func (r *Reply) evidence() []string {
	evidence := r.frontEvidence()
	if r.function == nil {
		return evidence
	}
	calls := r.Calls()
	for n, c := range calls {
		if n == maxCalls {
			evidence = append(evidence, fmt.Sprintf("call: … and %d more", len(calls)-n))
			break
		}
		c.Key = cut(c.Key, maxText)
		evidence = append(evidence, "call: "+c.String())
	}
	if len(calls) == 0 {
		evidence = append(evidence, "call: none to AWS")
	}
	evidence = append(evidence, r.downstreamEvidence()...)
	if r.front != nil && r.front.atOnce && r.Outcome == sandbox.Answered {
		return evidence // what it logged has the request id of one of several
	}
	for n, line := range r.Log {
		if n == maxLines {
			evidence = append(evidence, fmt.Sprintf("log:  … and %d more lines", len(r.Log)-n))
			break
		}
		evidence = append(evidence, "log:  "+shortLine(line))
	}
	if len(r.Log) == 0 {
		evidence = append(evidence, "log:  nothing")
	}
	return evidence
}

// shortLine shortens a log line. In a structured one it is the long strings that are cut, such as
// stacks, so that the rest can still be read.
func shortLine(line string) string {
	if !json.Valid([]byte(line)) || !strings.HasPrefix(line, "{") {
		return cut(line, maxLine)
	}
	var out strings.Builder
	rest := []byte(line)
	for len(rest) > 0 {
		start := bytes.IndexByte(rest, '"')
		if start < 0 {
			break
		}
		end := start + 1
		for rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		out.Write(rest[:start])
		out.WriteString(shortString(rest[start : end+1]))
		rest = rest[end+1:]
	}
	out.Write(rest)
	return cut(out.String(), 3*maxLine)
}

// shortString shortens a JSON string in the middle: what went wrong is often said last.
func shortString(quoted []byte) string {
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil || utf8.RuneCountInString(text) <= maxText {
		return string(quoted)
	}
	runes := []rune(text)
	head, tail := string(runes[:maxText/2]), string(runes[len(runes)-maxText/2:])
	if at := strings.IndexAny(tail, " /"); at >= 0 {
		tail = tail[at:] // begin with a word
	}
	return encode(head + " … " + strings.TrimSpace(tail))
}

// library is the path of a frame in Go's own library, as the runtime library shortens it: to the package and the file.
var library = regexp.MustCompile(`^(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|` +
	`flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|` +
	`strings|structs|sync|syscall|testing|text|time|unicode|unique|vendor|weak)/`)

// place is where in the function's own code a panic arose: the first frame that is neither of Go's library nor of a module,
// which the runtime library names with their version.
func place(e sandbox.ErrorObject) string {
	for _, raw := range e.StackTrace {
		var frame struct {
			Path, Label string
			Line        int
		}
		if json.Unmarshal(raw, &frame) != nil || strings.Contains(frame.Path, "@") ||
			library.MatchString(frame.Path) || frame.Path == "" {
			continue
		}
		return fmt.Sprintf(", in %s at %s:%d", frame.Label, frame.Path, frame.Line)
	}
	return ""
}

func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit]) + "…"
}

// Outcome says in words how an invocation ended.
func Outcome(i *sandbox.Invocation) string {
	switch {
	case i.Outcome == sandbox.Answered:
		return "the answer " + cut(string(i.Payload), maxValue)
	case i.Panicked():
		return "a panic: " + cut(i.Error().Message, maxValue) + place(i.Error())
	case i.Outcome == sandbox.Failed:
		return fmt.Sprintf("an error returned to the runtime, so the caller gets no answer: %s %q", i.Error().Type, cut(i.Error().Message, maxValue))
	case i.Outcome == sandbox.TimedOut && !i.InitCompleted:
		return fmt.Sprintf("INIT did not end: the process did not ask for an event, not within 10 s, and not when it was started again for %v", i.Timeout)
	case i.Outcome == sandbox.TimedOut:
		return fmt.Sprintf("no answer within the function's timeout of %v; it was killed", i.Timeout)
	case i.Outcome == sandbox.OutOfMemory:
		return fmt.Sprintf("the process was killed for using more than its MemorySize of %d MB", i.MemorySize)
	case i.Outcome == sandbox.Exited && !i.InitCompleted:
		return fmt.Sprintf("the process ended during INIT with %s, before it asked for an event", i.Exit)
	case i.Outcome == sandbox.Exited:
		return fmt.Sprintf("the process ended with %s, without an answer", i.Exit)
	default:
		return cut(i.Error().Message, maxValue)
	}
}
