package sam

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	// yamlError takes the line out of the messages of the YAML library, which has no field for it.
	yamlError     = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+)(?:, column \d+)?: )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)

	// bareMark is a value that begins with what YAML takes for the mark of an alias or an anchor, and has no name after it.
	bareMark = regexp.MustCompile(`(?:^|[-:,\[{]|\s)\s*([*&])(?:[\s,\]}*/]|$)`)
)

// syntaxMessages say in a learner's words what the YAML library says in a parser's. The library counts
// the lines of these from 0, and gives the line where the enclosing mapping or list begins.
var syntaxMessages = map[string]string{
	"did not find expected key":           "the mapping that begins here goes on with a line that does not fit; check indentation, colons and quotes below",
	"did not find expected '-' indicator": "the list that begins here goes on with a line that does not fit; check indentation and dashes below",
	"did not find expected ',' or ']'":    "the list that begins here lacks a comma or its closing ]",
	"did not find expected ',' or '}'":    "the mapping that begins here lacks a comma or its closing }",
	"did not find expected node content":  "a value is missing here, or a character that YAML reserves needs quotes",
}

func (d *decoder) syntaxError(data []byte, err error) {
	first, _, _ := strings.Cut(err.Error(), "\n")
	parts := yamlError.FindStringSubmatch(first)
	place, message := &yaml.Node{Line: 1, Column: 1}, parts[2]
	if line, err := strconv.Atoi(parts[1]); err == nil {
		place.Line = line
	}
	lines := strings.Split(string(data), "\n")
	switch anchor := unknownAnchor.FindStringSubmatch(message); {
	case syntaxMessages[message] != "":
		message = syntaxMessages[message]
		if parts[1] != "" {
			place.Line++
		}
	case anchor != nil:
		message = "the alias *" + anchor[1] + " has no anchor &" + anchor[1] + " before it"
		for i, line := range lines {
			if at := strings.Index(line, "*"+anchor[1]); at >= 0 {
				place.Line, place.Column = i+1, at+1
				break
			}
		}
	case strings.Contains(message, "alphabetic or numeric character"):
		for i, line := range lines[min(len(lines), max(0, place.Line-2)):] {
			if at := bareMark.FindStringSubmatchIndex(line); at != nil {
				place.Line, place.Column = i+1+max(0, place.Line-2), at[2]+1
				mark := line[at[2]:at[3]]
				message = mark + " has a meaning of its own in YAML; to mean the character, put quotes around it, as in \"" + mark + "\""
				break
			}
		}
	case strings.Contains(message, "cannot start any token"), strings.Contains(message, "tab character"):
		for i, line := range lines {
			indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
			if at := strings.IndexByte(indent, '\t'); at >= 0 {
				place.Line, place.Column = i+1, at+1
				message = "the line is indented with a tab, which YAML forbids; indent with spaces"
				break
			}
		}
	}
	d.problem(place, "not valid YAML: %s", message)
}
